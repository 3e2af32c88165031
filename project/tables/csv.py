"""A table as CSV that no spreadsheet takes for a program."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence

from project.tables.cells import Row, plain, safe_cell

_LINES = 500


def csv_lines(columns: Sequence[str], rows: Iterable[Row]) -> Iterator[str]:
    """Yield the table as CSV (RFC 4180 save that lines end with LF), some hundred lines at a time.

    UTF-8 without a mark; times in UTC. A text that begins like a formula gets an apostrophe.
    """
    pieces = _Pieces()
    writer = csv.writer(pieces)
    writer.writerow(columns)
    for number, row in enumerate(rows, start=1):
        writer.writerow([safe_cell(plain(row[name])) for name in columns])
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
