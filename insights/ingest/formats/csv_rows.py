"""Reads the records of a CSV (RFC 4180) line by line: quoted cells, the delimiter, and the names of the columns.

Knows nothing of what the cells mean. The lines come from a file that may be cut anywhere, so that an open record can be
kept as plain data.
"""

import re
from collections.abc import Sequence
from typing import Any, Final

MAX_LINES: Final = 20
"""Of how many lines a record may be; more is a quote that nobody closed."""
MAX_RECORD: Final = 65_536
DELIMITERS: Final = (b",", b";", b"\t")
_QUOTED = re.compile(rb'"((?:[^"]++|"")*+)("?)')


def is_preamble(line: bytes) -> bool:
    """Tell whether a line stands before the header and says something of the file alone.

    Such are `sep=;`, for spreadsheets, and `#TYPE …`, which PowerShell's Export-Csv writes.
    """
    if line[:4].lower() == b"sep=":
        return line[4:].strip(b"\r ") in {b"", *DELIMITERS}
    return line[:6].upper() == b"#TYPE "


def cells_of(record: bytes, *, delimiter: bytes = b",") -> list[bytes] | None:
    """Return the cells without their quotes; None where a quoted cell has no end or something behind its end.

    A quote within a cell that does not begin with one is a character like any other.
    """
    if b'"' not in record:
        return record.split(delimiter)
    cells: list[bytes] = []
    at = 0
    while True:
        if found := _QUOTED.match(record, at):
            cell, after = found[1].replace(b'""', b'"'), found.end()
            if not found[2] or record[after : after + 1] not in {delimiter, b""}:
                return None
        else:
            after = record.find(delimiter, at)
            after = len(record) if after < 0 else after
            cell = record[at:after]
        cells.append(cell)
        if after >= len(record):
            return cells
        at = after + 1


def is_open(record: bytes, *, delimiter: bytes = b",") -> bool:
    """Tell whether the record ends within a quoted cell, so that it goes on in the next line."""
    at, last_quote = 0, record.rfind(b'"')
    while at <= last_quote:
        if found := _QUOTED.match(record, at):
            if not found[2]:
                return True
            at = found.end()
            if record[at : at + 1] != delimiter:
                return False
        else:
            at = record.find(delimiter, at)
            if at < 0:
                return False
        at += 1
    return False


class Records:
    """Joins lines to records whose quoted cells hold ends of lines; what waits is bounded."""

    def __init__(self, *, delimiter: bytes = b",") -> None:
        self.delimiter = delimiter
        self._waiting: list[bytes] = []

    @property
    def is_waiting(self) -> bool:
        """Tell whether a record is open."""
        return bool(self._waiting)

    @property
    def waiting_bytes(self) -> int:
        """Return how many bytes of an open record wait."""
        return sum(map(len, self._waiting))

    def add(self, line: bytes) -> list[bytes]:
        """Return the records that this line completes: one, or none while a quoted cell is open.

        Where the cell is never closed each line that waited is a record of its own, in order, the first of them broken.
        """
        waiting = self._waiting
        if not waiting and not is_open(line, delimiter=self.delimiter):
            return [line]
        waiting.append(line)
        whole = b"\n".join(waiting)
        if len(waiting) > 1 and not is_open(whole, delimiter=self.delimiter):
            self._waiting = []
            return [whole]
        return self.give_up() if len(waiting) >= MAX_LINES or len(whole) > MAX_RECORD else []

    def give_up(self) -> list[bytes]:
        """Return the lines that wait, each by itself, and forget them: the input has ended, or the bound is met."""
        waiting, self._waiting = self._waiting, []
        return waiting

    def dump(self) -> list[str]:
        """Return what waits as plain data."""
        return [line.decode("latin-1") for line in self._waiting]

    def load(self, data: Sequence[Any]) -> None:
        """Take up what `dump` gave."""
        self._waiting = [line.encode("latin-1") for line in data]


def delimiter_of(header: bytes) -> bytes:
    """Return the delimiter of which a header's line has most outside of quotes; a comma where it has none."""
    bare = _QUOTED.sub(b"", header)
    return max(DELIMITERS, key=bare.count)


def column_names(cells: Sequence[bytes]) -> list[str]:
    """Return the names in a header's cells as they are compared: lower case, without blanks around them."""
    return [cell.decode("utf-8", "backslashreplace").removeprefix("\ufeff").strip().lower() for cell in cells]
