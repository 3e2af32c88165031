"""The bounded memory of a log: clients that logged in, and hosts whose lines have a word about TLS."""

from itertools import islice
from typing import Any, Final

from insights.enums import TlsVersion
from insights.ingest.record import UNKNOWN_MECHANISM

OPEN_FOR: Final = 24 * 3_600 * 1_000_000
"""How long a session may be silent, in microseconds of log time."""
MAX_SESSIONS: Final = 20_000
MAX_HOSTS: Final = 1_000
_Key = tuple[bytes, bytes]


class Session:
    """A client that logged in, and what its messages have in common."""

    __slots__ = ("client_ip", "mechanism", "seen", "tls")

    def __init__(self, seen: int, client_ip: str, mechanism: str, tls: TlsVersion) -> None:
        self.seen = seen
        self.client_ip = client_ip
        self.mechanism = mechanism
        self.tls = tls

    def dump(self) -> list[Any]:
        """Return the session as plain data."""
        return [self.seen, self.client_ip, self.mechanism, self.tls]

    @classmethod
    def load(cls, data: list[Any]) -> "Session":
        """Return the session that `dump` gave."""
        seen, client_ip, mechanism, tls = data
        return cls(int(seen), str(client_ip), str(mechanism), TlsVersion(tls))

    def is_like(self, other: "Session") -> bool:
        """Tell whether another session's messages look the same."""
        return (self.client_ip, self.mechanism, self.tls) == (other.client_ip, other.mechanism, other.tls)


class Memory:
    """All sessions by host and name (`names_of`); beyond a limit the oldest are forgotten."""

    def __init__(self) -> None:
        self._sessions: dict[_Key, Session] = {}
        self._tells: dict[bytes, None] = {}

    def tells(self, host: bytes) -> bool:
        """Tell whether lines of the host have been seen that have a word about TLS."""
        return host in self._tells

    def heard(self, host: bytes) -> None:
        """Note that a host's lines have a word about TLS where there is some."""
        if host not in self._tells:
            if len(self._tells) >= MAX_HOSTS:
                del self._tells[next(iter(self._tells))]
            self._tells[host] = None

    def begin(self, host: bytes, name: bytes, session: Session) -> None:
        """Remember a session. Of a process that serves several at once, where it alone is named, nothing is known."""
        key = (host, name)
        known = self._sessions.pop(key, session)
        if len(self._sessions) >= MAX_SESSIONS:
            for old in list(islice(self._sessions, MAX_SESSIONS // 10)):
                del self._sessions[old]
        if not known.is_like(session):
            session = Session(session.seen, "", UNKNOWN_MECHANISM, TlsVersion.UNKNOWN)
        self._sessions[key] = session

    def known(self, host: bytes, names: tuple[bytes, ...], micros: int) -> Session | None:
        """Return the session that has one of the names."""
        for name in names:
            session = self._sessions.get((host, name))
            if session is not None:
                session.seen = micros
                return session
        return None

    def end(self, host: bytes, names: tuple[bytes, ...]) -> bool:
        """Forget a session; tell whether there was one."""
        ended = [self._sessions.pop((host, name), None) for name in names]
        return any(session is not None for session in ended)

    def prune(self, newest: int) -> None:
        """Forget sessions that have long been silent."""
        for late in [key for key, one in self._sessions.items() if newest - one.seen > OPEN_FOR]:
            del self._sessions[late]

    def forget(self) -> None:
        """Begin another log; what a host's lines are like stays true."""
        self._sessions.clear()

    def dump(self) -> dict[str, Any]:
        """Return what is open as plain data."""
        return {
            "tells": [host.decode("latin-1") for host in self._tells],
            "sessions": [
                [host.decode("latin-1"), name.decode("latin-1"), session.dump()]
                for (host, name), session in self._sessions.items()
            ],
        }

    def load(self, data: dict[str, Any]) -> None:
        """Take up what `dump` gave."""
        self._tells = {host.encode("latin-1"): None for host in data["tells"]}
        self._sessions = {
            (host.encode("latin-1"), name.encode("latin-1")): Session.load(dump)
            for host, name, dump in data["sessions"]
        }


def names_of(session: bytes, pid: bytes) -> tuple[bytes, ...]:
    """Return the names of a session, the surest first: Dovecot's id for it, and the process that serves it."""
    named = (b"session " + session if session else b"", b"process " + pid if pid else b"")
    return tuple(name for name in named if name)
