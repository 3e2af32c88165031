"""A parser of a daemon's lines as syslog keeps them: stamps, heads and counting here, the meaning in a reader."""

import json
import re
from collections.abc import Sequence
from datetime import datetime
from operator import length_hint
from typing import Any, ClassVar, Final, NamedTuple, Protocol
from zoneinfo import ZoneInfo

from insights.ingest.clock import Clock
from insights.ingest.errors import BadState
from insights.ingest.formats.counting import counted, refusal_of
from insights.ingest.formats.forms import MARKED, REPEATED
from insights.ingest.formats.outcomes import EVENT, EVIDENCE, OTHER, REASONS, TOO_MANY
from insights.ingest.formats.rfc5424 import plain_header
from insights.ingest.local_time import moment
from insights.ingest.record import (
    Batch,
    LoginFailureRecord,
    SkipReason,
    SubmissionRecord,
)
from insights.ingest.stamps import frame_end

MAX_REPEATS: Final = 1_000
_NO_LINE: Final = b"\n"
_MAX_HEADS: Final = 20_000
_LONGEST_HEAD: Final = 600
_LONGEST_REMEMBERED: Final = 300
_PRUNE_EVERY: Final = 600 * 1_000_000
_HEAD = re.compile(rb"(?:([^ ]{1,255}) )?(?:[^ ]{1,64} )?([^\[\]: /]{1,128})\[(\d{1,10})\]:?")


class Writer(NamedTuple):
    """The process that wrote a line."""

    host: bytes
    program: bytes
    pid: bytes


class Reader(Protocol):
    """Tells what the texts of one daemon mean, and remembers what is open between them."""

    def at(self, micros: int, newest: int) -> None:
        """Take the time of the lines that follow, and the newest of the log."""
        ...

    def wants(self, writer: Writer) -> bool:
        """Tell whether lines of this process are to be read at all."""
        ...

    def read(self, writer: Writer, text: bytes, *, times: int) -> int:
        """Read what follows the head of a line that stands for `times` equal ones; return its outcome."""
        ...

    def taken(self) -> tuple[list[SubmissionRecord], list[LoginFailureRecord]]:
        """Hand over the events found since the last call."""
        ...

    def prune(self, newest: int) -> None:
        """Forget what is too old to matter."""
        ...

    def forget(self) -> None:
        """Begin another log."""
        ...

    def dump(self) -> dict[str, Any]:
        """Return what is open as plain data."""
        ...

    def load(self, data: dict[str, Any]) -> None:
        """Take up what `dump` gave."""
        ...


