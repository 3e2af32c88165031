"""The Exim parser: finds the text of each line, whether Exim or syslog stamped it, and counts what it means."""

import re
from collections.abc import Sequence
from datetime import datetime
from operator import length_hint
from typing import ClassVar, Final, cast

from insights.ingest.formats.counting import refusal_of
from insights.ingest.formats.exim.patterns import HEADER, NESTED, OF_REJECTED, OWN_STAMP, PART
from insights.ingest.formats.exim.reader import ARRIVES, NOBODY, QUIET, EximReader
from insights.ingest.formats.forms import REPEATED
from insights.ingest.formats.outcomes import EVENT, EVIDENCE, OTHER, REASONS, TOO_MANY
from insights.ingest.formats.rfc5424 import plain_header
from insights.ingest.formats.syslog import MAX_REPEATS, SyslogParser, Writer
from insights.ingest.local_time import moment
from insights.ingest.record import Batch, SkipReason
from insights.ingest.stamps import frame_end

_NO_LINE: Final = b"\n"
_PRUNE_EVERY: Final = 600 * 1_000_000
_SIGNS: Final = (b"+", b"-")
_LONGEST_STAMP: Final = 36
_PROCESS = re.compile(rb"\[(\d{1,10})\] ")
_SHORT_ID, _LONG_ID = 16, 23
"""Lengths of message ids: up to Exim 4.96, and from 4.97 on."""


