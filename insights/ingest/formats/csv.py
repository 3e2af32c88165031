"""The parser of tables: CSV with commas, semicolons or tabs, whose columns a mapping names."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, ClassVar

from insights.ingest.formats.columns.mapping import ColumnMapping, Field, header_of
from insights.ingest.formats.columns.parser import MappedParser, refused_line
from insights.ingest.formats.columns.rows import Problem, Read
from insights.ingest.formats.csv_rows import Records, cells_of, column_names, delimiter_of, is_preamble
from insights.ingest.formats.outcomes import EVENT, EVIDENCE, OTHER
from insights.ingest.record import SkipReason


class _Table:
    """The columns of a table, where each mapped one stands, and what stands between them."""

    def __init__(self, names: Sequence[str], delimiter: bytes, mapping: ColumnMapping) -> None:
        self.names, self.delimiter = list(names), delimiter
        self.places = {
            field: self.names.index(column.lower())
            for field, column in mapping.columns.items()
            if column.lower() in self.names
        }
        self.is_known = len(self.places) == len(mapping.columns)

    def time_in(self, cells: Sequence[bytes] | None) -> bytes | None:
        """Return the cell of the time, if there are as many cells as columns."""
        if cells is None or len(cells) != len(self.names) or not self.is_known:
            return None
        return cells[self.places[Field.TIME]]


class CsvParser(MappedParser):
    """Reads tables of one source, each with its header; one without follows the header before it.

    A header is a line that names every mapped column, wherever it stands: files may be put together. Lines under a
    header that lacks one are counted as `other_columns`.

    A quote that is never closed is noticed at a later line, which counts as the broken row. The rows that stood between
    were evidence so far; they are read with the line after that, so that it tells of their events.
    """

    name: ClassVar[str] = "csv"

    def __init__(self, **given: Any) -> None:
        super().__init__(**given)
        self._records = Records()
        self._late: list[bytes] = []
        self._table: _Table | None = None
        self._header = b""
        self._peeked: _Table | None = None
        if self._known is not None and self._known.header:
            self._table = _Table(*header_of(self._known.header), self._known)

    @property
    def waiting_bytes(self) -> int:
        """Return how many bytes of rows wait that a quote may have swallowed, without the ends of their lines."""
        return self._records.waiting_bytes + sum(map(len, self._late))

    def record_of(self, line: bytes) -> Read:
        """Return what one whole record tells."""
        table = self._table
        cells = None if table is None else cells_of(line, delimiter=table.delimiter)
        if table is None or not table.is_known or cells is None or len(cells) != len(table.names):
            return [Problem(Field.TIME, SkipReason.BAD_ROW)]
        return self._row({field: cells[place] for field, place in table.places.items()}, b"\0".join(cells))

    def begins_at(self, line: bytes) -> datetime | None:
        """Return when a row was written; a header among the lines asked for says where its time stands."""
        if self._known is not None and (table := self._header_in(line)) is not None:
            self._peeked = table
            return None
        return super().begins_at(line)

    def _time_in(self, line: bytes) -> bytes | None:
        for table in (self._peeked, self._table):
            if table is not None:
                cell = table.time_in(cells_of(line, delimiter=table.delimiter))
                if cell is not None:
                    return cell
        return None

    def _read_line(self, line: bytes) -> int | SkipReason:
        if self._header and line.endswith(self._header) and line != self._header:
            # The file before ended without the end of its last line.
            told, then = self._read_line(line.removesuffix(self._header)), self._read_line(self._header)
            return told if then == OTHER else then
        if self._late:
            has_events = self._catch_up()
            told = self._read_line(line)
            return EVENT if has_events else told
        if is_preamble(line):
            return OTHER
        if (table := self._header_in(line)) is not None:
            return self._begin(table, line)
        return self._read_row(line)

    def _begin(self, table: _Table, header: bytes) -> int | SkipReason:
        """Begin another table; rows behind a quote that the one before left open are read by its own columns."""
        was_open = has_events = False
        while waiting := self._records.give_up():
            was_open, self._late = True, waiting[1:]
            has_events |= self._catch_up()
        self._table, self._header, self._peeked = table, header, None
        self._records = Records(delimiter=table.delimiter)
        self._ordinals.forget()
        if has_events:
            return EVENT
        return SkipReason.BAD_ROW if was_open else OTHER

    def _catch_up(self) -> bool:
        """Read the lines that stood behind a quote that nobody closed; tell whether there was an event."""
        has_events = False
        while self._late:
            line, *behind = self._late
            self._late = []
            has_events |= self._read_row(line) == EVENT
            self._late += behind
        return has_events

    def _read_row(self, line: bytes) -> int | SkipReason:
        if self._records.is_waiting or b'"' in line:
            return self._joined(line)
        return self._record(line)

    def _header_in(self, line: bytes) -> _Table | None:
        """Return the table whose header the line is, which has each mapped column."""
        first = self.mapping.columns[Field.TIME].lower().encode()[:8]
        if first not in line.lower():
            return None
        delimiter = delimiter_of(line)
        cells = cells_of(line, delimiter=delimiter)
        table = _Table(column_names(cells or []), delimiter, self.mapping)
        return table if table.is_known else None

    def _joined(self, line: bytes) -> int | SkipReason:
        """Read a line of which a quoted cell may go on: the parts of a row are evidence for its last line."""
        records = self._records.add(line)
        if not records:
            return EVIDENCE
        if (
            len(records) == 1
            and b"\n" in records[0]
            and cells_of(records[0], delimiter=self._records.delimiter) is None
        ):
            # What closed the quote was meant to open another.
            records = records[0].split(b"\n")
        if len(records) == 1:
            return self._record(records[0])
        self._late = records[1:]
        return SkipReason.BAD_ROW

    def _record(self, record: bytes) -> int | SkipReason:
        if not record.strip(b" \t,;"):
            return refused_line(record, SkipReason.EMPTY)
        table = self._table
        if table is None or not table.is_known:
            return refused_line(record, SkipReason.OTHER_COLUMNS)
        cells = cells_of(record, delimiter=table.delimiter)
        if cells is None or len(cells) != len(table.names):
            return refused_line(record, SkipReason.BAD_ROW)
        return self._take({field: cells[place] for field, place in table.places.items()}, b"\0".join(cells))

    def _dump(self) -> dict[str, Any]:
        table = self._table
        return {
            "names": None if table is None else table.names,
            "delimiter": None if table is None else table.delimiter.decode(),
            "header": self._header.decode("latin-1"),
            "waiting": self._records.dump(),
            "late": [row.decode("latin-1") for row in self._late],
            "ordinals": self._ordinals.dump(),
        }

    def _load(self, data: dict[str, Any]) -> None:
        self._header = data["header"].encode("latin-1")
        if data["names"] is not None and self._known is not None:
            self._table = _Table(list(data["names"]), data["delimiter"].encode(), self._known)
            self._records = Records(delimiter=self._table.delimiter)
        self._records.load(data["waiting"])
        self._late = [row.encode("latin-1") for row in data.get("late", [])]
        self._ordinals.load(data["ordinals"])

    def _forget(self) -> None:
        super()._forget()
        self._records.give_up()
        self._late = []
