"""Builds the records of accepted messages, with ids that a replay gives again."""

from hashlib import blake2b
from typing import Final

from insights.ingest.formats.sendmail.sessions import Message
from insights.ingest.record import MAX_ACCOUNT, MAX_HOST, MAX_SENDER, SubmissionRecord
from insights.ingest.texts import remembered, text_of

_new: Final = tuple.__new__  # a named tuple by position, without the call of its own __new__


class Accepted:
    """The accepted messages of one feed. The id rests on the `from=` line alone.

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
                (message.host, message.queue_id, message.micros.to_bytes(8, "big", signed=True), message.pid)
            )
        )
        return _new(
            SubmissionRecord,
            (
                digest.digest(), message.micros, self._host(message.host), message.queue_id.decode(),
                self._account(message.account), self._sender(message.sender), message.client_ip, message.tls,
                message.mechanism, message.recipients, True, message.size, 1,
            ),
        )  # fmt: skip
