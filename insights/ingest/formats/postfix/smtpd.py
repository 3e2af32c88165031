"""What the lines of smtpd mean for sessions and messages (rules R0 to R8 of the design notes).

TLS is decided at `client=`: the session's version; else none, if the connect was seen, the service is not
TLS from the first byte, and this host has been seen logging TLS; else unknown.
"""

from collections.abc import Callable
from typing import Final

from insights.enums import TlsVersion
from insights.ingest.formats.outcomes import EVENT, EVIDENCE, OTHER, TOO_MANY, UNKNOWN
from insights.ingest.formats.postfix import patterns
from insights.ingest.formats.postfix.diversions import Diversions
from insights.ingest.formats.postfix.events import Events
from insights.ingest.formats.postfix.memory import Memory
from insights.ingest.formats.postfix.process import Process
from insights.ingest.formats.refused import Seen
from insights.ingest.record import MAX_MECHANISM, MAX_QUEUE_ID, UNKNOWN_MECHANISM
from insights.ingest.texts import text_of

MAX_REPEATS: Final = 1_000
_MAX_RAW_NAME: Final = 1_280
_TLS_TOKENS: Final = {
    b"SSLv3": TlsVersion.SSL3,
    b"TLSv1": TlsVersion.TLS1_0,
    b"TLSv1.0": TlsVersion.TLS1_0,
    b"TLSv1.1": TlsVersion.TLS1_1,
    b"TLSv1.2": TlsVersion.TLS1_2,
    b"TLSv1.3": TlsVersion.TLS1_3,
}
_AFTER_ACCOUNT: Final = (b", sasl_sender=", b", orig_queue_id=", b", orig_client=")
_MAX_LOGINS: Final = 20_000
_MAX_HEADS: Final = 20_000
_LONGEST_REMEMBERED: Final = 500


