"""The parser of Exchange's receive log: its header, its stamps, and the count of every line."""

import re
from collections.abc import Sequence
from datetime import datetime
from operator import length_hint
from typing import Any, ClassVar, Final
from zoneinfo import ZoneInfo

from insights.ingest.formats.counting import refusal_of
from insights.ingest.formats.csv_rows import cells_of
from insights.ingest.formats.exchange.columns import Columns, is_header
from insights.ingest.formats.exchange.conversation import Conversation
from insights.ingest.formats.outcomes import EVENT, EVIDENCE, OTHER, REASONS
from insights.ingest.formats.tables import UTC_ZONE, TableParser
from insights.ingest.local_time import moment
from insights.ingest.record import Batch, SkipReason

_PRUNE_EVERY: Final = 600 * 1_000_000
_FEWEST_COMMAS: Final = 6
_LONGEST_STAMP: Final = 64
_HEADER = re.compile(rb"#(Software|Version|Log-type|Date|Fields): ?(.{0,4096})", re.IGNORECASE | re.DOTALL)
_FIRST_OF_HEADER: Final = b"#Software: Microsoft Exchange Server"
_RECEIVED: Final = b"smtp receive protocol log"


class ExchangeParser(TableParser):
    """Reads the SMTP receive logs of one source: of front ends, of mailbox servers, and of both.

    Stamps are UTC whatever the zone of the source (Microsoft's page on protocol logging). Lines of the send log and
    of the message tracking log, which have the same kind of header, are other lines.
    """

    name: ClassVar[str] = "exchange"
    version: ClassVar[int] = 1

    def __init__(
        self,
        *,
        source_key: str,
        zone: ZoneInfo,
        year: int | None,
        earliest: datetime | None = None,
        latest: datetime | None = None,
    ) -> None:
        super().__init__(source_key=source_key, zone=UTC_ZONE, year=year, earliest=earliest, latest=latest)
        self._conversation = Conversation(source_key=source_key)
        self._columns = Columns()
        self._is_foreign = False
        self._prune_at = 0

    def feed(self, lines: Sequence[bytes], *, first_line_number: int) -> Batch:
        """Read complete lines."""
        event = evidence = 0
        skipped: list[tuple[int, SkipReason]] = []
        reading = iter(lines)
        for line in reading:
            outcome = self._read(line)
            if outcome == EVENT:
                event += 1
            elif outcome == EVIDENCE:
                evidence += 1
            elif outcome != OTHER:
                index = len(lines) - length_hint(reading) - 1
                reason = refusal_of(line, outcome) if isinstance(outcome, SkipReason) else REASONS[outcome]
                skipped.append((index, reason))
        return self._batch(lines, skipped, first_line_number, event, evidence, self._conversation.taken())

    def begins_at(self, line: bytes) -> datetime | None:
        """Return when a row was written if it has all its cells, else None; change nothing."""
        stamp = line[:_LONGEST_STAMP].partition(b",")[0]
        if line.count(b",") < _FEWEST_COMMAS or not _is_stamp(stamp):
            return None
        found = self._clock.peek(stamp + b" ", new_input=True)
        return None if found is None else moment(found[0])

    def _read(  # noqa: PLR0911 - each way in which a line is no row
        self, line: bytes
    ) -> int | SkipReason:
        """Read a line; return its outcome, or why it is none."""
        if line[:1] == b"#":
            return self._header(line)
        if line.endswith(_FIRST_OF_HEADER):
            # The file before ended without the end of its last line.
            line = line.removesuffix(_FIRST_OF_HEADER)
        cells, columns = cells_of(line), self._columns
        if cells is None or len(cells) <= columns.last:
            return SkipReason.NO_STAMP if self.begins_at(line) is None else SkipReason.UNKNOWN_FORM
        stamp = cells[columns.stamp]
        if not _is_stamp(stamp):
            if is_header(cells):
                self._columns, self._is_foreign = Columns.named(cells), False
                return OTHER
            return SkipReason.NO_STAMP
        if self._is_foreign:
            return OTHER
        clock = self._clock
        if not clock.read(stamp + b" "):
            return clock.refused
        newest = clock.newest or 0
        if newest >= self._prune_at:
            self._prune_at = newest + _PRUNE_EVERY
            self._conversation.prune(newest)
        self._conversation.at(clock.micros, newest)
        return self._conversation.read(columns.row(cells))

    def _header(self, line: bytes) -> int:
        """Read a line of the header, which stands at the head of each file and so within files put together."""
        found = _HEADER.match(line)
        if found is None:
            return OTHER
        name, value = found[1].lower(), found[2].strip()
        if name == b"log-type":
            self._is_foreign = value.lower() != _RECEIVED
        elif name == b"fields":
            columns = Columns.named(value.split(b","))
            self._is_foreign = self._is_foreign or not columns.is_known
            self._columns = columns if columns.is_known else Columns()
        return OTHER

    def _dump(self) -> dict[str, Any]:
        return {
            "columns": self._columns.names,
            "is_foreign": self._is_foreign,
            "prune_at": self._prune_at,
            **self._conversation.dump(),
        }

    def _load(self, data: dict[str, Any]) -> None:
        self._columns, self._is_foreign = Columns(list(data["columns"])), bool(data["is_foreign"])
        self._prune_at = int(data["prune_at"])
        self._conversation.load(data)

    def _forget(self) -> None:
        self._conversation.forget()
        self._prune_at = 0


def _is_stamp(cell: bytes) -> bool:
    """Tell whether a cell has the form of the log's stamps, `2026-03-02T09:15:04.113Z`."""
    return cell[4:5] == b"-" and cell[10:11] == b"T" and b" " not in cell
