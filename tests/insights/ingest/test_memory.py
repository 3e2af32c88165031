"""Memory stays bounded whatever a file holds: measured in a process of its own, from an empty import on."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from tests.cast import Cast
from tests.imports import NOW
from tests.insights.ingest.conftest import Bulk
from tests.processes import ends_well, start

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])
MEBIBYTE = 1024 * 1024
MEASURE = """
import json, resource, sys
from io import StringIO
from django.core.management import call_command
import django
django.setup()

def ingest(path, year):
    out = StringIO()
    try:
        options = {"tenant": "acme", "source": path[-99:], "time_zone": "UTC", "year": year, "json": True}
        call_command("ingest", path, stdout=out, stderr=StringIO(), **options)
    except SystemExit:
        pass
    return json.loads(out.getvalue())["files"][0], resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024

_, before = ingest(sys.argv[1], 2026)
result, after = ingest(sys.argv[2], int(sys.argv[3]))
print(json.dumps([result, after - before, after]))
"""


def measured(folder: Path, path: Path, *, year: int = NOW.year) -> tuple[dict[str, object], int, int]:
    """Import the file; return its accounting, the growth in MiB and the peak of the whole process."""
    (folder / "small.log").write_bytes(b"a line without a stamp\n")
    with start(
        "-c", MEASURE, folder / "small.log", path, str(year), DJANGO_SETTINGS_MODULE="project.settings"
    ) as process:
        result, growth, peak = json.loads(ends_well(process))
    return result, growth, peak


@pytest.mark.parametrize("end", [b"", b"\n"])
def test_100_megabytes_in_one_line_are_refused_within_bounds(cast: Cast, tmp_path: Path, end: bytes) -> None:
    path = tmp_path / "endless.log"
    with path.open("wb") as out:
        out.writelines(b"x" * MEBIBYTE for _ in range(100))
        out.write(end)
    result, growth, peak = measured(tmp_path, path)
    assert result["status"] == "refused"
    words = "No line of this file could be used, so nothing was imported: is it a postfix log?"
    assert result["message"] == words
    assert result["unrecognised_by_reason"] == ({"too_long": 1} if end else {})
    assert growth < 60
    assert peak < 300


def test_packed_256_megabytes_in_one_line_is_refused_within_bounds(cast: Cast, tmp_path: Path) -> None:
    path = tmp_path / "bomb.log.gz"
    with gzip.open(path, "wb", compresslevel=1) as out:
        for _ in range(256):
            out.write(b"y" * MEBIBYTE)
    result, growth, peak = measured(tmp_path, path)
    assert (result["status"], result["lines"]) == ("refused", 0)
    assert growth < 60
    assert peak < 300


def test_log_of_any_size_is_imported_within_bounds(cast: Cast, tmp_path: Path, bulk: Bulk) -> None:
    result, growth, peak = measured(tmp_path, bulk.path, year=bulk.year)
    assert (result["status"], result["stored"]) == ("done", bulk.truth.submissions)
    assert growth < 200
    assert peak < 300
