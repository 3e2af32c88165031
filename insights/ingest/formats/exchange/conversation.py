"""What the rows of a session mean: who begins and ends it, what the client says, what the server answers and
notes.
"""

from typing import Any

from insights.enums import TlsVersion
from insights.ingest.formats.exchange import patterns
from insights.ingest.formats.exchange.columns import Row
from insights.ingest.formats.exchange.halves import Halves
from insights.ingest.formats.exchange.logins import Logins
from insights.ingest.formats.exchange.messages import Messages, Taken
from insights.ingest.formats.exchange.sessions import Memory, Session
from insights.ingest.formats.exchange.words import is_person, version_of
from insights.ingest.formats.outcomes import EVENT, EVIDENCE, OTHER, UNKNOWN
from insights.ingest.record import LoginFailureRecord, SubmissionRecord
from insights.ingest.texts import address_of, remembered


class Conversation:
    """Reads the rows of all sessions of one log."""

    def __init__(self, *, source_key: str) -> None:
        self._memory = Memory()
        self._messages = Messages(source_key=source_key)
        self._logins = Logins(source_key=source_key)
        self._halves = Halves(memory=self._memory, messages=self._messages)
        self._address = remembered(_address, {})
        self._micros = 0

    def at(self, micros: int, newest: int) -> None:
        """Take the time of the rows that follow, and the newest of the log."""
        self._micros = self._halves.micros = self._logins.micros = micros
        self._logins.newest = newest

    def read(self, row: Row) -> int:
        """Read a row; return its outcome."""
        session = self._memory.sessions.get(row.session)
        if session is not None:
            session.seen = self._micros
        event = row.event
        if event == b">":
            return self._answered(row, session)
        if event == b"<":
            return self._commanded(row, session or self._open(row))
        if event == b"*":
            return self._noted(row, session)
        if event == b"+":
            outcome = EVIDENCE if session is None else self._close(row, session)
            self._open(row).began = True
            return outcome
        if event == b"-":
            return OTHER if session is None else self._close(row, session)
        return UNKNOWN

    def taken(self) -> tuple[list[SubmissionRecord], list[LoginFailureRecord]]:
        """Hand over the events found since the last call."""
        return self._messages.taken(), self._logins.taken()

    def prune(self, newest: int) -> None:
        """Forget what is too old to matter."""
        self._memory.prune(newest)
        self._logins.prune(newest)

    def forget(self) -> None:
        """Begin another log. What is known of sessions stays: another server's log of the same time may need it."""
        self._logins.forget()

    def dump(self) -> dict[str, Any]:
        """Return what is open as plain data."""
        return {**self._memory.dump(), "failures": self._logins.dump()}

    def load(self, data: dict[str, Any]) -> None:
        """Take up what `dump` gave."""
        self._memory.load(data)
        self._logins.load(data["failures"])

    def _open(self, row: Row) -> Session:
        return self._memory.open(row.session, self._address(row.remote), self._micros)

    def _close(self, row: Row, session: Session) -> int:
        outcomes = (self._logins.left_open(row, session), self._halves.ended(row.session, session))
        del self._memory.sessions[row.session]
        return EVENT if EVENT in outcomes else EVIDENCE

    def _commanded(self, row: Row, session: Session) -> int:
        text = row.data
        if session.offer:
            self._halves.accept(session, session.offer)
        verb = text[:4].upper()
        if verb == b"RCPT":
            session.asked += 1
        elif verb == b"MAIL":
            found = patterns.SENDER.pattern.match(text)
            session.begin_message(b"" if found is None else found[1] or found[2] or b"")
        elif verb == b"BDAT":
            chunk = patterns.CHUNK.pattern.match(text)
            session.size += 0 if chunk is None else int(chunk[1])
        elif verb in {b"AUTH", b"X-EX"}:
            return self._logins.tried(row, session)
        elif verb == b"XPRO":
            return self._halves.offered(text, session) if text[:8].upper() != b"XPROXYTO" else OTHER
        elif verb in {b"RSET", b"EHLO", b"HELO"}:
            session.begin_message(b"")
        elif verb == b"STAR" and session.tls is None:
            # Older versions write no row about the protocol. A refusal takes it back.
            session.tls = TlsVersion.UNKNOWN
        elif verb not in {b"DATA", b"QUIT", b"STAR"}:
            return OTHER
        return EVIDENCE

    def _answered(  # noqa: PLR0911 - one answer, one meaning
        self, row: Row, session: Session | None
    ) -> int:
        answer = row.data
        code = answer[:3]
        if session is None:
            return self._logins.refused(row, self._open(row)) if code == b"535" else OTHER
        if session.offer:
            return self._halves.answered(answer, session)
        if code == b"250":
            if answer[:9] == b"250 2.1.5":
                session.granted += 1
                return EVIDENCE
            return self._took(row, session) if answer[:9] == b"250 2.6.0" else OTHER
        if code == b"334" and session.trying:
            return EVIDENCE
        was_trying, session.trying = session.trying, False
        if code == b"235":
            return self._logins.succeeded(row, session)
        if code == b"535" or (was_trying and code[:1] in {b"4", b"5"}):
            return self._logins.refused(row, session)
        if session.tls is TlsVersion.UNKNOWN and code in {b"454", b"500", b"501", b"502"}:
            session.tls = None
        return OTHER

    def _took(self, row: Row, session: Session) -> int:
        found = patterns.QUEUED.pattern.match(row.data)
        if found is None:
            return UNKNOWN if b"Queued mail" in row.data else EVIDENCE
        message = Taken(
            micros=self._micros,
            host=row.host,
            session=row.session,
            message_id=found[1],
            number=found[2] or b"",
            sender=session.sender,
            client_ip=session.client_ip,
            recipients=session.granted or max(1, session.asked),
            is_exact=session.granted > 0,
            size=int(found[3]) if found[3] else session.size or None,
        )
        session.begin_message(b"")
        return self._halves.took(session, message)

    def _noted(  # noqa: PLR0911 - one note, one meaning
        self, row: Row, session: Session | None
    ) -> int:
        text = row.context
        first = text[:1]
        if first == b"T" and text[:13] == b"TLS protocol ":
            if found := patterns.SECURED.pattern.match(text):
                (session or self._open(row)).tls = version_of(found[1], found[2])
            return EVIDENCE if found else UNKNOWN
        if text == b"authenticated":
            return self._logins.confirmed(session or self._open(row), row.data)
        if first == b"I" and (found := patterns.FAILED.pattern.match(text)):
            return self._logins.failed(session or self._open(row), found[1], found[2])
        if first == b"U" and (found := patterns.USER_NAME.pattern.match(text)):
            return self._logins.named(row, session or self._open(row), found[1])
        if first == b"P" and (found := patterns.HANDED_ON.pattern.match(text)):
            session = session or self._open(row)
            if session.login is None and is_person(found[1]):
                session.login = found[1]
            return self._halves.handed_on(row.session, session)
        if first in {b"S", b"a"} and (found := patterns.AUTHENTICATED_AS.pattern.match(text)):
            return self._logins.confirmed(session or self._open(row), found[1])
        return OTHER


def _address(raw: bytes) -> str:
    """Return the address of an endpoint: `192.0.2.1:50100`, `[2001:db8::1]:50100`, or an address alone."""
    host, colon, _port = raw.rpartition(b":")
    if colon and (host[-1:] == b"]" or b":" not in host):
        raw = host
    return address_of(raw.strip(b"[]"))