class EximParser(SyslogParser):
    """Reads Exim's main logs (and reject logs) of one source. See `insights.ingest.formats.base.Parser`.

    A line begins with Exim's own stamp, or with that of syslog, behind which Exim's may stand as well: that one counts
    then where the stamp of syslog has no year.
    """

    name: ClassVar[str] = "exim"
    version: ClassVar[int] = 1
    _syslog_head: re.Match[bytes] | None = None

    @staticmethod
    def reader(source_key: str) -> EximReader:
        """Return a reader that has read nothing yet."""
        return EximReader(source_key=source_key)

    def feed(  # noqa: C901, PLR0912, PLR0915 - one loop without calls for the common lines, as for Postfix
        self, lines: Sequence[bytes], *, first_line_number: int
    ) -> Batch:
        """Read complete lines; raises `YearRequired` only at the first stamp that needs a year."""
        clock, reader = self._clock, self._exim
        arrivals = reader.arrivals
        event = evidence = start = 0
        skipped: list[tuple[int, SkipReason]] = []
        below = -1 if reader.within_rejected else -2
        prefix = _NO_LINE
        reading = iter(lines)
        for given in reading:
            line = given
            # A stamp of the same text that goes on with an offset is another one.
            if not line.startswith(prefix) or line[start : start + 1] in _SIGNS:
                line = line[frame_end(line) :]
                start = clock.read(line) if line[:1].isdigit() else self._nested_stamp(line)
                if not start:
                    index = len(lines) - length_hint(reading) - 1
                    prefix = _NO_LINE
                    if self._is_below_rejected(lines, index, below):
                        below = index
                    else:
                        skipped.append((index, refusal_of(line, self._clock.refused)))
                    continue
                newest = clock.newest or 0
                if newest >= self._prune_at:
                    self._prune_at = newest + _PRUNE_EVERY
                    reader.prune(newest)
                reader.at(clock.micros, newest)
                prefix = line[:start] if _is_own(line, start) else _NO_LINE
            at = start
            if line[at : at + 1] == b"[" and (found := _PROCESS.match(line, at)):
                at = found.end()
            if line[at + 6 : at + 7] == b"-" and prefix is not _NO_LINE:
                mark = line[at + _SHORT_ID : at + _SHORT_ID + 4]
                fields = at + _SHORT_ID + 4
                if mark not in QUIET and mark not in ARRIVES:
                    mark = line[at + _LONG_ID : at + _LONG_ID + 4]
                    fields = at + _LONG_ID + 4
                if mark in QUIET:
                    continue
                if mark in ARRIVES:
                    arrivals.host, arrivals.cut = b"", False
                    outcome = arrivals.read(line, at, fields)
                else:
                    outcome = self._read(line, start, own=True)
            else:
                outcome = self._read(line, start, own=prefix is not _NO_LINE)
            if outcome == EVENT:
                event += 1
            elif outcome == EVIDENCE:
                evidence += 1
            elif outcome != OTHER:
                skipped.append((len(lines) - length_hint(reading) - 1, REASONS[outcome]))
        if lines:
            reader.within_rejected = below == len(lines) - 1 or _tells_rejection(lines[-1])
        return self._batch(lines, skipped, first_line_number, event, evidence)

    def begins_at(self, line: bytes) -> datetime | None:
        """Return when a line was written if it begins with a full header, else None; change nothing."""
        line = line[frame_end(line) :]
        nested = _nested(line)
        head = nested.end() if nested else 0
        found = self._clock.peek(line[head:], new_input=True)
        if found is None:
            return None
        micros, end = found
        if head or _is_own(line, end):
            return moment(micros) if line[head + end :].strip() else None
        return super().begins_at(line)

    def start_input(self, first_line: bytes, *, fresh: bool) -> None:
        """Begin another input, with everything forgotten when it is an older log than the one before."""
        first_line = first_line[frame_end(first_line) :]
        nested = _nested(first_line)
        super().start_input(first_line[nested.end() :] if nested else first_line, fresh=fresh)

    @property
    def _exim(self) -> EximReader:
        return cast("EximReader", self._reader)

    def _nested_stamp(self, line: bytes) -> int:
        """Read the stamp of a line that syslog stamped, Exim's own if only that has a year; return where it ends."""
        self._syslog_head = _nested(line)
        if self._syslog_head is None:
            return self._clock.read(line)
        head = self._syslog_head.end()
        end = self._clock.read(line[head:])
        return head + end if end else 0

    def _read(self, line: bytes, start: int, *, own: bool) -> int:
        """Read a line that is not one of the common ones; `own` tells that Exim's own stamp begins it."""
        reader, times = self._exim, 1
        nested = None if own or line[:1].isdigit() else self._syslog_head
        head, text = (nested, line[start:]) if nested else self._headed(line, start, own=own)
        if head is None and not own:
            return OTHER
        part = stamp = None
        writer = NOBODY
        if head is not None:
            writer = Writer(head[1] or b"", head[2], head[3] or b"")
            if text[:1] == b"m" and (found := REPEATED.pattern.match(text)):
                times, text = int(found[1]), found[2]
            if text[:1] == b"[" and (part := PART.pattern.match(text)):
                text = text[part.end() :]
            if text[4:5] == b"-" and (stamp := OWN_STAMP.pattern.match(text)):
                text = text[stamp.end() :]
            if (part and part[1] != b"1") or not (times and (nested or stamp or reader.wants(writer))):
                return OTHER
            if times > MAX_REPEATS:
                return TOO_MANY
        if text[:1] == b"[" and (found := _PROCESS.match(text)):
            text = text[found.end() :]
            writer = writer._replace(pid=writer.pid or found[1])
        reader.by_syslog = head is not None
        reader.arrivals.cut = bool(part or (nested and nested[4]))
        return reader.read(writer, text, times=times)

    def _headed(self, line: bytes, start: int, *, own: bool) -> tuple[re.Match[bytes] | None, bytes]:
        """Return the head that syslog puts before a text, if there is one, and what follows."""
        rest = line[start:]
        if self._clock.rfc5424 and not own:
            rest = (plain_header(rest) or b"").lstrip(b" ")
        head = HEADER.pattern.match(rest)
        if head is None or (own and b"exim" not in head[2].lower()):
            return None, rest
        return head, rest[head.end() :]

    def _is_below_rejected(self, lines: Sequence[bytes], index: int, below: int) -> bool:
        """Tell whether a line without a stamp is of the message whose rejection stands above it."""
        return (
            self._clock.refused is SkipReason.NO_STAMP
            and OF_REJECTED.pattern.match(lines[index]) is not None
            and (below == index - 1 or (index > 0 and _tells_rejection(lines[index - 1])))
        )


def _is_own(line: bytes, end: int) -> bool:
    """Tell whether the stamp that ends there has the form of Exim's own."""
    return line[4:5] == b"-" and line[10:11] == b" " and end <= _LONGEST_STAMP


def _nested(line: bytes) -> re.Match[bytes] | None:
    """Return the syslog head before a stamp of Exim's own, if it has no year of its own."""
    return None if line[:1].isdigit() else NESTED.pattern.match(line)


def _tells_rejection(line: bytes) -> bool:
    return line[:1].isdigit() and b"rejected " in line
