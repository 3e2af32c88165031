"""Messages that Exchange took over, and the records made of them, with ids that a replay gives again."""

from hashlib import blake2b
from typing import Any, NamedTuple

from insights.enums import TlsVersion
from insights.ingest.record import (
    MAX_ACCOUNT,
    MAX_HOST,
    MAX_QUEUE_ID,
    MAX_SENDER,
    UNKNOWN_MECHANISM,
    SubmissionRecord,
)
from insights.ingest.texts import remembered, text_of


class Taken(NamedTuple):
    """A message as its own session tells it. `message_id` and `number` are as the server's answer names it."""

    micros: int
    host: bytes
    session: bytes
    message_id: bytes
    number: bytes
    sender: bytes
    client_ip: str
    recipients: int
    is_exact: bool
    size: int | None

    def dump(self) -> list[Any]:
        """Return the message as plain data."""
        return [part.decode("latin-1") if isinstance(part, bytes) else part for part in self]

    @classmethod
    def load(cls, data: list[Any]) -> "Taken":
        """Return the message that `dump` gave."""
        micros, host, session, message_id, number, sender, client_ip, recipients, is_exact, size = data
        raw = [part.encode("latin-1") for part in (host, session, message_id, number, sender)]
        return cls(
            int(micros), raw[0], raw[1], raw[2], raw[3], raw[4], str(client_ip), int(recipients), bool(is_exact),
            None if size is None else int(size),
        )  # fmt: skip


class Messages:
    """The messages of one feed. An id rests on the row alone that tells of the acceptance, whoever logged in."""

    def __init__(self, *, source_key: str) -> None:
        self._base = blake2b(source_key.encode() + b"\0", digest_size=16)
        self._records: list[SubmissionRecord] = []
        self._account = remembered(lambda raw: text_of(raw, MAX_ACCOUNT), {})
        self._sender = remembered(lambda raw: text_of(raw, MAX_SENDER), {})
        self._host = remembered(lambda raw: text_of(raw, MAX_HOST), {})

    def add(self, message: Taken, *, account: bytes, client_ip: str, mechanism: str, tls: TlsVersion) -> None:
        """Record a message with what is known of its client."""
        digest = self._base.copy()
        at = message.micros.to_bytes(8, "big", signed=True)
        digest.update(b"\0".join((message.host, message.session, message.number, message.message_id, at)))
        self._records.append(
            SubmissionRecord(
                id=digest.digest(),
                micros=message.micros,
                host=self._host(message.host),
                queue_id=text_of(message.number, MAX_QUEUE_ID),
                account=self._account(account),
                sender_address=self._sender(message.sender),
                client_ip=client_ip,
                tls_version=tls,
                mechanism=mechanism or UNKNOWN_MECHANISM,
                recipients=message.recipients,
                recipients_exact=message.is_exact,
                size_bytes=message.size,
            )
        )

    def taken(self) -> list[SubmissionRecord]:
        """Hand over what was collected."""
        taken, self._records = self._records, []
        return taken