class SyslogParser:
    """Reads the syslog lines of one daemon. See `insights.ingest.formats.base.Parser` for the contract.

    A format is a subclass that gives `name`, the `version` of its state, and makes its reader.
    """

    name: ClassVar[str]
    version: ClassVar[int]

    def __init__(
        self,
        *,
        source_key: str,
        zone: ZoneInfo,
        year: int | None,
        earliest: datetime | None = None,
        latest: datetime | None = None,
    ) -> None:
        self._clock = Clock(zone=zone, year=year, earliest=earliest, latest=latest)
        self._reader = self.reader(source_key)
        self._heads: dict[bytes, Writer | None] = {}
        self._prune_at = 0

    @staticmethod
    def reader(source_key: str) -> Reader:
        """Return a reader that has read nothing yet."""
        raise NotImplementedError

    @property
    def last_at(self) -> datetime | None:
        """Return the newest accepted time stamp."""
        return None if self._clock.newest is None else moment(self._clock.newest)

    def feed(  # noqa: C901, PLR0912 - one loop without calls for what every line needs
        self, lines: Sequence[bytes], *, first_line_number: int
    ) -> Batch:
        """Read complete lines; raises `YearRequired` only at the first stamp that has no year."""
        clock, heads, read, at = self._clock, self._heads, self._reader.read, self._reader.at
        event = evidence = 0
        skipped: list[tuple[int, SkipReason]] = []
        prefix = _NO_LINE
        reading = iter(lines)
        for line in reading:
            head, _, text = line.partition(b": ")
            key = head.removeprefix(prefix)
            if key is head:
                start = clock.read(line)
                if not start:
                    skipped.append((len(lines) - length_hint(reading) - 1, refusal_of(line, clock.refused)))
                    prefix = _NO_LINE
                    continue
                newest = clock.newest or 0
                if newest >= self._prune_at:
                    self._prune_at = newest + _PRUNE_EVERY
                    self._reader.prune(newest)
                at(clock.micros, newest)
                if clock.rfc5424:
                    key, _, text = (plain_header(line[start:]) or b"").partition(b": ")
                    prefix = _NO_LINE
                else:
                    prefix = line[:start]
                    key = head[start:]
            writer = heads[key] if key in heads else self._writer(key)
            if writer is None:
                continue
            first = text[:1]
            if first == b"[" and (found := MARKED.pattern.match(text)):
                text = text[found.end() :]
                first = text[:1]
            if first == b"m" and (found := REPEATED.pattern.match(text)):
                outcome = self._repeated(writer, found)
            else:
                outcome = read(writer, text, times=1)
            if outcome == EVENT:
                event += 1
            elif outcome == EVIDENCE:
                evidence += 1
            elif outcome != OTHER:
                skipped.append((len(lines) - length_hint(reading) - 1, REASONS[outcome]))
        return self._batch(lines, skipped, first_line_number, event, evidence)

    def begins_at(self, line: bytes) -> datetime | None:
        """Return when a line was written if it has a full header, else None; change nothing."""
        line = line[frame_end(line) :]
        found = self._clock.peek(line, new_input=True)
        if found is None:
            return None
        micros, end = found
        rest = line[end:]
        if line[:1] == b"<" and (plain := plain_header(rest)):
            rest = plain
        head = rest[: rest.find(b": ")] if b": " in rest[:_LONGEST_HEAD] else rest.rstrip(b":")
        return moment(micros) if head and len(head) < _LONGEST_HEAD and head.count(b" ") <= 2 else None

    def start_input(self, first_line: bytes, *, fresh: bool) -> None:
        """Begin another input, with everything forgotten when it is an older log than the one before."""
        if fresh:
            self._clock.start_afresh(first_line)
            self._reader.forget()
            self._prune_at = 0
        else:
            self._clock.go_on(first_line)

    def state(self) -> bytes:
        """Return the clock and what is open as JSON."""
        return json.dumps(
            {
                "version": self.version,
                "format": self.name,
                "clock": self._clock.state(),
                "open": self._reader.dump(),
                "prune_at": self._prune_at,
            },
            separators=(",", ":"),
        ).encode()

    def restore(self, state: bytes) -> None:
        """Take up a state; raises `BadState` when it is none of this parser."""
        try:
            data: dict[str, Any] = json.loads(state)
            if data["version"] != self.version or data["format"] != self.name:
                raise BadState(f"The saved state is not one of {self.name} version {self.version}.")
            self._clock.restore(data["clock"])
            self._reader.load(data["open"])
            self._prune_at = int(data["prune_at"])
        except (ValueError, KeyError, TypeError, IndexError, AttributeError) as error:
            raise BadState("The saved state cannot be read.") from error

    def _writer(self, head: bytes) -> Writer | None:
        """Read the head of a line, and remember what it said."""
        found = _HEAD.fullmatch(head) if len(head) <= _LONGEST_HEAD else None
        writer = None if found is None else Writer(found[1] or b"", found[2], found[3])
        if writer is not None and not self._reader.wants(writer):
            writer = None
        if len(head) <= _LONGEST_REMEMBERED:
            if len(self._heads) >= _MAX_HEADS:
                self._heads.clear()
            self._heads[head] = writer
        return writer

    def _repeated(self, writer: Writer, found: re.Match[bytes]) -> int:
        """Read `message repeated 2 times: [ … ]`."""
        times, text = int(found[1]), found[2]
        if not times or text.startswith(b"message repeated "):
            return OTHER
        if times > MAX_REPEATS:
            return TOO_MANY
        return self._reader.read(writer, text, times=times)

    def _batch(
        self,
        lines: Sequence[bytes],
        skipped: list[tuple[int, SkipReason]],
        first_line_number: int,
        event: int,
        evidence: int,
    ) -> Batch:
        samples, counts = counted(lines, skipped, first_line_number, event, evidence)
        return Batch(*self._reader.taken(), samples, counts)
