"""The bounded memory of a log: what each open session has told."""

from itertools import islice
from typing import Any, Final

from insights.enums import TlsVersion

OPEN_FOR: Final = 24 * 3_600 * 1_000_000
"""How long a session may be silent, in microseconds of log time."""
MAX_SESSIONS: Final = 20_000
_Key = tuple[bytes, bytes]


class Session:
    """A connection. `connected`: its beginning is in the log. `taken` is a message whose envelope is to come.

    `taken` is microseconds, message id, size and number of recipients. `counted` is the message id last counted;
    `refused` tells that the answer to a refused login is to come.
    """

    __slots__ = ("account", "client_ip", "connected", "counted", "refused", "seen", "taken", "tls")

    def __init__(self, seen: int) -> None:
        self.seen = seen
        self.connected = False
        self.client_ip = ""
        self.tls: TlsVersion | None = None
        self.account: bytes | None = None
        self.taken: tuple[int, bytes, int, int] | None = None
        self.counted = b""
        self.refused = False

    def dump(self) -> list[Any]:
        """Return the session as plain data."""
        taken = self.taken and [self.taken[0], self.taken[1].decode(), *self.taken[2:]]
        account = None if self.account is None else self.account.decode("latin-1")
        return [
            self.seen, self.connected, self.client_ip, self.tls, account, taken, self.counted.decode(), self.refused,
        ]  # fmt: skip

    @classmethod
    def load(cls, data: list[Any]) -> "Session":
        """Return the session that `dump` gave."""
        seen, connected, client_ip, tls, account, taken, counted, refused = data
        session = cls(int(seen))
        session.connected, session.client_ip, session.refused = bool(connected), str(client_ip), bool(refused)
        session.tls = None if tls is None else TlsVersion(tls)
        session.account = None if account is None else account.encode("latin-1")
        session.taken = taken and (int(taken[0]), taken[1].encode(), int(taken[2]), int(taken[3]))
        session.counted = counted.encode()
        return session


class Memory:
    """All open sessions by host and id; beyond a limit the oldest are forgotten."""

    def __init__(self) -> None:
        self._sessions: dict[_Key, Session] = {}

    def session(self, host: bytes, identity: bytes, micros: int) -> Session:
        """Return a session, made when new."""
        key = (host, identity)
        session = self._sessions.get(key)
        if session is None:
            if len(self._sessions) >= MAX_SESSIONS:
                for old in list(islice(self._sessions, MAX_SESSIONS // 10)):
                    del self._sessions[old]
            session = self._sessions[key] = Session(micros)
        session.seen = micros
        return session

    def known(self, host: bytes, identity: bytes) -> Session | None:
        """Return a session if anything is known of it."""
        return self._sessions.get((host, identity))

    def end(self, host: bytes, identity: bytes) -> bool:
        """Forget a session; tell whether there was one."""
        return self._sessions.pop((host, identity), None) is not None

    def prune(self, newest: int) -> None:
        """Forget sessions that have long been silent."""
        for late in [key for key, one in self._sessions.items() if newest - one.seen > OPEN_FOR]:
            del self._sessions[late]

    def forget(self) -> None:
        """Begin another log."""
        self._sessions.clear()

    def dump(self) -> list[Any]:
        """Return what is open as plain data."""
        return [
            [host.decode("latin-1"), identity.decode(), session.dump()]
            for (host, identity), session in self._sessions.items()
        ]

    def load(self, data: list[Any]) -> None:
        """Take up what `dump` gave."""
        self._sessions = {
            (host.encode("latin-1"), identity.encode()): Session.load(dump) for host, identity, dump in data
        }
