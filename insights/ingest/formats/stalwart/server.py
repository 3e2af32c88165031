"""What each event of Stalwart means: messages of clients that logged in over SMTP, and refused logins.

Stalwart queues messages of its JMAP clients by the same event, and logs logins over IMAP, POP3, HTTP and ManageSieve by
the same events as those over SMTP. A queued message of a connection came by SMTP, as those of JMAP have none. A login
is one over SMTP if its connection has an event of SMTP, or is one to a port where only SMTP is spoken.
"""

from typing import Any, Final

from insights.enums import TlsVersion
from insights.ingest.formats.accepted import Accepted, Message
from insights.ingest.formats.json_records import version_of
from insights.ingest.formats.outcomes import EVENT, EVIDENCE, OTHER, UNKNOWN
from insights.ingest.formats.refused import Refused, Seen
from insights.ingest.formats.stalwart.connections import Connection, Memory
from insights.ingest.formats.stalwart.event import (
    ENDED,
    HANDSHAKE,
    INPUT,
    OF_SMTP,
    QUEUED,
    STARTED,
    Event,
    Peer,
    Queued,
)
from insights.ingest.formats.stalwart.refusals import MATTERS, REFUSED, TOO_MANY
from insights.ingest.record import (
    MAX_DETAIL,
    MAX_FAILED_ACCOUNT,
    MAX_MECHANISM,
    UNKNOWN_MECHANISM,
    LoginFailureRecord,
    SubmissionRecord,
)
from insights.ingest.texts import address_of, text_of

_PORTS: Final = (b"25", b"465", b"587")
_NO_HOST: Final = b""
_PRUNE_EVERY: Final = 600 * 1_000_000


class Server:
    """Reads events in their order."""

    def __init__(self, *, source_key: str) -> None:
        self._accepted = Accepted(source_key=source_key)
        self._refused = Refused(source_key=source_key)
        self._memory = Memory()
        self._exact: list[bool] = []
        self._micros = self._newest = self._prune_at = 0

    def read(self, event: Event, micros: int, newest: int) -> int:
        """Read an event; return its outcome."""
        name, peer = event.name, event.peer
        if peer is None or name not in MATTERS:
            return OTHER
        self._micros, self._newest = micros, newest
        if name in QUEUED:
            return self._queued(peer, event.queued)
        if name in REFUSED:
            return self._refusal(event, peer)
        return self._spoken(event, peer) if name.startswith(OF_SMTP) else self._told(event, peer)

    def taken(self) -> tuple[list[SubmissionRecord], list[LoginFailureRecord]]:
        """Hand over the events found since the last call."""
        if self._newest >= self._prune_at:
            self._prune_at = self._newest + _PRUNE_EVERY
            self._memory.prune(self._newest)
        self._refused.prune(self._newest)
        exact, self._exact = self._exact, []
        found = [
            record if is_exact else record._replace(recipients_exact=False)
            for record, is_exact in zip(self._accepted.taken(), exact, strict=True)
        ]
        return found, self._refused.taken()

    def forget(self) -> None:
        """Begin another log."""
        self._memory.forget()
        self._refused.forget()

    def dump(self) -> dict[str, Any]:
        """Return what is remembered as plain data."""
        return {"memory": self._memory.dump(), "failures": self._refused.dump()}

    def load(self, data: dict[str, Any]) -> None:
        """Take up what `dump` gave."""
        self._memory.load(data["memory"])
        self._refused.load(data["failures"])

    def _proven(self, peer: Peer) -> Connection | None:
        """Return the connection if it speaks SMTP."""
        known = self._memory.known(peer, self._newest)
        if known is None and peer.local_port in _PORTS:
            return self._memory.begin(peer, self._newest)
        return known

    def _told(self, event: Event, peer: Peer) -> int:
        """Read an event that every protocol has."""
        connection = self._proven(peer)
        if connection is None:
            return OTHER
        if event.name == HANDSHAKE:
            connection.tls = version_of(event.told)
            self._memory.shakes_hands(peer.listener)
            return EVIDENCE
        connection.account = event.account
        return UNKNOWN if event.account is None else EVIDENCE

    def _spoken(self, event: Event, peer: Peer) -> int:
        if event.name == STARTED:
            self._memory.begin(peer, self._newest).began = True
        elif event.name == ENDED:
            self._memory.end(peer)
        else:
            connection = self._memory.connection(peer, self._newest)
            if event.name == INPUT:
                if not event.told:
                    return OTHER
                connection.mechanism = text_of(event.told, MAX_MECHANISM).upper()
        return EVIDENCE

    def _queued(self, peer: Peer, queued: Queued | None) -> int:
        if queued is None:
            return UNKNOWN
        connection = self._memory.connection(peer, self._newest)
        self._exact.append(queued.exact)
        self._accepted.add(
            Message(
                self._micros,
                _NO_HOST,
                queued.queue_id,
                b"",
                connection.account or b"",
                address_of(peer.remote_ip),
                self._tls_of(connection, peer),
                connection.mechanism or UNKNOWN_MECHANISM,
                queued.sender,
                queued.size,
                queued.recipients,
            )
        )
        return EVENT

    def _tls_of(self, connection: Connection, peer: Peer) -> TlsVersion:
        if connection.tls is not None:
            return connection.tls
        is_none = connection.began and peer.listener in self._memory.listeners
        return TlsVersion.NONE if is_none else TlsVersion.UNKNOWN

    def _refusal(self, event: Event, peer: Peer) -> int:
        if event.name.startswith(OF_SMTP):
            self._memory.connection(peer, self._newest)
        connection = self._proven(peer)
        if connection is None:
            return OTHER
        if event.name == TOO_MANY and connection.refused:
            return EVIDENCE
        account = event.account or connection.account or b""
        connection.refused, connection.account = True, None
        detail = event.name + (b": " + event.told if event.told else b"")
        self._refused.add(
            Seen(self._micros, self._newest, _NO_HOST, b"", 1, b"\0".join((*peer, account, detail))),
            account=text_of(account, MAX_FAILED_ACCOUNT),
            client_ip=peer.remote_ip,
            mechanism=connection.mechanism or UNKNOWN_MECHANISM,
            reason=REFUSED[event.name],
            detail=text_of(detail, MAX_DETAIL),
        )
        return EVENT
