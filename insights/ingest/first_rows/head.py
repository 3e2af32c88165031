"""The beginning of a table or of JSON records as a person is shown it: its columns, and the cells of its rows. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from typing import Any, Final, NamedTuple

from insights.ingest.formats.columns.mapping import MAX_HEADER, MAX_NAME
from insights.ingest.formats.csv_rows import Records, cells_of, delimiter_of, is_preamble
from insights.ingest.formats.ndjson import member, written
from insights.ingest.json_values import value_of
from insights.ingest.lines import Splitter
from insights.ingest.texts import address_of

LOOKED_AT: Final = 256 * 1024
"""Bytes of the file."""
LINES: Final = 200
COLUMNS: Final = 200
_DEPTH: Final = 5
_ADDRESS: Final = re.compile(rb"[^@\s]+@[^@\s]+")
_NUMBER: Final = re.compile(rb"[\d.,:/+-]*\d[\d.,:/+-]*(?:[T ][\d.,:/+ Z-]+)?")


class Head(NamedTuple):
    """The first whole `lines` of a file, at most `LINES`, and what stands in them.

    `columns` are the names of a table's columns, or the paths of the members of JSON records; `rows` have a cell for
    each of them. `header` is the line that names a table's columns, made up where `has_header` is false.
    """

    columns: tuple[str, ...]
    rows: tuple[tuple[bytes, ...], ...]
    lines: tuple[bytes, ...]
    header: str = ""
    has_header: bool = True

    def values(self, column: str) -> list[bytes]:
        """Return the cells of a column, in the order of the rows."""
        if column not in self.columns:
            return []
        place = self.columns.index(column)
        return [row[place] for row in self.rows]


def head_of(data: bytes, log_format: str) -> Head:
    """Return the head of a file that begins with `data`, which is of one of the formats that are read by columns."""
    lines = Splitter().feed(data[:LOOKED_AT]).lines[:LINES]
    return _of_records(lines) if log_format == "ndjson" else _of_table(lines)


def _of_table(lines: Sequence[bytes]) -> Head:
    firsts = (index for index, line in enumerate(lines) if line.strip() and not is_preamble(line))
    at = next(firsts, len(lines))
    if at == len(lines):
        return Head((), (), tuple(lines))
    first = lines[at].rstrip(b"\r")
    delimiter = delimiter_of(first)
    cells = cells_of(first, delimiter=delimiter) or [first]
    has_header = not any(_is_value(cell.strip()) for cell in cells)
    names = [_name(cell) if has_header else f"Column {number}" for number, cell in enumerate(cells, 1)]
    header = first.decode("utf-8", "backslashreplace") if has_header else delimiter.decode().join(names)
    rows = (
        _as_wide(found, len(names))
        for record in _records(lines[at + has_header :], delimiter)
        if (found := cells_of(record, delimiter=delimiter)) is not None and record.strip()
    )
    first_places = {name: place for place, name in reversed([*enumerate(names)]) if name}
    kept = sorted(first_places.values())[:COLUMNS]
    return Head(
        columns=tuple(names[place] for place in kept),
        rows=tuple(tuple(row[place] for place in kept) for row in rows),
        lines=tuple(lines),
        header=header if len(header) <= MAX_HEADER else "",
        has_header=has_header,
    )


def _is_value(cell: bytes) -> bool:
    """Tell whether a cell holds what a name of a column never is: a number, a time, an address of mail or of a host."""
    return bool(_ADDRESS.fullmatch(cell) or _NUMBER.fullmatch(cell) or address_of(cell))


def _name(cell: bytes) -> str:
    return cell.decode("utf-8", "backslashreplace").removeprefix("\ufeff").strip()[:MAX_NAME]


def _records(lines: Sequence[bytes], delimiter: bytes) -> Iterator[bytes]:
    records = Records(delimiter=delimiter)
    for line in lines:
        yield from (record.rstrip(b"\r") for record in records.add(line))


def _as_wide(cells: list[bytes], width: int) -> list[bytes]:
    return [*cells[:width], *[b""] * (width - len(cells))]


def _of_records(lines: Sequence[bytes]) -> Head:
    records = [value for line in lines if isinstance(value := value_of(line), dict)]
    paths: dict[str, None] = {}
    for record in records:
        found = (path for path in _paths(record, "", _DEPTH) if member(record, path) is not None)
        paths.update(dict.fromkeys(found))
    columns = tuple(path for path in paths if path == path.strip() and 1 <= len(path) <= MAX_NAME)[:COLUMNS]
    rows = tuple(tuple(_shown(member(record, path)) for path in columns) for record in records)
    return Head(columns, rows, tuple(lines))


def _paths(record: dict[str, Any], before: str, depth: int) -> Iterator[str]:
    """Yield the paths of the members that hold no others; deep inside, of what holds them."""
    for name, value in record.items():
        if isinstance(value, dict) and value and depth:
            yield from _paths(value, f"{before}{name}.", depth - 1)
        else:
            yield f"{before}{name}"


def _shown(value: Any) -> bytes:
    if isinstance(value, list):
        return json.dumps(value, ensure_ascii=False).encode("utf-8", "backslashreplace")
    return written(value, is_list=False)
