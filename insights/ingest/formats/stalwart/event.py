"""One event of Stalwart, as its text lines and its JSON tell it alike."""

from typing import Final, NamedTuple

QUEUED: Final = (b"queue.authenticated-message-queued", b"queue.queue-message-authenticated")
"""The event that takes a message over, as 0.16 and as earlier versions name it."""
SUCCESS: Final = b"auth.success"
HANDSHAKE: Final = b"tls.handshake"
STARTED: Final = b"smtp.connection-start"
ENDED: Final = b"smtp.connection-end"
GREETED: Final = b"smtp.ehlo"
INPUT: Final = b"smtp.raw-input"
OF_SMTP: Final = b"smtp."


class Peer(NamedTuple):
    """A connection: who came from where to which listener."""

    listener: bytes
    local_port: bytes
    remote_ip: bytes
    remote_port: bytes


class Queued(NamedTuple):
    """A message that was taken over. `recipients` is a lower bound where it is not `exact`."""

    queue_id: bytes
    sender: bytes
    recipients: int
    exact: bool
    size: int


class Event(NamedTuple):
    """What an event says. A member that its kind has, and that cannot be believed, is None; others are b"".

    `peer` is None where the event is of no connection. `account` is the name of a login; `told` is the TLS version of
    a handshake, the mechanism of an AUTH command, or the reason of a refusal.
    """

    name: bytes
    peer: Peer | None
    account: bytes | None = b""
    told: bytes = b""
    queued: Queued | None = None
