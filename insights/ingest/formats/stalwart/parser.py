"""The Stalwart parser: its events as lines of text, or as JSON, a record or a webhook's body a line."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, ClassVar, Final
from zoneinfo import ZoneInfo

from insights.ingest.formats.counting import refusal_of
from insights.ingest.formats.outcomes import EVENT, EVIDENCE, OTHER, REASONS, UNKNOWN
from insights.ingest.formats.stalwart.event import HANDSHAKE, QUEUED, SUCCESS
from insights.ingest.formats.stalwart.patterns import HEAD
from insights.ingest.formats.stalwart.records import event_of, records_in, stamp_of
from insights.ingest.formats.stalwart.refusals import REFUSED
from insights.ingest.formats.stalwart.server import Server
from insights.ingest.formats.stalwart.text import TextReader, plain
from insights.ingest.formats.tables import TableParser
from insights.ingest.local_time import moment
from insights.ingest.record import Batch, SkipReason
from insights.ingest.stamps import read_stamp

_OBJECT: Final = b"{"
_A_PEER: Final = b", remoteIp = "
_SPREAD: Final = frozenset((SUCCESS, *QUEUED, HANDSHAKE, *REFUSED))
"""Events that say nothing without their keys, which stand on the next lines where the log is multi-line."""


class StalwartParser(TableParser):
    """Reads Stalwart's logs of one source. See `insights.ingest.formats.base.Parser` for the contract."""

    name: ClassVar[str] = "stalwart"
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
        super().__init__(source_key=source_key, zone=zone, year=year, earliest=earliest, latest=latest)
        self._server = Server(source_key=source_key)
        self._text = TextReader()

    def feed(self, lines: Sequence[bytes], *, first_line_number: int) -> Batch:
        """Read complete lines; never raises, as Stalwart's stamps have a year."""
        event = evidence = 0
        skipped: list[tuple[int, SkipReason]] = []
        for index, line in enumerate(lines):
            found = self._of_json(line) if line[:1] == _OBJECT else self._of_text(line)
            if isinstance(found, SkipReason):
                skipped.append((index, found))
            elif found == EVENT:
                event += 1
            elif found == EVIDENCE:
                evidence += 1
        return self._batch(lines, skipped, first_line_number, event, evidence, self._server.taken())

    def begins_at(self, line: bytes) -> datetime | None:
        """Return when a line was written if it begins with a full header, else None; change nothing."""
        if line[:1] == _OBJECT:
            records = records_in(line)
            found = self._clock.peek(stamp_of(records[0]), new_input=True) if records else None
            return None if found is None else moment(found[0])
        text = plain(line)
        found = None if text is None else self._clock.peek(text, new_input=True)
        if text is None or found is None or HEAD.pattern.match(text, found[1]) is None:
            return None
        return moment(found[0])

    def _of_text(self, line: bytes) -> int | SkipReason:
        text = plain(line)
        if text is None:
            stamp = read_stamp(line)
            return refusal_of(line, stamp) if isinstance(stamp, SkipReason) else OTHER
        start = self._clock.read(text)
        if not start:
            return refusal_of(line, self._clock.refused)
        found = self._text.event_of(text, start)
        if found is None:
            return OTHER
        if found.peer is None and found.name in _SPREAD and (text.endswith(b")") or _A_PEER in text):
            return SkipReason.UNKNOWN_FORM
        outcome = self._server.read(found, self._clock.micros, self._clock.newest or 0)
        return REASONS.get(outcome, outcome)

    def _of_json(self, line: bytes) -> int | SkipReason:
        records = records_in(line)
        if records is None:
            return SkipReason.NO_JSON
        outcomes: set[int] = set()
        refused: SkipReason | None = None
        for record in records:
            if self._clock.read(stamp_of(record)):
                outcomes.add(self._server.read(event_of(record), self._clock.micros, self._clock.newest or 0))
            else:
                refused = self._clock.refused
        for outcome in (EVENT, UNKNOWN, EVIDENCE):
            if outcome in outcomes:
                return REASONS.get(outcome, outcome)
        return OTHER if refused is None or outcomes else refused

    def _dump(self) -> Any:
        return self._server.dump()

    def _load(self, data: Any) -> None:
        self._server.load(data)

    def _forget(self) -> None:
        self._server.forget()
