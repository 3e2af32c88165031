"""The bounded memory of a log: what each open connection has told, and its messages until that is enough."""

from itertools import islice
from typing import Any, Final

from insights.enums import TlsVersion
from insights.ingest.formats.accepted import Message

OPEN_FOR: Final = 24 * 3_600 * 1_000_000
"""How long a connection may be silent, in microseconds of log time."""
MAX_CONNECTIONS: Final = 20_000
MAX_HELD: Final = 20_000
"""Of all connections; beyond it the oldest connections end."""
_Key = tuple[bytes, bytes]
_TEXTS: Final = ("client_ip", "mechanism")
_BYTES: Final = ("failed", "sender", "transaction")
_PLAIN: Final = ("seen", "port", "tried", "ticket", "proxied", "size", "recipients")


class Connection:
    """A connection by its uuid.

    `account` is None before a login that was logged; `tried` tells that an AUTH was handled, whatever came of it, and
    `ticket` that a challenge of CRAM-MD5 was sent. `failed` is the name of the last refused login. `sender`, `size` and
    `recipients` are those of the transaction of that number. `held` are messages whose login or TLS is not known yet.
    """

    __slots__ = (
        "account", "client_ip", "failed", "held", "mechanism", "port", "proxied", "recipients", "seen", "sender",
        "size", "ticket", "tls", "transaction", "tried",
    )  # fmt: skip

    def __init__(self, seen: int) -> None:
        self.seen = seen
        self.client_ip = self.mechanism = ""
        self.port = self.size = 0
        self.recipients = 1
        self.tls: TlsVersion | None = None
        self.account: bytes | None = None
        self.tried = self.ticket = self.proxied = False
        self.failed = self.sender = self.transaction = b""
        self.held: list[Message] = []

    def dump(self) -> dict[str, Any]:
        """Return the connection as plain data."""
        data: dict[str, Any] = {name: getattr(self, name) for name in (*_TEXTS, *_PLAIN)}
        data |= {name: getattr(self, name).decode("latin-1") for name in _BYTES}
        account = None if self.account is None else self.account.decode("latin-1")
        return data | {"tls": self.tls, "account": account, "held": [one.dump() for one in self.held]}

    @classmethod
    def load(cls, data: dict[str, Any]) -> "Connection":
        """Return the connection that `dump` gave."""
        one = cls(int(data["seen"]))
        for name in (*_TEXTS, *_PLAIN):
            setattr(one, name, data[name])
        for name in _BYTES:
            setattr(one, name, data[name].encode("latin-1"))
        one.tls = None if data["tls"] is None else TlsVersion(data["tls"])
        one.account = None if data["account"] is None else data["account"].encode("latin-1")
        one.held = [Message.load(dump) for dump in data["held"]]
        return one


class Memory:
    """All open connections by host and uuid. `ended` are those that were given up, for their messages to be judged."""

    def __init__(self) -> None:
        self._connections: dict[_Key, Connection] = {}
        self._held = 0
        self.ended: list[Connection] = []

    def begin(self, host: bytes, uuid: bytes, micros: int) -> Connection:
        """Return a new connection."""
        self.end(host, uuid)
        if len(self._connections) >= MAX_CONNECTIONS:
            self._give_up(list(islice(self._connections, MAX_CONNECTIONS // 10)))
        connection = self._connections[(host, uuid)] = Connection(micros)
        return connection

    def connection(self, host: bytes, uuid: bytes, micros: int) -> Connection:
        """Return a connection, made when new."""
        connection = self._connections.get((host, uuid))
        if connection is None:
            return self.begin(host, uuid, micros)
        connection.seen = micros
        return connection

    def hold(self, connection: Connection, message: Message) -> None:
        """Keep a message until more of its connection is known."""
        if self._held >= MAX_HELD:
            self._give_up(list(islice(self._connections, max(1, len(self._connections) // 10))))
        connection.held.append(message)
        self._held += 1

    def end(self, host: bytes, uuid: bytes) -> Connection | None:
        """Forget a connection; return what was known of it."""
        connection = self._connections.pop((host, uuid), None)
        if connection is not None:
            self._held -= len(connection.held)
        return connection

    def prune(self, newest: int) -> None:
        """Give up connections that have long been silent."""
        self._give_up([key for key, one in self._connections.items() if newest - one.seen > OPEN_FOR])

    def forget(self) -> None:
        """Begin another log."""
        self._give_up(list(self._connections))

    def dump(self) -> list[Any]:
        """Return what is open as plain data."""
        return [
            [host.decode("latin-1"), uuid.decode(), connection.dump()]
            for (host, uuid), connection in self._connections.items()
        ]

    def load(self, data: list[Any]) -> None:
        """Take up what `dump` gave."""
        self._connections = {
            (host.encode("latin-1"), uuid.encode()): Connection.load(dump) for host, uuid, dump in data
        }
        self._held = sum(len(one.held) for one in self._connections.values())

    def _give_up(self, keys: list[_Key]) -> None:
        for host, uuid in keys:
            connection = self.end(host, uuid)
            if connection is not None and connection.held:
                self.ended.append(connection)
