"""A table as CSV that no spreadsheet takes for a program, and as aligned text for a terminal."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping

from reports.tables.kinds import Kind, Row
from reports.tables.payload import plain

# What makes a cell a formula in some spreadsheet (OWASP, CSV injection); the full-width forms too.
_STARTS_FORMULA = tuple("=+-@|%\t\r\n\N{MINUS SIGN}\uff1d\uff0b\uff0d\uff20")
_LINES = 500
_GAP = "  "


def safe_cell(value: str | float | None) -> str | int | float:
    """Return a cell for CSV: empty for None; text that a spreadsheet would calculate gets an apostrophe.

    Names in logs are written by whoever logs in. Numbers are ours, and stay numbers.
    """
    if value is None:
        return ""
    if isinstance(value, str) and value.lstrip(" \N{NO-BREAK SPACE}").startswith(_STARTS_FORMULA):
        return f"'{value}"
    return value


def csv_lines(kind: Kind, rows: Iterable[Row]) -> Iterator[str]:
    """Yield the table as CSV (RFC 4180 save that lines end with LF), some hundred lines at a time."""
    pieces = _Pieces()
    writer = csv.writer(pieces)
    writer.writerow(kind.columns)
    for number, row in enumerate(rows, start=1):
        writer.writerow([safe_cell(plain(row[name])) for name in kind.columns])
        if number % _LINES == 0:
            yield pieces.taken()
    yield pieces.taken()


class _Pieces:
    """What a CSV writer writes to: told that lines end with CR LF, it quotes both, and then LF is enough."""

    def __init__(self) -> None:
        self._lines: list[str] = []

    def write(self, line: str) -> None:
        self._lines.append(line.removesuffix("\r\n") + "\n")

    def taken(self) -> str:
        text = "".join(self._lines)
        self._lines.clear()
        return text


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
