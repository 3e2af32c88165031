"""Builds the records of accepted messages, with ids that a replay gives again."""

from hashlib import blake2b
from typing import Any, Final, NamedTuple

from insights.enums import TlsVersion
from insights.ingest.record import MAX_ACCOUNT, MAX_HOST, MAX_SENDER, SubmissionRecord
from insights.ingest.texts import remembered, text_of

_new: Final = tuple.__new__  # a named tuple by position, without the call of its own __new__


class Message(NamedTuple):
    """A message as raw as the lines told it; `session` is what the server names its session or process by."""

    micros: int
    host: bytes
    queue_id: bytes
    session: bytes
    account: bytes
    client_ip: str
    tls: TlsVersion
    mechanism: str
    sender: bytes
    size: int
    recipients: int

    def dump(self) -> list[Any]:
        """Return the message as plain data."""
        return [part.decode("latin-1") if isinstance(part, bytes) else part for part in self]

    @classmethod
    def load(cls, data: list[Any]) -> "Message":
        """Return the message that `dump` gave."""
        micros, host, queue_id, session, account, client_ip, tls, mechanism, sender, size, recipients = data
        raw = [part.encode("latin-1") for part in (host, queue_id, session, account)]
        return cls(
            int(micros), raw[0], raw[1], raw[2], raw[3], str(client_ip), TlsVersion(tls), str(mechanism),
            sender.encode("latin-1"), int(size), int(recipients),
        )  # fmt: skip


class Accepted:
    """The accepted messages of one feed. An id rests on the line alone that tells of the acceptance.

    So it is the same whether or not the session's beginning could be read.
    """

    def __init__(self, *, source_key: str) -> None:
        self._base = blake2b(source_key.encode() + b"\0", digest_size=16)
        self._messages: list[Message] = []
        self._account = remembered(lambda raw: text_of(raw, MAX_ACCOUNT), {})
        self._sender = remembered(lambda raw: text_of(raw, MAX_SENDER), {})
        self._host = remembered(lambda raw: text_of(raw, MAX_HOST), {})

    def add(self, message: Message) -> None:
        """Note a message that the server took over."""
        self._messages.append(message)

    def taken(self) -> list[SubmissionRecord]:
        """Hand over what was collected."""
        records = [self._record(message) for message in self._messages]
        self._messages = []
        return records

    def _record(self, message: Message) -> SubmissionRecord:
        digest = self._base.copy()
        digest.update(
            b"\0".join(
                (
                    message.host,
                    message.queue_id,
                    message.micros.to_bytes(8, "big", signed=True),
                    message.session,
                )
            )
        )
        return _new(
            SubmissionRecord,
            (
                digest.digest(), message.micros, self._host(message.host), message.queue_id.decode(),
                self._account(message.account), self._sender(message.sender), message.client_ip, message.tls,
                message.mechanism, message.recipients, True, message.size, 1, 0,
            ),
        )  # fmt: skip
