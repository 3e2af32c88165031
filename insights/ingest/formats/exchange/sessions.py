"""The bounded memory of a log: open sessions, logins that were handed on, and messages whose login is still to come.

Session ids are unique over servers and years, so that all of it outlasts the end of a file: the front end and the
mailbox server write files of their own for the same time.
"""

from itertools import islice
from typing import Any, Final

from insights.enums import TlsVersion
from insights.ingest.formats.exchange.messages import Taken

OPEN_FOR: Final = 24 * 3_600 * 1_000_000
"""How long a session may be silent, in microseconds of log time."""
HANDED_FOR: Final = 7 * 24 * 3_600 * 1_000_000
"""How long a login, or a message without one, waits for its other half: a week of files may be read one after the
other."""
MAX_SESSIONS: Final = 10_000
MAX_LOGINS: Final = 20_000
MAX_WAITING: Final = 10_000


class Login:
    """What a front end knows of a client that logged in, for the messages that another server takes."""

    __slots__ = ("account", "client_ip", "mechanism", "seen", "tls")

    def __init__(self, account: bytes, client_ip: str, mechanism: str, tls: TlsVersion, seen: int) -> None:
        self.account, self.client_ip, self.mechanism, self.tls, self.seen = (
            account,
            client_ip,
            mechanism,
            tls,
            seen,
        )

    def dump(self) -> list[Any]:
        """Return the login as plain data."""
        return [self.account.decode("latin-1"), self.client_ip, self.mechanism, self.tls, self.seen]

    @classmethod
    def load(cls, data: list[Any]) -> "Login":
        """Return the login that `dump` gave."""
        account, client_ip, mechanism, tls, seen = data
        return cls(account.encode("latin-1"), str(client_ip), str(mechanism), TlsVersion(tls), int(seen))


class Session:
    """One connection. `began`: its first row is in the log.

    `login` is the account as the server confirmed it, None before; `typed` what the client gave. `trying` is within
    an AUTH, `failed` the server's word for its refusal, `failed_is_counted` that it was counted. `offer` is what a
    front end said and the server did not answer yet, `front` the id that the client's session has there; `is_relayed`
    that no client of this session logged in. `sender`, `asked`, `granted` (recipients) and `size` (chunks) are of the
    open message; `has_sent` tells that there was one.
    """

    __slots__ = (
        "asked", "began", "client_ip", "failed", "failed_is_counted", "front", "granted", "has_sent", "is_relayed",
        "login", "mechanism", "offer", "seen", "sender", "size", "tls", "trying", "typed",
    )  # fmt: skip

    def __init__(self, client_ip: str, seen: int) -> None:
        self.client_ip, self.seen = client_ip, seen
        self.began = self.trying = self.failed_is_counted = self.is_relayed = self.has_sent = False
        self.tls: TlsVersion | None = None
        self.mechanism = ""
        self.login: bytes | None = None
        self.typed = self.failed = self.front = self.offer = self.sender = b""
        self.asked = self.granted = self.size = 0

    @property
    def version(self) -> TlsVersion:
        """The session's TLS version: none where the whole session is known and nothing secured it."""
        if self.tls is not None:
            return self.tls
        return TlsVersion.NONE if self.began else TlsVersion.UNKNOWN

    def begin_message(self, sender: bytes) -> None:
        """Forget the message that was open; `sender` is that of a new one."""
        self.sender = sender
        self.asked = self.granted = self.size = 0

    def dump(self) -> list[Any]:
        """Return the session as plain data."""
        login = None if self.login is None else self.login.decode("latin-1")
        texts = (self.typed, self.failed, self.front, self.offer, self.sender)
        return [
            self.client_ip, self.seen, self.mechanism, self.tls, login,
            [self.began, self.trying, self.failed_is_counted, self.is_relayed, self.has_sent],
            [text.decode("latin-1") for text in texts],
            [self.asked, self.granted, self.size],
        ]  # fmt: skip

    @classmethod
    def load(cls, data: list[Any]) -> "Session":
        """Return the session that `dump` gave."""
        client_ip, seen, mechanism, tls, login, flags, texts, numbers = data
        session = cls(str(client_ip), int(seen))
        session.mechanism = str(mechanism)
        session.tls = None if tls is None else TlsVersion(tls)
        session.login = None if login is None else login.encode("latin-1")
        began, trying, counted, relayed, sent = (bool(flag) for flag in flags)
        session.began, session.trying, session.failed_is_counted = began, trying, counted
        session.is_relayed, session.has_sent = relayed, sent
        raw = [text.encode("latin-1") for text in texts]
        session.typed, session.failed, session.front, session.offer, session.sender = raw
        session.asked, session.granted, session.size = (int(number) for number in numbers)
        return session


class Memory:
    """All of it by session id; beyond a limit the oldest is forgotten."""

    def __init__(self) -> None:
        self.sessions: dict[bytes, Session] = {}
        self.logins: dict[bytes, Login] = {}
        self._waiting: dict[bytes, list[Taken]] = {}
        self._waiting_messages = 0

    def open(self, identity: bytes, client_ip: str, micros: int) -> Session:
        """Return a session, made anew."""
        _make_room(self.sessions, MAX_SESSIONS)
        session = self.sessions[identity] = Session(client_ip, micros)
        return session

    def hand_on(self, identity: bytes, login: Login) -> list[Taken]:
        """Keep a login for the messages of its session, and return those that waited for it."""
        if identity not in self.logins:
            _make_room(self.logins, MAX_LOGINS)
        self.logins[identity] = login
        waited = self._waiting.pop(identity, [])
        self._waiting_messages -= len(waited)
        return waited

    def wait(self, identity: bytes, message: Taken) -> None:
        """Keep a message until the login of its session is read."""
        if self._waiting_messages >= MAX_WAITING:
            oldest = next(iter(self._waiting))
            self._waiting_messages -= len(self._waiting.pop(oldest))
        waiting = self._waiting.setdefault(identity, [])
        if message not in waiting:
            waiting.append(message)
            self._waiting_messages += 1

    def prune(self, newest: int) -> None:
        """Forget what is too old to matter."""
        for key in [key for key, one in self.sessions.items() if newest - one.seen > OPEN_FOR]:
            del self.sessions[key]
        for key in [key for key, one in self.logins.items() if newest - one.seen > HANDED_FOR]:
            del self.logins[key]
        for key in [key for key, some in self._waiting.items() if newest - some[-1].micros > HANDED_FOR]:
            self._waiting_messages -= len(self._waiting.pop(key))

    def dump(self) -> dict[str, Any]:
        """Return what is open as plain data."""
        return {
            "sessions": {key.decode("latin-1"): one.dump() for key, one in self.sessions.items()},
            "logins": {key.decode("latin-1"): one.dump() for key, one in self.logins.items()},
            "waiting": {
                key.decode("latin-1"): [one.dump() for one in some] for key, some in self._waiting.items()
            },
        }

    def load(self, data: dict[str, Any]) -> None:
        """Take up what `dump` gave."""
        self.sessions = {key.encode("latin-1"): Session.load(one) for key, one in data["sessions"].items()}
        self.logins = {key.encode("latin-1"): Login.load(one) for key, one in data["logins"].items()}
        self._waiting = {
            key.encode("latin-1"): [Taken.load(one) for one in some] for key, some in data["waiting"].items()
        }
        self._waiting_messages = sum(len(some) for some in self._waiting.values())


def _make_room(memory: dict[bytes, Any], most: int) -> None:
    if len(memory) >= most:
        for old in list(islice(memory, most // 10)):
            del memory[old]
