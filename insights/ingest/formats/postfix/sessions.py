"""What the parser remembers between lines: open sessions and messages not yet accepted."""

from typing import Any, NamedTuple

from insights.enums import TlsVersion

Pending = tuple[int, bytes, bytes, bytes, bytes, bytes, TlsVersion, str]
"""A `client=` line of an authenticated client, waiting for the message to be accepted.

Microseconds, host, queue id, pid, account, client address, TLS version, mechanism: a plain tuple, because one
is made for every message.
"""


def dump_pending(pending: Pending) -> list[Any]:
    """Return a waiting message as plain data."""
    return [part.decode("latin-1") if isinstance(part, bytes) else part for part in pending]


def load_pending(data: list[Any]) -> Pending:
    """Return the message that `dump_pending` gave."""
    micros, host, queue_id, pid, account, client_ip, tls, mechanism = data
    raw = [part.encode("latin-1") for part in (host, queue_id, pid, account, client_ip)]
    return int(micros), raw[0], raw[1], raw[2], raw[3], raw[4], TlsVersion(tls), str(mechanism)


class Session:
    """One smtpd process's current connection (R3: reset at connect and disconnect).

    `queue_id` is that of its newest authenticated message. `diverted` tells that something about it is out of
    the ordinary: it is held or discarded, `asked` to be (with the sender as told) before it had a queue id, or
    `proxied`, waiting for a filter's answer.
    """

    __slots__ = ("asked", "connected", "diverted", "proxied", "queue_id", "tls")

    def __init__(self) -> None:
        self.clear(connected=False)

    def clear(self, *, connected: bool) -> None:
        """Begin or end a connection."""
        self.connected = connected
        self.tls: TlsVersion | None = None
        self.queue_id = b""
        self.diverted = False
        self.asked: bytes | None = None
        self.proxied: Pending | None = None

    @property
    def is_open(self) -> bool:
        """Tell whether there is anything to remember."""
        return self.connected or self.tls is not None or self.queue_id != b"" or self.diverted

    def dump(self) -> list[Any]:
        """Return the session as plain data."""
        return [
            self.connected,
            self.tls,
            self.queue_id.decode("latin-1"),
            self.diverted,
            None if self.asked is None else self.asked.decode("latin-1"),
            None if self.proxied is None else dump_pending(self.proxied),
        ]

    @classmethod
    def load(cls, data: list[Any]) -> "Session":
        """Return the session that `dump` gave."""
        session = cls()
        session.connected, tls, queue_id, session.diverted, asked, proxied = data
        session.tls = None if tls is None else TlsVersion(tls)
        session.queue_id = queue_id.encode("latin-1")
        session.asked = None if asked is None else asked.encode("latin-1")
        session.proxied = None if proxied is None else load_pending(proxied)
        return session


class Held(NamedTuple):
    """A message held or discarded: accepted unless its session breaks off (R4b).

    What smtpd asks for before DATA is not `certain` until cleanup has seen the message's head.
    """

    pending: Pending
    micros: int
    sender: bytes
    certain: bool

    def dump(self) -> list[Any]:
        """Return the message as plain data."""
        return [dump_pending(self.pending), self.micros, self.sender.decode("latin-1"), self.certain]

    @classmethod
    def load(cls, data: list[Any]) -> "Held":
        """Return the message that `dump` gave."""
        return cls(load_pending(data[0]), int(data[1]), data[2].encode("latin-1"), bool(data[3]))
