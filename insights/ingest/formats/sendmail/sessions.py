"""The bounded memory of a log: what each process knows of its client, and messages a milter may still refuse."""

from itertools import islice
from typing import Any, Final

from insights.enums import TlsVersion
from insights.ingest.formats.accepted import Message

OPEN_FOR: Final = 24 * 3_600 * 1_000_000
"""How long a session may be silent, in microseconds of log time: no line tells its end."""
HELD_FOR: Final = 600 * 1_000_000
"""How long a milter may take to refuse a message (its time-outs are of minutes)."""
LARGE: Final = 5_000_000
"""The bytes that every server takes, as long as its log does not say that it takes less."""
MAX_SESSIONS: Final = 20_000
MAX_HELD: Final = 1_000
"""Of one host; the oldest beyond count as accepted, which nearly all are."""
MAX_HOSTS: Final = 100


class Session:
    """The connection that a process serves: Sendmail forks one for each.

    `account` is None before a login. `has_failed` tells that a refused login of it was logged. `refused` and `waiting`
    are queue ids: of the message that a rule of the server turned away, and of the newest one held.
    """

    __slots__ = ("account", "client_ip", "has_failed", "mechanism", "refused", "seen", "tls", "waiting")

    def __init__(self, client_ip: str = "", seen: int = 0) -> None:
        self.client_ip = client_ip
        self.seen = seen
        self.tls: TlsVersion | None = None
        self.account: bytes | None = None
        self.mechanism = ""
        self.has_failed = False
        self.refused = b""
        self.waiting = b""

    def dump(self) -> list[Any]:
        """Return the session as plain data."""
        account = None if self.account is None else self.account.decode("latin-1")
        return [
            self.client_ip, self.seen, self.tls, account, self.mechanism, self.has_failed,
            self.refused.decode("latin-1"), self.waiting.decode("latin-1"),
        ]  # fmt: skip

    @classmethod
    def load(cls, data: list[Any]) -> "Session":
        """Return the session that `dump` gave."""
        client_ip, seen, tls, account, mechanism, has_failed, refused, waiting = data
        session = cls(str(client_ip), int(seen))
        session.tls = None if tls is None else TlsVersion(tls)
        session.account = None if account is None else account.encode("latin-1")
        session.mechanism, session.has_failed = str(mechanism), bool(has_failed)
        session.refused, session.waiting = refused.encode("latin-1"), waiting.encode("latin-1")
        return session


class Host:
    """One server: sessions by process id, messages held by queue id.

    `filters` when milters have been seen; `large` is the size from which a message may be refused as too large.
    """

    __slots__ = ("filters", "held", "large", "sessions")

    def __init__(self) -> None:
        self.filters = False
        self.large = LARGE
        self.sessions: dict[bytes, Session] = {}
        self.held: dict[bytes, Message] = {}

    def dump(self) -> dict[str, Any]:
        """Return what is open as plain data."""
        return {
            "filters": self.filters,
            "large": self.large,
            "sessions": {pid.decode("latin-1"): session.dump() for pid, session in self.sessions.items()},
            "held": [message.dump() for message in self.held.values()],
        }

    @classmethod
    def load(cls, data: dict[str, Any]) -> "Host":
        """Return the host that `dump` gave."""
        host = cls()
        host.filters, host.large = bool(data["filters"]), int(data["large"])
        host.sessions = {pid.encode("latin-1"): Session.load(dump) for pid, dump in data["sessions"].items()}
        held = [Message.load(dump) for dump in data["held"]]
        host.held = {message.queue_id: message for message in held}
        return host


class Memory:
    """All hosts of a log; beyond a limit the oldest is forgotten. `freed` are held messages to be counted now."""

    def __init__(self) -> None:
        self.hosts: dict[bytes, Host] = {}
        self.freed: list[Message] = []
        self._sessions = 0

    def host(self, name: bytes) -> Host:
        """Return a host, made when new."""
        host = self.hosts.get(name)
        if host is None:
            if len(self.hosts) >= MAX_HOSTS:
                self.freed.extend(self.hosts.pop(next(iter(self.hosts))).held.values())
            host = self.hosts[name] = Host()
        return host

    def session(self, host: Host, pid: bytes, client_ip: str, micros: int) -> Session:
        """Return what is known of a process's client, nothing where the process last served another."""
        session = host.sessions.get(pid)
        if session is None or (client_ip and session.client_ip and session.client_ip != client_ip):
            return self.begin(host, pid, client_ip, micros)
        session.seen = micros
        return session

    def begin(self, host: Host, pid: bytes, client_ip: str, micros: int) -> Session:
        """Return a new session of a process, the newest of its host."""
        host.sessions.pop(pid, None)
        self._sessions += 1
        if self._sessions > MAX_SESSIONS:
            self._make_room()
        session = host.sessions[pid] = Session(client_ip, micros)
        return session

    def hold(self, host: Host, message: Message) -> None:
        """Keep a message until it is known what became of it."""
        if len(host.held) >= MAX_HELD:
            self.freed.extend(host.held.pop(old) for old in list(islice(host.held, MAX_HELD // 10)))
        host.held[message.queue_id] = message

    def prune(self, newest: int) -> None:
        """Forget sessions that have long been silent; free held messages that nothing refused in time."""
        for host in self.hosts.values():
            for late in [pid for pid, one in host.sessions.items() if newest - one.seen > OPEN_FOR]:
                del host.sessions[late]
            ready = [key for key, one in host.held.items() if newest - one.micros > HELD_FOR]
            self.freed.extend(host.held.pop(key) for key in ready)

    def forget(self) -> None:
        """Begin another log; nothing will be heard of what is held, and what a host is like stays true."""
        for host in self.hosts.values():
            self.freed.extend(host.held.values())
            host.held, host.sessions = {}, {}

    def dump(self) -> dict[str, Any]:
        """Return what is open as plain data."""
        return {name.decode("latin-1"): host.dump() for name, host in self.hosts.items()}

    def load(self, data: dict[str, Any]) -> None:
        """Take up what `dump` gave."""
        self.hosts = {name.encode("latin-1"): Host.load(dump) for name, dump in data.items()}
        self._sessions = sum(len(host.sessions) for host in self.hosts.values())

    def _make_room(self) -> None:
        """Count the sessions, some of which have ended; where there are too many the fullest host's oldest go."""
        self._sessions = sum(len(host.sessions) for host in self.hosts.values()) + 1
        if self._sessions > MAX_SESSIONS:
            fullest = max(self.hosts.values(), key=lambda host: len(host.sessions))
            for old in list(islice(fullest.sessions, MAX_SESSIONS // 10)):
                del fullest.sessions[old]
            self._make_room()
