"""What the parsers of CSV and NDJSON have in common: rows read by a mapping, and the count of each line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, ClassVar, Final
from zoneinfo import ZoneInfo

from insights.ingest.errors import NoMapping
from insights.ingest.formats.columns.mapping import ColumnMapping, Field, mapping_of
from insights.ingest.formats.columns.ordinals import Ordinals
from insights.ingest.formats.columns.rows import Identity, Passed, Problem, Read, read_row
from insights.ingest.formats.columns.times import stamp_of
from insights.ingest.formats.counting import refusal_of
from insights.ingest.formats.outcomes import EVENT, EVIDENCE, OTHER
from insights.ingest.formats.tables import TableParser
from insights.ingest.local_time import moment
from insights.ingest.record import Batch, LoginFailureRecord, SkipReason, SubmissionRecord

FAR_FUTURE: Final = 253_402_300_799_000_000


class MappedParser(TableParser):
    """Reads rows by the mapping of its source; `mapping` is that as plain data, checked when it was stored.

    Without one nothing can be read: `feed` raises NoMapping, whatever the lines are.
    """

    version: ClassVar[int] = 1

    def __init__(
        self,
        *,
        source_key: str,
        zone: ZoneInfo,
        year: int | None,
        earliest: datetime | None = None,
        latest: datetime | None = None,
        mapping: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(source_key=source_key, zone=zone, year=year, earliest=earliest, latest=latest)
        self._base = source_key.encode()
        self._known = None if mapping is None else mapping_of(dict(mapping))
        self._ordinals = Ordinals()
        self._submissions: list[SubmissionRecord] = []
        self._failures: list[LoginFailureRecord] = []

    @property
    def mapping(self) -> ColumnMapping:
        """Return what is what; raise NoMapping while nobody has said it."""
        if self._known is None:
            raise NoMapping
        return self._known

    def feed(self, lines: Sequence[bytes], *, first_line_number: int) -> Batch:
        """Read complete lines."""
        counted = {EVENT: 0, EVIDENCE: 0, OTHER: 0}
        skipped: list[tuple[int, SkipReason]] = []
        if lines and self._known is None:
            raise NoMapping
        for index, line in enumerate(lines):
            outcome = self._read_line(line)
            if isinstance(outcome, SkipReason):
                skipped.append((index, outcome))
            else:
                counted[outcome] += 1
        found = self._submissions, self._failures
        self._submissions, self._failures = [], []
        return self._batch(lines, skipped, first_line_number, counted[EVENT], counted[EVIDENCE], found)

    def begins_at(self, line: bytes) -> datetime | None:
        """Return when a row was written if all its cells are there, else None."""
        if self._known is None:
            return None
        cell = self._time_in(line)
        stamp = None if cell is None else stamp_of(cell, self._known.time_format)
        found = None if stamp is None else self._clock.peek(stamp, new_input=True)
        return None if found is None or found[0] > FAR_FUTURE else moment(found[0])

    def record_of(self, line: bytes) -> Read:
        """Return what one row tells, as `read_row` does, with what is wrong with its time among the problems."""
        raise NotImplementedError

    def _read_line(self, line: bytes) -> int | SkipReason:
        """Read a line; return what it was, or why it is none."""
        raise NotImplementedError

    def _time_in(self, line: bytes) -> bytes | None:
        """Return the time's cell if the line is a whole row, else None."""
        raise NotImplementedError

    def _take(self, cells: Mapping[Field, bytes], row: bytes) -> int | SkipReason:
        """Keep what a row tells; return what its line counts as."""
        read = self._row(cells, row)
        if isinstance(read, SubmissionRecord):
            self._submissions.append(read)
        elif isinstance(read, LoginFailureRecord):
            self._failures.append(read)
        elif isinstance(read, Passed):
            return OTHER
        else:
            return read[0].reason
        return EVENT

    def _row(self, cells: Mapping[Field, bytes], row: bytes) -> Read:
        mapping = self.mapping
        written = cells.get(Field.TIME, b"")
        stamp = stamp_of(written, mapping.time_format)
        if stamp is None or not self._clock.read(stamp):
            reason = (
                SkipReason.NO_STAMP if not written.strip()
                else SkipReason.BAD_STAMP if stamp is None
                else self._clock.refused
            )  # fmt: skip
            rest = read_row(cells, 0, mapping, Identity(self._base, row, 0))
            return [Problem(Field.TIME, reason), *(rest if isinstance(rest, list) else [])]
        micros = self._clock.micros
        has_id = bool(cells.get(Field.ID, b"").strip())
        ordinal = 0 if has_id else self._ordinals.next(row, micros)
        return read_row(cells, micros, mapping, Identity(self._base, row, ordinal))

    def _forget(self) -> None:
        self._ordinals.forget()


def refused_line(line: bytes, reason: SkipReason) -> SkipReason:
    """Tell empty lines and bytes that are no text from others that are no row."""
    told = refusal_of(line, SkipReason.NO_STAMP)
    return reason if told is SkipReason.NO_STAMP else told
