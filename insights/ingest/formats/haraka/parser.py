"""The Haraka parser: lines with Haraka's own stamp, or by way of syslog, read by what `Server` knows of them."""

from collections.abc import Sequence
from datetime import datetime
from operator import length_hint
from typing import ClassVar, Final

from insights.ingest.formats.counting import refusal_of
from insights.ingest.formats.haraka.patterns import HEADER
from insights.ingest.formats.haraka.server import Server
from insights.ingest.formats.outcomes import EVENT, EVIDENCE, OTHER, REASONS
from insights.ingest.formats.rfc5424 import plain_header
from insights.ingest.formats.syslog import Reader, SyslogParser, Writer
from insights.ingest.local_time import moment
from insights.ingest.record import Batch, SkipReason

_PRUNE_EVERY: Final = 600 * 1_000_000
_NOBODY: Final = Writer(b"", b"", b"")
_ITS_OWN: Final = (b"[", b"{", b"level=")


class HarakaParser(SyslogParser):
    """Reads Haraka's logs of one source. See `insights.ingest.formats.base.Parser` for the contract.

    A line has a stamp (`timestamps=true` in log.ini, or that of whatever keeps the log) and is in any of Haraka's
    formats: default, logfmt or JSON.
    """

    name: ClassVar[str] = "haraka"
    version: ClassVar[int] = 1

    @staticmethod
    def reader(source_key: str) -> Reader:
        """Return a reader of the server's lines that has read nothing yet."""
        return Server(source_key=source_key)

    def feed(self, lines: Sequence[bytes], *, first_line_number: int) -> Batch:
        """Read complete lines; raises `YearRequired` only at the first stamp that has no year."""
        clock, reader = self._clock, self._reader
        event = evidence = 0
        skipped: list[tuple[int, SkipReason]] = []
        reading = iter(lines)
        for line in reading:
            start = clock.read(line)
            if not start:
                skipped.append((len(lines) - length_hint(reading) - 1, refusal_of(line, clock.refused)))
                continue
            newest = clock.newest or 0
            if newest >= self._prune_at:
                self._prune_at = newest + _PRUNE_EVERY
                reader.prune(newest)
            reader.at(clock.micros, newest)
            writer, text = _parted(line[start:], rfc5424=clock.rfc5424)
            outcome = OTHER if writer is None else reader.read(writer, text, times=1)
            if outcome == EVENT:
                event += 1
            elif outcome == EVIDENCE:
                evidence += 1
            elif outcome != OTHER:
                skipped.append((len(lines) - length_hint(reading) - 1, REASONS[outcome]))
        return self._batch(lines, skipped, first_line_number, event, evidence)

    def begins_at(self, line: bytes) -> datetime | None:
        """Return when a line was written if it begins with a full header, else None; change nothing."""
        found = self._clock.peek(line, new_input=True)
        if found is None:
            return None
        micros, end = found
        begins = line[end:].lstrip(b" ").startswith(_ITS_OWN)
        return moment(micros) if begins else super().begins_at(line)


def _parted(rest: bytes, *, rfc5424: bool) -> tuple[Writer | None, bytes]:
    """Return who wrote a line and what Haraka said; nobody where it is not of Haraka's form."""
    rest = ((plain_header(rest) or b"") if rfc5424 else rest).lstrip(b" ")
    if rest.startswith(_ITS_OWN):
        return _NOBODY, rest
    head = HEADER.pattern.match(rest)
    return (None, b"") if head is None else (Writer(head[1] or b"", b"", b""), rest[head.end() :])
