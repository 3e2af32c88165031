"""Joins what two servers tell of one client: the front end has its login and TLS, the mailbox server its messages.

A front end hands a session of port 587 on as a whole (XPROXY), once the client has logged in. What it receives on
port 25 it keeps a log of to the end, and passes on message by message (XPROXYFROM): those messages count where the
client's session is.
"""

from typing import Final

from insights.enums import TlsVersion
from insights.ingest.formats.exchange.messages import Messages, Taken
from insights.ingest.formats.exchange.patterns import PROXIED_IP, TAKES_OVER
from insights.ingest.formats.exchange.sessions import Login, Memory, Session
from insights.ingest.formats.outcomes import EVENT, EVIDENCE, NO_LOGIN, OTHER
from insights.ingest.texts import address_of

_NOBODY: Final = b"250 XProxy accepted"
_LONGEST_OFFER: Final = 2_048


class Halves:
    """Reads the rows by which sessions are handed on, and counts each message once its login is known."""

    def __init__(self, *, memory: Memory, messages: Messages) -> None:
        self._memory = memory
        self._messages = messages
        self.micros = 0

    def offered(self, text: bytes, session: Session) -> int:
        """Note XPROXY or XPROXYFROM, which any client may send: it means something once the server takes it."""
        session.offer = text[:_LONGEST_OFFER]
        return EVIDENCE

    def answered(self, answer: bytes, session: Session) -> int:
        """Read the answer to what was offered."""
        offer, session.offer = session.offer, b""
        if answer[:3] != b"250":
            return OTHER
        if answer.rstrip(b". ") == _NOBODY:
            session.is_relayed = True
            return EVIDENCE
        self.accept(session, offer)
        return EVIDENCE

    def accept(self, session: Session, offer: bytes) -> None:
        """Take what a front end says of the client."""
        session.offer = b""
        found = TAKES_OVER.pattern.match(offer)
        if found is None:
            session.is_relayed = True
            return
        session.front = found[1].upper()
        session.login, session.mechanism = None, ""
        address = PROXIED_IP.pattern.match(offer)
        session.client_ip = "" if address is None else address_of(address[1].strip(b"[]"))

    def took(self, session: Session, message: Taken) -> int:
        """Count a message, unless its login is in another log that was not read yet."""
        session.has_sent = True
        if session.is_relayed:
            return OTHER
        if session.front:
            login = self._memory.logins.get(session.front) or self._open_login(session.front)
            if login is None and session.login is not None:
                login = Login(session.login, session.client_ip, "", TlsVersion.UNKNOWN, self.micros)
            if login is None:
                self._memory.wait(session.front, message)
                return NO_LOGIN
            self._count(message, login)
            return EVENT
        if session.login is None:
            return OTHER
        self._count(message, self._login(session, session.login))
        return EVENT

    def handed_on(self, identity: bytes, session: Session) -> int:
        """Keep the login for the messages that another server takes, and count those that waited for it."""
        if session.login is None:
            return EVIDENCE
        login = self._login(session, session.login)
        waited = self._memory.hand_on(identity, login)
        for message in waited:
            self._count(message, login)
        return EVENT if waited else EVIDENCE

    def ended(self, identity: bytes, session: Session) -> int:
        """Keep the login of a session that sent nothing here, for versions that do not say that they hand it on."""
        if session.has_sent or session.front or identity in self._memory.logins:
            return EVIDENCE
        return self.handed_on(identity, session)

    def _open_login(self, identity: bytes) -> Login | None:
        """Return the login of a session that is still open at its front end."""
        session = self._memory.sessions.get(identity)
        return None if session is None or session.login is None else self._login(session, session.login)

    def _login(self, session: Session, account: bytes) -> Login:
        return Login(account, session.client_ip, session.mechanism, session.version, self.micros)

    def _count(self, message: Taken, login: Login) -> None:
        self._messages.add(
            message,
            account=login.account,
            client_ip=login.client_ip or message.client_ip,
            mechanism=login.mechanism,
            tls=login.tls,
        )
