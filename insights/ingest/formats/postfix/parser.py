"""The Postfix parser: one pass over lines, with everything that repeats looked up instead of read again."""

import json
from collections.abc import Sequence
from datetime import datetime
from operator import length_hint
from typing import Any, ClassVar, Final
from zoneinfo import ZoneInfo

from insights.ingest.clock import Clock
from insights.ingest.errors import BadState
from insights.ingest.formats.counting import counted, refusal_of
from insights.ingest.formats.outcomes import EVENT, EVIDENCE, OTHER, REASONS
from insights.ingest.formats.postfix import patterns
from insights.ingest.formats.postfix.events import Events
from insights.ingest.formats.postfix.header import read_writer
from insights.ingest.formats.postfix.memory import PENDING_FOR, Host, Memory
from insights.ingest.formats.postfix.process import Process
from insights.ingest.formats.postfix.sessions import Pending, Session
from insights.ingest.formats.postfix.smtpd import Smtpd
from insights.ingest.formats.rfc5424 import plain_header
from insights.ingest.local_time import moment
from insights.ingest.record import Batch, SkipReason
from insights.ingest.stamps import frame_end

_FOREIGN, _MARKED, _SMTPD, _QMGR, _CLEANUP, _PICKUP = range(6)
_NO_LINE: Final = b"\n"
_KINDS: Final = {
    b"smtpd": _SMTPD, b"qmgr": _QMGR, b"nqmgr": _QMGR, b"oqmgr": _QMGR, b"cleanup": _CLEANUP,
    b"pickup": _PICKUP,
}  # fmt: skip
_NOBODY: Final = Process(
    kind=_FOREIGN, marked_kind=_FOREIGN, host=Host(b""), pid=b"", session=Session(), wrapper=False
)
_MAX_HEADS: Final = 20_000
_LONGEST_HEAD: Final = 300
_PRUNE_EVERY: Final = 600 * 1_000_000
_VERSION: Final = 2
_WRAPPERS: Final = (b"smtps", b"submissions", b"465")


