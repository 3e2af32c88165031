"""A kind of table as CSV that no spreadsheet takes for a program, and as aligned text for a terminal."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from project.tables import Row, plain, safe_cell
from project.tables import csv_lines as csv_lines_of
from reports.tables.kinds import Kind

__all__ = ["csv_lines", "safe_cell", "text_table"]
_GAP = "  "


def csv_lines(kind: Kind, rows: Iterable[Row]) -> Iterator[str]:
    """Yield the table as CSV, some hundred lines at a time."""
    return csv_lines_of(kind.columns, rows)


def text_table(kind: Kind, rows: Iterable[Row], totals: Mapping[str, int]) -> Iterator[str]:
    """Yield the lines of an aligned table with its totals; control characters are escaped, “-” is unknown."""
    body = [[_shown(plain(row[name])) for name in kind.columns] for row in rows]
    last = [_shown(totals[name]) if name in totals else "" for name in kind.columns]
    last[0] = last[0] or "total"
    is_number = [bool(body) and all(_is_number(row[at]) for row in body) for at in range(len(kind.columns))]
    widths = [max(len(cell) for cell in cells) for cells in zip(kind.columns, *body, last, strict=True)]

    def line(cells: Iterable[str]) -> str:
        aligned = (
            cell.rjust(width) if right else cell.ljust(width)
            for cell, width, right in zip(cells, widths, is_number, strict=True)
        )
        return _GAP.join(aligned).rstrip()

    yield line(kind.columns)
    yield _GAP.join("-" * width for width in widths)
    yield from map(line, body)
    yield _GAP.join("-" * width for width in widths)
    yield line(last)


def _shown(value: str | float | None) -> str:
    if value is None or value == "":
        return "-"
    return "".join(
        char if char.isprintable() else char.encode("unicode_escape").decode() for char in str(value)
    )


def _is_number(text: str) -> bool:
    return text == "-" or text.replace(".", "", 1).isdecimal()
