"""`manage.py ingest --format csv --mapping FILE.json`: kept for the source, checked before anything is made."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError

from insights.models import Source
from tenants.scope import tenant_scope
from tests.cast import Cast
from tests.insights.ingest.formats.columns.reading import HEADER, TRACE
from tests.insights.management.test_ingest import run, yesterday

pytestmark = pytest.mark.django_db


def table(folder: Path, *, header: bytes = HEADER) -> Path:
    path = folder / "table.csv"
    path.write_bytes(header + f"{yesterday():%Y-%m-%d %H:%M:%S};ann;;;;;;ok;\n".encode())
    return path


def described(folder: Path, data: Any) -> Path:
    path = folder / "mapping.json"
    path.write_text(data if isinstance(data, str) else json.dumps(data))
    return path


def test_mapping_is_kept_for_later_imports(cast: Cast, tmp_path: Path) -> None:
    code, numbers, _said = run(table(tmp_path), format="csv", mapping=described(tmp_path, TRACE), year=None)
    assert (code, numbers["events"], numbers["stored"]) == (0, 1, 1)
    code, numbers, _said = run(table(tmp_path), format="csv", year=None)
    assert (code, numbers["stored"], numbers["duplicate"]) == (0, 0, 1)
    with tenant_scope([cast.acme.pk]):
        assert (Source.objects.get().mapping or {})["columns"] == TRACE["columns"]


def test_table_without_a_mapping_is_refused_with_a_hint(cast: Cast, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=r"with the ingest command: --mapping FILE\.json"):
        run(table(tmp_path), format="csv", year=None)


def test_another_header_is_refused_by_name(cast: Cast, tmp_path: Path) -> None:
    mapping = described(tmp_path, TRACE)
    other = table(tmp_path, header=HEADER.replace(b"IP", b"Address"))
    code, _numbers, said = run(other, format="csv", mapping=mapping, year=None)
    assert code == 1
    assert "has no column “IP”" in said


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({"columns": {"time": "Date"}, "time_format": "iso"}, "columns: lack account."),
        ("{", "is no JSON."),
    ],
)
def test_mapping_that_cannot_be_makes_no_source(cast: Cast, tmp_path: Path, data: Any, said: str) -> None:
    with pytest.raises(CommandError, match=said.replace(".", r"\.")):
        run(table(tmp_path), format="csv", mapping=described(tmp_path, data), year=None)
    with pytest.raises(CommandError, match="No such file"):
        run(table(tmp_path), format="csv", mapping=tmp_path / "gone.json", year=None)
    with pytest.raises(CommandError, match="is for --format csv and ndjson"):
        run(table(tmp_path), mapping=described(tmp_path, TRACE))
    with tenant_scope([cast.acme.pk]):
        assert not Source.objects.exists()
