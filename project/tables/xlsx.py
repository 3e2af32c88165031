"""A table as an XLSX workbook: numbers as numbers, days and times as such, text never as a formula."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import IO, Any

import xlsxwriter

from project.tables.cells import Row, Value

LAST_ROW = 1_048_576
"""Rows of a sheet; more of them go on in a further sheet."""

LONGEST_CELL = 32_767
_WIDTHS = {"sender_address": 36, "account": 32, "client_ip": 26, "sender_domain": 24}
_OPTIONS = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}


def write_xlsx(
    out: IO[bytes],
    name: str,
    columns: Sequence[str],
    rows: Iterable[Row],
    *,
    about: Mapping[str, str],
    last_row: int = LAST_ROW,
) -> None:
    """Write the table called `name` into `out`, with `about` as properties of the workbook. Memory stays bounded.

    Times are in UTC, as in CSV, because a sheet's times have no zone.
    """
    with xlsxwriter.Workbook(out, _OPTIONS) as book:
        book.set_properties(dict(about))
        formats = {
            "head": book.add_format({"bold": True, "bottom": 1}),
            "day": book.add_format({"num_format": "yyyy-mm-dd"}),
            "time": book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"}),
        }
        sheet, at = _sheet(book, name, columns, formats["head"]), 1
        for row in rows:
            if at == last_row:
                sheet, at = _sheet(book, name, columns, formats["head"]), 1
            for column, key in enumerate(columns):
                _write(sheet, at, column, row[key], formats)
            at += 1


def _sheet(book: Any, name: str, columns: Sequence[str], head: Any) -> Any:
    number = len(book.worksheets()) + 1
    sheet = book.add_worksheet(name if number == 1 else f"{name} {number}")
    sheet.freeze_panes(1, 0)
    for column, key in enumerate(columns):
        sheet.set_column(column, column, _WIDTHS.get(key, 19 if key.endswith("_at") else 12))
        sheet.write_string(0, column, key, head)
    return sheet


def _write(sheet: Any, row: int, column: int, value: Value, formats: Mapping[str, Any]) -> None:
    if value is None:
        return
    if isinstance(value, datetime):
        sheet.write_datetime(row, column, value.astimezone(UTC).replace(tzinfo=None), formats["time"])
    elif isinstance(value, date):
        sheet.write_datetime(row, column, datetime(value.year, value.month, value.day), formats["day"])  # noqa: DTZ001
    elif isinstance(value, str):
        sheet.write_string(row, column, value[:LONGEST_CELL])
    else:
        sheet.write_number(row, column, value)