class PostfixParser:
    """Reads Postfix logs of one source. See `insights.ingest.formats.base.Parser` for the contract.

    `source_key` enters the ids of events. `zone` and `year` are those of stamps that do not tell theirs.
    Lines stamped before `earliest` or after `latest` are counted as not understood and give nothing.
    """

    name: ClassVar[str] = "postfix"

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
        self._events = Events(source_key=source_key)
        self._memory = Memory()
        self._smtpd = Smtpd(self._memory, self._events)
        self._heads: dict[bytes, Process] = {}
        self._recipients: dict[bytes, int] = {}
        self._prune_at = 0

    @property
    def last_at(self) -> datetime | None:
        """Return the newest accepted time stamp."""
        return None if self._clock.newest is None else moment(self._clock.newest)

    def feed(  # noqa: C901, PLR0912, PLR0915 - one loop without calls for the common lines: half the time of a tidy one
        self, lines: Sequence[bytes], *, first_line_number: int
    ) -> Batch:
        """Read complete lines; raises `YearRequired` only at the first stamp that has no year."""
        clock, smtpd, heads = self._clock, self._smtpd, self._heads
        diversions, tls_heads, tls_tails = smtpd.diversions, smtpd.tls_heads, smtpd.tls_tails
        event = evidence = 0
        skipped: list[tuple[int, SkipReason]] = []
        prefix = _NO_LINE
        reading = iter(lines)
        for line in reading:
            parts = line.split(b": ", 2)
            head = parts[0]
            key = head.removeprefix(prefix)
            if key is head:
                start = clock.read(line)
                if not start:
                    skipped.append((len(lines) - length_hint(reading) - 1, refusal_of(line, clock.refused)))
                    prefix = _NO_LINE
                    continue
                smtpd.micros = diversions.micros = clock.micros
                smtpd.newest = newest = clock.newest or 0
                if newest >= self._prune_at:
                    self._prune(newest)
                if clock.rfc5424:
                    parts = (plain_header(line[start:]) or b"").split(b": ", 2)
                    key, prefix = parts[0], _NO_LINE
                else:
                    prefix = line[:start]
                    key = head[start:]
            process = heads.get(key)
            if process is None:
                process = self._process(key, parts)
            kind = process.kind
            if kind <= _MARKED:
                if kind == _FOREIGN:
                    continue
                parts, kind = _unmarked(parts), process.marked_kind
            count = len(parts)
            if kind == _SMTPD:
                if count == 3:
                    middle, rest = parts[1], parts[2]
                    if rest[:7] == b"client=":
                        outcome = smtpd.client(process, middle, rest)
                    elif rest in tls_tails and middle in tls_heads:
                        process.session.tls = tls_tails[rest]
                        process.host.proven = True
                        evidence += 1
                        continue
                    else:
                        outcome = smtpd.text(process, b"%b: %b" % (middle, rest))
                elif count == 2:
                    text, session = parts[1], process.session
                    if text[:13] == b"connect from " and not session.diverted:
                        session.connected, session.tls, session.queue_id = True, None, b""
                        evidence += 1
                        continue
                    if text[:16] == b"disconnect from " and not session.diverted:
                        session.connected, session.tls, session.queue_id = False, None, b""
                        evidence += 1
                        continue
                    outcome = smtpd.text(process, text)
                else:
                    continue
            elif count < 3:
                continue
            elif kind == _QMGR:
                waiting = process.host.pending.get(parts[1])
                if waiting is None:
                    continue
                outcome = self._accepted(process.host, waiting, parts[2])
            elif kind == _CLEANUP:
                if parts[2][:11] == b"message-id=" and not process.host.held:
                    continue
                outcome = diversions.cleanup(process, b"%b: %b" % (parts[1], parts[2]))
            else:
                outcome = OTHER if process.host.pending.pop(parts[1], None) is None else EVIDENCE
            if outcome == EVIDENCE:
                evidence += 1
            elif outcome == EVENT:
                event += 1
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
        head = rest[: rest.find(b": ")] if b": " in rest[:600] else rest.rstrip(b":")
        return moment(micros) if head and len(head) < 600 and head.count(b" ") <= 2 else None

    def start_input(self, first_line: bytes, *, fresh: bool) -> None:
        """Begin another input, with everything forgotten when it is an older log than the one before."""
        if fresh:
            self._clock.start_afresh(first_line)
            self._memory.forget()
            self._events.forget()
            self._heads.clear()
            self._prune_at = 0
        else:
            self._clock.go_on(first_line)

    def state(self) -> bytes:
        """Return clock, sessions, waiting messages and failure counts as JSON."""
        return json.dumps(
            {
                "version": _VERSION,
                "format": self.name,
                "clock": self._clock.state(),
                "memory": self._memory.dump(),
                "failures": self._events.dump(),
                "prune_at": self._prune_at,
            },
            separators=(",", ":"),
        ).encode()

    def restore(self, state: bytes) -> None:
        """Take up a state; raises `BadState` when it is none of this parser."""
        try:
            data: dict[str, Any] = json.loads(state)
            if data["version"] != _VERSION or data["format"] != self.name:
                raise BadState(f"The saved state is not one of {self.name} version {_VERSION}.")
            self._clock.restore(data["clock"])
            self._memory.load(data["memory"])
            self._events.load(data["failures"])
            self._prune_at = int(data["prune_at"])
        except (ValueError, KeyError, TypeError, IndexError) as error:
            raise BadState("The saved state cannot be read.") from error
        self._heads.clear()

    def _process(self, head: bytes, parts: list[bytes]) -> Process:
        """Read the head of a line and remember what it said."""
        writer = read_writer(head)
        kind = _FOREIGN if writer is None else _KINDS.get(writer.daemon, _FOREIGN)
        process = _NOBODY
        if writer is not None and kind != _FOREIGN:
            host, crowded = self._memory.host(writer.host)
            session = Session()
            if kind == _SMTPD and writer.pid:
                session, fuller = self._memory.session(host, writer.pid)
                crowded = crowded or fuller
            if crowded:
                self._heads.clear()
            marked = len(parts) > 1 and patterns.MARKED.pattern.match(parts[1]) is not None
            process = Process(
                kind=_MARKED if marked else kind,
                marked_kind=kind,
                host=host,
                pid=writer.pid,
                session=session,
                wrapper=any(name in element for element in writer.path for name in _WRAPPERS),
            )
        if len(head) <= _LONGEST_HEAD:
            if len(self._heads) >= _MAX_HEADS:
                self._heads.clear()
            self._heads[head] = process
        return process

    def _accepted(self, host: Host, waiting: Pending, rest: bytes) -> int:
        """Read qmgr's `from=<…>, size=…, nrcpt=…` of a waiting message: the first counts it (R4, R5)."""
        fields = rest.rsplit(b", ", 2)
        if len(fields) != 3:
            return OTHER
        sender, size, tail = fields
        recipients = self._recipients.get(tail) or self._count(tail)
        length = size[5:]
        if not recipients or sender[:6] != b"from=<" or not length.isdigit() or len(length) > 15:
            return OTHER
        del host.pending[waiting[2]]
        if host.held:
            host.held.pop(waiting[2], None)
        if self._smtpd.newest - waiting[0] > PENDING_FOR:
            return OTHER
        self._events.accept(waiting, self._smtpd.micros, sender[6:-1], int(length), recipients)
        return EVENT

    def _count(self, tail: bytes) -> int:
        """Read the number of recipients, 0 where there is none."""
        found = patterns.RECIPIENTS.pattern.match(tail)
        count = int(found[1]) if found else 0
        if count and len(self._recipients) < 10_000:
            self._recipients[tail] = count
        return count

    def _prune(self, newest: int) -> None:
        """Forget what is too old, at times that depend on the log alone and not on how it is cut."""
        self._prune_at = newest + _PRUNE_EVERY
        self._events.prune(newest)
        for held in self._memory.prune(newest):
            self._events.accept_held(held)

    def _batch(
        self,
        lines: Sequence[bytes],
        skipped: list[tuple[int, SkipReason]],
        first_line_number: int,
        event: int,
        evidence: int,
    ) -> Batch:
        samples, counts = counted(lines, skipped, first_line_number, event, evidence)
        return Batch(*self._events.taken(), samples, counts)


def _unmarked(parts: list[bytes]) -> list[bytes]:
    """Take the mark that some syslog daemons put before the text out of the parts of a line."""
    text = b": ".join(parts[1:])
    found = patterns.MARKED.pattern.match(text)
    return [parts[0], *(text[found.end() :] if found else text).split(b": ", 1)]
