"""Workbooks: typed cells, no formulas, a further sheet when one is full."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime

from openpyxl import load_workbook

from project.tables import Row
from reports.tables import KINDS, write_xlsx


def sheets(kind: str, rows: list[Row], **more: int) -> dict[str, list[tuple[object, ...]]]:
    file = io.BytesIO()
    write_xlsx(file, KINDS[kind], rows, about={"title": "Acme: failures"}, **more)
    book = load_workbook(file)
    return {name: list(book[name].iter_rows(values_only=True)) for name in book.sheetnames}


def test_cells_have_their_types_and_formulas_stay_text() -> None:
    at = datetime(2026, 11, 17, 8, 11, 5, tzinfo=UTC)
    row: Row = {
        "account": "=1+1",
        "client_ip": None,
        "mechanism": "http://x.example",
        "reason": "123",
        "failures": 7,
        "first_at": at,
        "last_at": at,
    }
    naive = at.replace(tzinfo=None)
    assert sheets("failures", [row])["failures"] == [
        KINDS["failures"].columns,
        ("=1+1", None, "http://x.example", "123", 7, naive, naive),
    ]


def test_a_full_sheet_goes_on_in_the_next() -> None:
    rows: list[Row] = [{"day": date(2026, 11, day), "messages": day, "recipients": 0} for day in range(1, 6)]
    found = sheets("sending-volume", rows, last_row=3)
    assert {name: [row[1] for row in lines] for name, lines in found.items()} == {
        "sending-volume": ["messages", 1, 2],
        "sending-volume 2": ["messages", 3, 4],
        "sending-volume 3": ["messages", 5],
    }
