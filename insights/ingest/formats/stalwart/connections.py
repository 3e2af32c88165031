"""The bounded memory of a log of Stalwart: what each connection that speaks SMTP has told."""

from itertools import islice
from typing import Any, Final

from insights.enums import TlsVersion
from insights.ingest.formats.stalwart.event import Peer

OPEN_FOR: Final = 3_600 * 1_000_000
"""How long a connection may be silent, in microseconds of log time; Stalwart ends it after ten minutes by itself."""
MAX_CONNECTIONS: Final = 20_000
MAX_LISTENERS: Final = 200


class Connection:
    """A connection that speaks SMTP.

    `began` tells that its beginning is in the log, `refused` that a refused login of it is; `account` is None before a
    login, `mechanism` that of the last AUTH command where commands are logged.
    """

    __slots__ = ("account", "began", "mechanism", "refused", "seen", "tls")

    def __init__(self, seen: int) -> None:
        self.seen = seen
        self.began = self.refused = False
        self.tls: TlsVersion | None = None
        self.account: bytes | None = None
        self.mechanism = ""

    def dump(self) -> list[Any]:
        """Return the connection as plain data."""
        account = None if self.account is None else self.account.decode("latin-1")
        return [self.seen, self.began, self.refused, self.tls, account, self.mechanism]

    @classmethod
    def load(cls, data: list[Any]) -> "Connection":
        """Return the connection that `dump` gave."""
        seen, began, refused, tls, account, mechanism = data
        one = cls(int(seen))
        one.began, one.refused, one.mechanism = bool(began), bool(refused), str(mechanism)
        one.tls = None if tls is None else TlsVersion(tls)
        one.account = None if account is None else account.encode("latin-1")
        return one


class Memory:
    """All open connections, and the listeners that have logged a handshake: there TLS does not come first."""

    def __init__(self) -> None:
        self._connections: dict[Peer, Connection] = {}
        self.listeners: dict[bytes, None] = {}

    def begin(self, peer: Peer, micros: int) -> Connection:
        """Return a new connection."""
        self._connections.pop(peer, None)
        if len(self._connections) >= MAX_CONNECTIONS:
            for old in list(islice(self._connections, MAX_CONNECTIONS // 10)):
                del self._connections[old]
        connection = self._connections[peer] = Connection(micros)
        return connection

    def known(self, peer: Peer, micros: int) -> Connection | None:
        """Return a connection that has spoken SMTP lately."""
        connection = self._connections.get(peer)
        if connection is None or micros - connection.seen > OPEN_FOR:
            return None
        connection.seen = micros
        return connection

    def connection(self, peer: Peer, micros: int) -> Connection:
        """Return a connection, made when new."""
        return self.known(peer, micros) or self.begin(peer, micros)

    def end(self, peer: Peer) -> None:
        """Forget a connection."""
        self._connections.pop(peer, None)

    def shakes_hands(self, listener: bytes) -> None:
        """Note a listener of which a handshake is in the log."""
        if len(self.listeners) < MAX_LISTENERS:
            self.listeners[listener] = None

    def prune(self, newest: int) -> None:
        """Forget connections that have long been silent."""
        for peer in [peer for peer, one in self._connections.items() if newest - one.seen > OPEN_FOR]:
            del self._connections[peer]

    def forget(self) -> None:
        """Begin another log of the same server."""
        self._connections.clear()

    def dump(self) -> dict[str, Any]:
        """Return what is remembered as plain data."""
        return {
            "listeners": [listener.decode("latin-1") for listener in self.listeners],
            "connections": [
                [*(part.decode("latin-1") for part in peer), *connection.dump()]
                for peer, connection in self._connections.items()
            ],
        }

    def load(self, data: dict[str, Any]) -> None:
        """Take up what `dump` gave."""
        self.listeners = {listener.encode("latin-1"): None for listener in data["listeners"]}
        self._connections = {
            Peer(*(part.encode("latin-1") for part in one[:4])): Connection.load(one[4:])
            for one in data["connections"]
        }
