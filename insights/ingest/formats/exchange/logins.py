"""Logins of a session: what the client tried, whom the server confirmed, and what it refused."""

from typing import Any, Final

from insights.ingest.formats.exchange.columns import Row
from insights.ingest.formats.exchange.patterns import MECHANISM
from insights.ingest.formats.exchange.sessions import Session
from insights.ingest.formats.exchange.words import is_person, reason_of
from insights.ingest.formats.outcomes import EVENT, EVIDENCE, OTHER
from insights.ingest.formats.refused import Refused, Seen
from insights.ingest.record import (
    MAX_DETAIL,
    MAX_FAILED_ACCOUNT,
    MAX_MECHANISM,
    UNKNOWN_MECHANISM,
    LoginFailureRecord,
)
from insights.ingest.texts import text_of

_TRUSTED: Final = "EXCHANGEAUTH"
"""The mechanism of Exchange servers among themselves."""


class Logins:
    """Reads the rows about logins; a refusal has up to four of them and counts once."""

    def __init__(self, *, source_key: str) -> None:
        self._refused = Refused(source_key=source_key)
        self.micros = self.newest = 0

    def tried(self, row: Row, session: Session) -> int:
        """Read AUTH, or X-EXPS, which takes the same mechanisms."""
        found = MECHANISM.pattern.match(row.data)
        if found is None:
            return OTHER
        outcome = self.left_open(row, session)
        session.mechanism = text_of(found[1].upper(), MAX_MECHANISM)
        session.trying, session.failed_is_counted = True, False
        session.failed = session.typed = b""
        return outcome

    def confirmed(self, session: Session, account: bytes) -> int:
        """Read the row that names whom the server knows the client as."""
        if session.mechanism != _TRUSTED and is_person(account):
            session.login = account
        return EVIDENCE

    def succeeded(self, row: Row, session: Session) -> int:
        """Read the answer 235; the account may stand beside it, or have been typed."""
        session.failed = b""
        if session.login is None:
            self.confirmed(session, row.context or session.typed)
        return EVIDENCE

    def failed(self, session: Session, mechanism: bytes, word: bytes) -> int:
        """Read why an AUTH failed, which may be written twice; who tried is told next."""
        if session.failed_is_counted:
            session.failed_is_counted, session.typed = False, b""
        session.failed = word
        if not session.trying or not session.mechanism:
            session.mechanism = text_of(mechanism.upper(), MAX_MECHANISM)
        return EVIDENCE

    def named(self, row: Row, session: Session, name: bytes) -> int:
        """Read what the client gave as its name."""
        session.typed = name
        return self.left_open(row, session)

    def refused(self, row: Row, session: Session) -> int:
        """Read the answer that refuses an AUTH."""
        outcome = EVIDENCE if session.failed_is_counted else self._refuse(row, session, row.data)
        session.failed = session.typed = b""
        session.failed_is_counted = False
        return outcome

    def left_open(self, row: Row, session: Session) -> int:
        """Count a failure that was not counted yet."""
        if not session.failed or session.failed_is_counted:
            return EVIDENCE
        return self._refuse(row, session, b"")

    def taken(self) -> list[LoginFailureRecord]:
        """Hand over the refused logins found since the last call."""
        return self._refused.taken()

    def prune(self, newest: int) -> None:
        """Forget what is too old to matter."""
        self._refused.prune(newest)

    def forget(self) -> None:
        """Begin another log."""
        self._refused.forget()

    def dump(self) -> list[Any]:
        """Return what is remembered as plain data."""
        return self._refused.dump()

    def load(self, data: list[Any]) -> None:
        """Take up what `dump` gave."""
        self._refused.load(data)

    def _refuse(self, row: Row, session: Session, answer: bytes) -> int:
        word = session.failed
        self._refused.add(
            Seen(self.micros, self.newest, row.host, row.session, 1, row.data + b"\0" + row.context),
            account=text_of(session.typed, MAX_FAILED_ACCOUNT),
            client_ip=session.client_ip.encode(),
            mechanism=session.mechanism or UNKNOWN_MECHANISM,
            reason=reason_of(word, answer),
            detail=text_of(word or answer, MAX_DETAIL),
        )
        session.failed_is_counted = True
        return EVENT