class Smtpd:
    """Reads the text of smtpd lines; every method returns the line's class.

    `micros` and `newest` are the line's time and the log's newest.
    """

    def __init__(self, memory: Memory, events: Events) -> None:
        self.micros = 0
        self.newest = 0
        self._times = 1
        self.diversions = Diversions(events)
        self._memory = memory
        self._events = events
        self._logins: dict[bytes, tuple[bytes, bytes, str]] = {}
        self.tls_heads: set[bytes] = set()
        self.tls_tails: dict[bytes, TlsVersion] = {}
        self._handlers: dict[bytes, Callable[[Process, bytes], int]] = {
            b"connect ": self._connect,
            b"disconne": self._disconnect,
            b"Anonymou": self._tls,
            b"Untruste": self._tls,
            b"Trusted ": self._tls,
            b"Verified": self._tls,
            b"TLS conn": self._tls,
            b"setting ": self._setting_up,
            b"warning:": self._warning,
            b"message ": self._repeated,
        }

    def client(self, process: Process, queue_id: bytes, rest: bytes) -> int:
        """Read `client=…` of an authenticated client: its message waits for acceptance from now on."""
        known = self._logins.get(rest) or self._login(rest)
        if known is None or not queue_id.isalnum() or len(queue_id) > MAX_QUEUE_ID:
            return self._other_client(process, queue_id, rest)
        account, client_ip, mechanism = known
        session, host = process.session, process.host
        outcome = self.diversions.settle(process) if session.diverted else EVIDENCE
        tls = session.tls
        if mechanism == UNKNOWN_MECHANISM or not process.pid:
            tls = TlsVersion.UNKNOWN
        elif tls is None:
            none = session.connected and not process.wrapper and host.proven
            tls = TlsVersion.NONE if none else TlsVersion.UNKNOWN
        session.queue_id = queue_id
        pending = (self.micros, host.name, queue_id, process.pid, account, client_ip, tls, mechanism)
        if session.diverted or queue_id == b"NOQUEUE":
            self.diversions.begin(process, pending)
            if queue_id == b"NOQUEUE":
                return outcome
        host.pending[queue_id] = pending
        memory = self._memory
        memory.room -= 1
        if memory.room < 0:
            memory.make_room()
        return outcome

    def _learn_tls(self, head: bytes, tail: bytes) -> TlsVersion | None:
        """Return the version that begins the last part of a TLS line, and remember both parts as what they are."""
        token, with_cipher, _ = tail.partition(b" with cipher ")
        if not with_cipher or b" " in token:
            return None
        version = _TLS_TOKENS.get(token, TlsVersion.UNKNOWN)
        if len(self.tls_tails) < 1_000 and len(tail) < 500:
            self.tls_tails[tail] = version
        if len(self.tls_heads) >= _MAX_HEADS:
            self.tls_heads.clear()
        if len(head) <= _LONGEST_REMEMBERED:
            self.tls_heads.add(head)
        return version

    def text(self, process: Process, text: bytes) -> int:
        """Read the text of any smtpd line."""
        handler = self._handlers.get(text[:8])
        if handler is not None:
            return handler(process, text)
        queue_id, colon, rest = text.partition(b": ")
        if colon and rest[:7] == b"client=":
            return self.client(process, queue_id, rest)
        return self._rarer(process, text)

    def _connect(self, process: Process, text: bytes) -> int:
        if not text.startswith(b"connect from "):
            return OTHER
        return self._clear(process, connected=True)

    def _disconnect(self, process: Process, text: bytes) -> int:
        if not text.startswith(b"disconnect from "):
            return OTHER
        return self._clear(process, connected=False)

    def _clear(self, process: Process, *, connected: bool) -> int:
        session = process.session
        outcome = self.diversions.settle(process) if session.diverted else EVIDENCE
        session.clear(connected=connected)
        return outcome

    def _tls(self, process: Process, text: bytes) -> int:
        found = patterns.SECURED.pattern.match(text)
        if found is None:
            return UNKNOWN if b"TLS connection established from " in text[:80] else OTHER
        version = self._learn_tls(text[: found.start(1) - len(b": ")], found[1])
        if version is None:
            return UNKNOWN
        process.session.tls = version
        process.host.proven = True
        return EVIDENCE

    def _setting_up(self, process: Process, text: bytes) -> int:
        return EVIDENCE if text.startswith(b"setting up TLS connection from ") else OTHER

    def _warning(self, process: Process, text: bytes) -> int:
        seen = Seen(self.micros, self.newest, process.host.name, process.pid, self._times, text)
        if found := patterns.REFUSED.pattern.match(text):
            _, client_ip, mechanism, aborted, answer = found.groups()
            self._events.refuse(
                seen, client_ip=client_ip, mechanism=mechanism, answer=None if aborted else answer or b""
            )
            return EVENT
        if found := patterns.LIMITED.pattern.match(text):
            self._events.limit(seen, client_ip=found[2])
            return EVENT
        if b"]: SASL " in text and b" authentication " in text and b"non-SMTP command" not in text:
            return UNKNOWN
        return OTHER

    def _repeated(self, process: Process, text: bytes) -> int:
        found = patterns.REPEATED.pattern.match(text)
        if found is None or found[2].startswith(b"message repeated "):
            return OTHER
        times = int(found[1])
        if times > MAX_REPEATS:
            return TOO_MANY
        self._times = times
        try:
            return self.text(process, found[2]) if times else OTHER
        finally:
            self._times = 1

    def _other_client(self, process: Process, queue_id: bytes, rest: bytes) -> int:
        """Read `client=…` without a login: whatever waited under this queue id was never accepted (R6)."""
        if b", sasl_method=" in rest[:500] or not patterns.ANONYMOUS.pattern.match(rest):
            return UNKNOWN
        outcome = self.diversions.settle(process) if process.session.diverted else EVIDENCE
        process.session.queue_id = b""
        process.host.pending.pop(queue_id, None)
        return outcome

    def _rarer(self, process: Process, text: bytes) -> int:
        diversions = self.diversions
        if found := patterns.ENDED.pattern.match(text):
            return diversions.ended(process, found[1]) if process.session.diverted else EVIDENCE
        if found := patterns.DIVERTED.pattern.match(text):
            return diversions.told(process, found[1], text)
        if found := patterns.REJECTED.pattern.match(text):
            return diversions.revoke(process.host, found[1])
        if found := patterns.FILTERED.pattern.match(text):
            return diversions.filtered(process, text, accepted=found[1] == b"accept")
        return OTHER

    def _login(self, rest: bytes) -> tuple[bytes, bytes, str] | None:
        """Return account, address and mechanism of an authenticated `client=…`, and remember them.

        XCLIENT says that a proxy authenticated, so that the mechanism is not known here (R2).
        """
        origin, _, account = rest.partition(b", sasl_username=")
        found = patterns.ORIGIN.pattern.match(origin)
        if found is None or not account:
            return None
        for end in _AFTER_ACCOUNT:
            account = account.split(end, 1)[0]
        mechanism = UNKNOWN_MECHANISM if found[2] == b"XCLIENT" else text_of(found[2].upper(), MAX_MECHANISM)
        login = account[:_MAX_RAW_NAME], found[1], mechanism
        if len(rest) <= _LONGEST_REMEMBERED:
            if len(self._logins) >= _MAX_LOGINS:
                self._logins.clear()
            self._logins[rest] = login
        return login
