"""Messages that are accepted though no queue manager ever says so (R4b): held, discarded, or filtered by a proxy.

The words come before the end of DATA, so they only count when their session goes on in good order: with its
next message, or with a disconnect that nothing abnormal preceded.
"""

from typing import Final

from insights.ingest.formats.outcomes import EVENT, EVIDENCE, OTHER
from insights.ingest.formats.postfix import patterns
from insights.ingest.formats.postfix.events import Events
from insights.ingest.formats.postfix.memory import Host
from insights.ingest.formats.postfix.process import Process
from insights.ingest.formats.postfix.sessions import Held, Pending

_IN_MESSAGE: Final = frozenset({b"DATA", b"BDAT"})
_MAX_SENDER: Final = 2_048


class Diversions:
    """Follows such messages; `micros` is the line's time. Every method returns the line's class."""

    def __init__(self, events: Events) -> None:
        self.micros = 0
        self._events = events

    def cleanup(self, process: Process, text: bytes) -> int:
        """Read a cleanup line: a message held, discarded, refused or removed."""
        host = process.host
        if found := patterns.DIVERTED.pattern.match(text):
            pending = host.pending.pop(found[1], None)
            if pending is None:
                return OTHER
            return self._hold(host, Held(pending, self.micros, last_sender(text), certain=True))
        if found := patterns.REMOVED.pattern.match(text):
            return self._discarded(host, found[1])
        if found := patterns.REVOKED.pattern.match(text):
            return self.revoke(host, found[1] or found[2])
        queue_id, _, rest = text.partition(b": ")
        if rest[:11] == b"message-id=" and (held := host.held.get(queue_id)) and not held.certain:
            host.held[queue_id] = held._replace(micros=self.micros, certain=True)
            return EVIDENCE
        return OTHER

    def told(self, process: Process, queue_id: bytes, text: bytes) -> int:
        """Read smtpd's own hold or discard, by an access table or a milter, mostly before its `client=`."""
        session, host = process.session, process.host
        pending = host.pending.get(queue_id)
        if pending is not None:
            return self._hold(host, Held(pending, self.micros, last_sender(text), certain=False))
        if queue_id != b"NOQUEUE":
            return OTHER
        session.asked, session.diverted = last_sender(text), True
        return EVIDENCE

    def begin(self, process: Process, pending: Pending) -> None:
        """Note a message whose hold or discard was told before, or that goes through a proxy filter."""
        session = process.session
        if pending[2] == b"NOQUEUE":
            session.proxied, session.diverted = pending, True
        elif session.asked is not None:
            held = Held(pending, self.micros, session.asked, certain=False)
            session.asked = None
            self._hold(process.host, held)

    def settle(self, process: Process) -> int:
        """Count what this session's message became: the session has gone on."""
        session, host = process.session, process.host
        session.proxied, session.diverted = None, session.asked is not None
        held = host.held.pop(session.queue_id, None)
        if held is None or not held.certain:
            return EVIDENCE
        host.pending.pop(session.queue_id, None)
        self._events.accept_held(held)
        return EVENT

    def ended(self, process: Process, stage: bytes) -> int:
        """Take back what an abnormal end within the message leaves undone."""
        session, host = process.session, process.host
        session.proxied = session.asked = None
        held = host.held.get(session.queue_id)
        if held is not None and (stage in _IN_MESSAGE or not held.certain):
            del host.held[session.queue_id]
        return EVIDENCE

    def filtered(self, process: Process, text: bytes, *, accepted: bool) -> int:
        """Read the proxy filter's answer to the end of a message."""
        session = process.session
        pending, session.proxied = session.proxied, None
        if pending is None:
            return OTHER
        if not accepted:
            return EVIDENCE
        if found := patterns.QUEUED_AS.pattern.search(text[:1_000]):
            pending = (*pending[:2], found[1], *pending[3:])
        self._events.accept_held(Held(pending, self.micros, last_sender(text), certain=True))
        return EVENT

    def revoke(self, host: Host, queue_id: bytes) -> int:
        """Forget a message that was refused after its `client=`."""
        held, pending = host.held.pop(queue_id, None), host.pending.pop(queue_id, None)
        return OTHER if held is None and pending is None else EVIDENCE

    def _hold(self, host: Host, held: Held) -> int:
        """Keep a message until its session goes on; count it now when the session already has."""
        queue_id = held.pending[2]
        session = host.sessions.get(held.pending[3])
        if session is not None and session.queue_id == queue_id:
            session.diverted = True
            host.held[queue_id] = held
            return EVIDENCE
        if not held.certain:
            return EVIDENCE
        self._events.accept_held(held)
        return EVENT

    def _discarded(self, host: Host, queue_id: bytes) -> int:
        """Read `removed (discarded)`: whatever asked for it, the message was taken and thrown away (3.10)."""
        held, pending = host.held.pop(queue_id, None), host.pending.pop(queue_id, None)
        if held is None and pending is None:
            return OTHER
        if held is None and pending is not None:
            held = Held(pending, self.micros, b"", certain=True)
        if held is not None:
            self._events.accept_held(held)
        return EVENT


def last_sender(text: bytes) -> bytes:
    """Return the envelope sender, the last `; from=<…>` of a line; what stands before may imitate it."""
    start = text.rfind(b"; from=<")
    if start < 0:
        return b""
    sender = text[start + 8 :]
    for end in (b"> to=<", b"> proto=", b"> helo=<", b">"):
        found = sender.find(end)
        if found >= 0:
            return sender[: min(found, _MAX_SENDER)]
    return b""
