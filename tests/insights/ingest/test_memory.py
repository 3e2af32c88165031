"""Memory stays bounded whatever a file holds: that of the command and of the process that reads for it."""

from __future__ import annotations

import gzip
import json
import re
import time
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from insights.demo.bulk import write_bulk
from tests.cast import Cast
from tests.imports import NOW
from tests.processes import start

pytestmark = [
    pytest.mark.django_db(transaction=True, databases=["default", "owner"]),
    pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="memory is measured by Linux's /proc"),
]
MEBIBYTE = 1024 * 1024


def peaks(pid: int) -> dict[int, int]:
    """Return the most memory in MiB that a process and its children have held so far (proc(5), VmHWM)."""
    found: dict[int, int] = {}
    with suppress(OSError):
        status = Path(f"/proc/{pid}/status").read_text()
        if peak := re.search(r"^VmHWM:\s+(\d+) kB", status, re.MULTILINE):
            found[pid] = int(peak[1]) // 1024
        for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split():
            found |= peaks(int(child))
    return found


def measured(path: Path, *, year: int = NOW.year) -> tuple[dict[str, object], int]:
    """Import the file by command; return its accounting and the peak of it and its reading process together."""
    found: dict[int, int] = {}
    options = ("--tenant=acme", "--source=mx1", "--time-zone=UTC", f"--year={year}", "--json")
    with start("manage.py", "ingest", path, *options) as process:
        while process.poll() is None:
            found |= peaks(process.pid)
            time.sleep(0.02)
        out, _ = process.communicate()
    return json.loads(out)["files"][0], sum(found.values())


@pytest.mark.parametrize("end", [b"", b"\n"])
def test_100_megabytes_in_one_line_are_refused_within_bounds(cast: Cast, tmp_path: Path, end: bytes) -> None:
    path = tmp_path / "endless.log"
    with path.open("wb") as out:
        out.writelines(b"x" * MEBIBYTE for _ in range(100))
        out.write(end)
    result, peak = measured(path)
    assert result["status"] == "refused"
    words = "No line of this file could be used, so nothing was imported: is it a log of the format postfix?"
    assert result["message"] == words
    assert result["unrecognised_by_reason"] == ({"too_long": 1} if end else {})
    assert peak < 150


def test_packed_256_megabytes_in_one_line_is_refused_within_bounds(cast: Cast, tmp_path: Path) -> None:
    path = tmp_path / "bomb.log.gz"
    with gzip.open(path, "wb", compresslevel=1) as out:
        for _ in range(256):
            out.write(b"y" * MEBIBYTE)
    result, peak = measured(path)
    assert (result["status"], result["lines"]) == ("refused", 0)
    assert peak < 150


def test_log_of_40_megabytes_is_imported_within_bounds(cast: Cast, tmp_path: Path) -> None:
    path = tmp_path / "bulk.log"
    begin = timezone.now().replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=5)
    truth = write_bulk(path, start=begin, seed=5, submissions=45_000, users=2_000, days=4)
    result, peak = measured(path, year=begin.year)
    assert (result["status"], result["stored"]) == ("done", truth.submissions)
    assert peak < 300
