"""The bounded memory of a log: what is open, what waits, and which hosts have been seen logging TLS."""

from itertools import islice
from typing import Any, Final

from insights.ingest.formats.postfix.sessions import Held, Pending, Session, dump_pending, load_pending

PENDING_FOR: Final = 24 * 3_600 * 1_000_000
"""How long a message may wait for the queue manager, in microseconds of log time.

The line normally comes within the second; a day outlasts a stopped or congested queue manager over night.
"""
MAX_PENDING: Final = 10_000
MAX_SESSIONS: Final = 20_000
MAX_HOSTS: Final = 500


class Host:
    """One mail server: what its processes are doing. Keys are queue ids and process ids."""

    __slots__ = ("held", "name", "pending", "proven", "sessions")

    def __init__(self, name: bytes) -> None:
        self.name = name
        self.proven = False
        self.sessions: dict[bytes, Session] = {}
        self.pending: dict[bytes, Pending] = {}
        self.held: dict[bytes, Held] = {}

    def drop_idle(self) -> None:
        """Forget processes without a connection."""
        self.sessions = {pid: session for pid, session in self.sessions.items() if session.is_open}

    def dump(self) -> dict[str, Any]:
        """Return what is open as plain data."""
        return {
            "proven": self.proven,
            "sessions": {
                pid.decode("latin-1"): session.dump()
                for pid, session in self.sessions.items()
                if session.is_open
            },
            "pending": [dump_pending(pending) for pending in self.pending.values()],
            "held": [held.dump() for held in self.held.values()],
        }

    @classmethod
    def load(cls, name: str, data: dict[str, Any]) -> "Host":
        """Return the host that `dump` gave."""
        host = cls(name.encode("latin-1"))
        host.proven = bool(data["proven"])
        host.sessions = {pid.encode("latin-1"): Session.load(dump) for pid, dump in data["sessions"].items()}
        waiting = [load_pending(dump) for dump in data["pending"]]
        host.pending = {pending[2]: pending for pending in waiting}
        kept = [Held.load(dump) for dump in data["held"]]
        host.held = {held.pending[2]: held for held in kept}
        return host


class Memory:
    """All hosts of a log; beyond a limit the oldest is forgotten."""

    def __init__(self) -> None:
        self.hosts: dict[bytes, Host] = {}
        self.room = MAX_PENDING
        self._sessions = 0

    def host(self, name: bytes) -> tuple[Host, bool]:
        """Return a host, and whether another had to be forgotten for it."""
        host = self.hosts.get(name)
        if host is not None:
            return host, False
        crowded = len(self.hosts) >= MAX_HOSTS
        if crowded:
            del self.hosts[next(iter(self.hosts))]
        host = self.hosts[name] = Host(name)
        return host, crowded

    def session(self, host: Host, pid: bytes) -> tuple[Session, bool]:
        """Return the session of a process, and whether others had to be forgotten for it."""
        session = host.sessions.get(pid)
        if session is not None:
            return session, False
        self._sessions += 1
        crowded = self._sessions > MAX_SESSIONS
        if crowded:
            for one in self.hosts.values():
                one.drop_idle()
            self._sessions = sum(len(one.sessions) for one in self.hosts.values()) + 1
            if self._sessions > MAX_SESSIONS:
                fullest = max(self.hosts.values(), key=lambda one: len(one.sessions))
                for old in list(islice(fullest.sessions, MAX_SESSIONS // 10)):
                    del fullest.sessions[old]
        session = host.sessions[pid] = Session()
        return session, crowded

    def make_room(self) -> None:
        """See whether too many messages wait; to be called when `room` messages more have begun to."""
        self.room = MAX_PENDING - sum(len(host.pending) for host in self.hosts.values())
        if self.room < 0:
            fullest = max(self.hosts.values(), key=lambda host: len(host.pending))
            for old in list(islice(fullest.pending, MAX_PENDING // 10)):
                del fullest.pending[old]
            self.make_room()

    def prune(self, newest: int) -> list[Held]:
        """Forget what waited too long; return held messages whose session never broke off."""
        kept: list[Held] = []
        for host in self.hosts.values():
            for late in [key for key, one in host.pending.items() if newest - one[0] > PENDING_FOR]:
                del host.pending[late]
            ready = [key for key, one in host.held.items() if newest - one.micros > PENDING_FOR]
            kept.extend(host.held.pop(key) for key in ready)
        return [held for held in kept if held.certain]

    def forget(self) -> None:
        """Begin another log; that a host logs TLS stays true."""
        proven = [name for name, host in self.hosts.items() if host.proven]
        self.hosts = {name: Host(name) for name in proven}
        for host in self.hosts.values():
            host.proven = True

    def dump(self) -> dict[str, Any]:
        """Return what is open as plain data."""
        return {name.decode("latin-1"): host.dump() for name, host in self.hosts.items()}

    def load(self, data: dict[str, Any]) -> None:
        """Take up what `dump` gave."""
        self.hosts = {name.encode("latin-1"): Host.load(name, dump) for name, dump in data.items()}
        self.make_room()
        self._sessions = sum(len(host.sessions) for host in self.hosts.values())
