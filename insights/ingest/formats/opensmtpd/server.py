"""What the lines of OpenSMTPD mean for sessions, messages and refused logins.

Every line of a session carries its id. `smtp message` tells that a message was taken over, and the `smtp envelope`
after it who sent it: with the first one the message counts. Each TLS session writes `smtp tls`, so that a session
whose beginning is in the log and that has no such line had none. The mechanism is in no line; OpenSMTPD knows PLAIN
and LOGIN alone, which both present a password.
"""

from collections.abc import Callable
from typing import Any, Final

from insights.enums import PLAIN_OR_LOGIN, FailureReason, TlsVersion
from insights.ingest.formats.accepted import Accepted, Message
from insights.ingest.formats.opensmtpd import patterns
from insights.ingest.formats.opensmtpd.fields import plain, reason_of, version_of
from insights.ingest.formats.opensmtpd.sessions import Memory
from insights.ingest.formats.outcomes import EVENT, EVIDENCE, OTHER, UNKNOWN
from insights.ingest.formats.refused import Refused, Seen
from insights.ingest.formats.syslog import Writer
from insights.ingest.record import (
    MAX_DETAIL,
    MAX_FAILED_ACCOUNT,
    MAX_MECHANISM,
    LoginFailureRecord,
    SubmissionRecord,
)
from insights.ingest.texts import address_of, text_of

_FAULTS: Final = {
    b"permfail": FailureReason.WRONG_CREDENTIALS,
    b"tempfail": FailureReason.SERVER_FAULT,
}


class Server:
    """Reads the texts of smtpd. See `insights.ingest.formats.syslog.Reader`."""

    def __init__(self, *, source_key: str) -> None:
        self._micros = self._newest = 0
        self._times = 1
        self._memory = Memory()
        self._accepted = Accepted(source_key=source_key)
        self._refused = Refused(source_key=source_key)
        self._handlers: dict[bytes, Callable[[Writer, bytes, bytes], int]] = {
            b"connected": self._connected,
            b"tls": self._secured,
            b"authentication": self._login,
            b"message": self._taken,
            b"envelope": self._envelope,
            b"failed-command": self._failed,
            b"disconnected": self._disconnected,
        }

    def at(self, micros: int, newest: int) -> None:
        """Take the time of the lines that follow, and the newest of the log."""
        self._micros, self._newest = micros, newest

    def wants(self, writer: Writer) -> bool:
        """Tell whether lines of this process are to be read: of any, as their form is like no other's."""
        return writer.pid != b""

    def read(self, writer: Writer, text: bytes, *, times: int) -> int:
        """Read one text."""
        found = patterns.SESSION.pattern.match(text)
        if found is None:
            return UNKNOWN if patterns.OLDER.pattern.match(text) else OTHER
        handler = self._handlers.get(found[2])
        if handler is None:
            return OTHER
        self._times = times
        return handler(writer, found[1], text[found.end() :])

    def taken(self) -> tuple[list[SubmissionRecord], list[LoginFailureRecord]]:
        """Hand over the events found since the last call."""
        return self._accepted.taken(), self._refused.taken()

    def prune(self, newest: int) -> None:
        """Forget what is too old to matter."""
        self._memory.prune(newest)
        self._refused.prune(newest)

    def forget(self) -> None:
        """Begin another log."""
        self._memory.forget()
        self._refused.forget()

    def dump(self) -> dict[str, Any]:
        """Return what is open as plain data."""
        return {"sessions": self._memory.dump(), "failures": self._refused.dump()}

    def load(self, data: dict[str, Any]) -> None:
        """Take up what `dump` gave."""
        self._memory.load(data["sessions"])
        self._refused.load(data["failures"])

    def _connected(self, writer: Writer, identity: bytes, rest: bytes) -> int:
        found = patterns.CONNECTED.pattern.match(rest)
        if found is None:
            return UNKNOWN
        self._memory.end(writer.host, identity)
        session = self._memory.session(writer.host, identity, self._micros)
        session.connected, session.client_ip = True, address_of(found[1])
        return EVIDENCE

    def _secured(self, writer: Writer, identity: bytes, rest: bytes) -> int:
        found = patterns.SECURED.pattern.match(rest)
        if found is None:
            return UNKNOWN
        self._memory.session(writer.host, identity, self._micros).tls = version_of(found[1])
        return EVIDENCE

    def _login(self, writer: Writer, identity: bytes, rest: bytes) -> int:
        found = patterns.LOGIN.pattern.match(rest)
        if found is None:
            return UNKNOWN
        session = self._memory.session(writer.host, identity, self._micros)
        name = plain(found[1])
        if found[2] == b"ok":
            session.account = name
            return EVIDENCE
        session.refused = True
        self._refused.add(
            self._seen(writer, b"%b %b" % (identity, rest)),
            account=text_of(name, MAX_FAILED_ACCOUNT),
            client_ip=session.client_ip.encode(),
            mechanism=PLAIN_OR_LOGIN,
            reason=_FAULTS[found[2]],
            detail=found[2].decode(),
        )
        return EVENT

    def _taken(self, writer: Writer, identity: bytes, rest: bytes) -> int:
        """Read `smtp message`, which comes with the answer 250."""
        found = patterns.TAKEN.pattern.match(rest)
        if found is None:
            return UNKNOWN
        session = self._memory.known(writer.host, identity)
        if session is None or session.account is None:
            return OTHER
        session.seen = self._micros
        if session.counted == found[1]:
            return EVIDENCE
        session.taken = (self._micros, found[1], int(found[2]), max(1, int(found[3])))
        return EVIDENCE

    def _envelope(self, writer: Writer, identity: bytes, rest: bytes) -> int:
        """Read `smtp envelope`, one for each recipient: the first after its message tells the sender."""
        found = patterns.ENVELOPE.pattern.match(rest)
        if found is None:
            return UNKNOWN
        session = self._memory.known(writer.host, identity)
        if session is None or session.account is None:
            return OTHER
        if session.taken is None or session.taken[1] != found[1]:
            return EVIDENCE if session.counted == found[1] else OTHER
        micros, queue_id, size, recipients = session.taken
        session.taken, session.counted = None, queue_id
        tls = session.tls
        if tls is None:
            tls = TlsVersion.NONE if session.connected else TlsVersion.UNKNOWN
        self._accepted.add(
            Message(
                micros, writer.host, queue_id, identity, session.account, session.client_ip, tls,
                PLAIN_OR_LOGIN, found[2], size, recipients,
            )
        )  # fmt: skip
        return EVENT

    def _failed(self, writer: Writer, identity: bytes, rest: bytes) -> int:
        """Read `smtp failed-command` of an AUTH, of which the client's answer may be a password: it is left out."""
        found = patterns.FAILED.pattern.match(rest)
        if found is None:
            return OTHER
        session = self._memory.session(writer.host, identity, self._micros)
        if session.refused:
            session.refused = False
            return EVIDENCE
        mechanism = found[1].upper()
        self._refused.add(
            self._seen(writer, b"%b %b %b" % (identity, mechanism, found[2])),
            account="",
            client_ip=session.client_ip.encode(),
            mechanism=text_of(mechanism, MAX_MECHANISM),
            reason=reason_of(found[3], found[2]),
            detail=text_of(found[2], MAX_DETAIL),
        )
        return EVENT

    def _disconnected(self, writer: Writer, identity: bytes, _rest: bytes) -> int:
        return EVIDENCE if self._memory.end(writer.host, identity) else OTHER

    def _seen(self, writer: Writer, text: bytes) -> Seen:
        return Seen(self._micros, self._newest, writer.host, writer.pid, self._times, text)
