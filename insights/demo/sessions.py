"""Say what happens at a mail server, before any of it is written as log lines."""

from __future__ import annotations

from enum import Enum, StrEnum, auto
from typing import NamedTuple

from insights.enums import FailureReason, TlsVersion


class Service(StrEnum):
    """The port a client talks to, by the name that master.cf gives it."""

    SUBMISSION = "submission"
    SMTPS = "smtps"
    MX = "smtp"


class Outcome(Enum):
    """What becomes of a message after its first accepted recipient."""

    SENT = auto()
    DEFERRED = auto()
    """Accepted; the queue manager takes it up again, and says so again, before it leaves."""
    BOUNCED = auto()
    """Accepted; a notification with a queue id of its own goes back."""
    HELD = auto()
    DISCARDED = auto()
    REFUSED = auto()
    """Refused for its content: `client=` was written, yet nothing was accepted."""
    DROPPED = auto()
    """The connection broke within DATA; the same."""


class Client(NamedTuple):
    """Who connects: the account ("" for a foreign server on port 25), its address, TLS and mechanism."""

    account: str
    address: str
    host: str
    service: Service
    tls: TlsVersion
    mechanism: str


class Mail(NamedTuple):
    """One message of a session; `sender` "" is the null sender."""

    sender: str
    recipients: tuple[str, ...]
    size: int
    outcome: Outcome = Outcome.SENT


class Login(NamedTuple):
    """One refused AUTH, with the user name as the client typed it."""

    account: str
    mechanism: str
    reason: FailureReason = FailureReason.WRONG_CREDENTIALS


class Session(NamedTuple):
    """One connection: the refused logins come first, then the mails in order.

    `pause` is the time between two refused logins, in microseconds; with 0 they are lines of one second.
    """

    at: int
    client: Client
    mails: tuple[Mail, ...] = ()
    failures: tuple[Login, ...] = ()
    pause: int = 1_700_000
