"""The Amazon SES parser: `Send` events, as Firehose stores them, in SNS's envelope or in EventBridge's.

Source: Amazon SES Developer Guide, "Contents of event data". What SES knows of the client is in `mail.tags`:
`ses:source-tls-version` is of the client's connection, `ses:outgoing-tls-version` of the delivery.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar, Final
from zoneinfo import ZoneInfo

from insights.enums import PLAIN_OR_LOGIN
from insights.ingest.formats.accepted import Accepted, Message
from insights.ingest.formats.json_records import RecordParser, text_in, version_of
from insights.ingest.formats.outcomes import EVENT, OTHER, UNKNOWN
from insights.ingest.json_values import value_of
from insights.ingest.record import (
    MAX_QUEUE_ID,
    UNKNOWN_MECHANISM,
    LoginFailureRecord,
    SubmissionRecord,
)
from insights.ingest.texts import address_of, text_of

_BY_API: Final = frozenset(
    {
        b"SendEmail", b"SendTemplatedEmail", b"SendBulkEmail", b"SendBulkTemplatedEmail",
        b"SendCustomVerificationEmail", b"SendBounce",
    }
)  # fmt: skip
"""Operations that no SMTP client calls. SMTP users have the right to `SendRawEmail`, so that it may be either."""


class SesParser(RecordParser):
    """Reads events of Amazon SES. See `insights.ingest.formats.base.Parser` for the contract."""

    name: ClassVar[str] = "ses"
    version: ClassVar[int] = 1

    def __init__(
        self,
        *,
        source_key: str,
        zone: ZoneInfo,
        year: int | None,
        earliest: datetime | None = None,
        latest: datetime | None = None,
    ) -> None:
        super().__init__(source_key=source_key, zone=zone, year=year, earliest=earliest, latest=latest)
        self._accepted = Accepted(source_key=source_key)

    def _unwrapped(self, value: Any) -> Mapping[str, Any] | None:
        if not isinstance(value, Mapping):
            return None
        if value.get("Type") == "Notification" and isinstance(value.get("Message"), str):
            value = value_of(text_in(value, "Message"))
        elif "detail-type" in value:
            value = value.get("detail")
        return value if isinstance(value, Mapping) and isinstance(value.get("mail"), Mapping) else None

    def _time_of(self, record: Mapping[str, Any]) -> Any:
        return record["mail"].get("timestamp")

    def _read(self, record: Mapping[str, Any]) -> int:
        kind = record.get("eventType") or record.get("notificationType")
        mail, operation = record["mail"], text_in(record, "mail", "tags", "ses:operation")
        if kind != "Send" or operation in _BY_API:
            return OTHER
        queue_id, destination = text_in(mail, "messageId"), mail.get("destination")
        if not queue_id:
            return UNKNOWN
        self._accepted.add(
            Message(
                self._clock.micros,
                b"",
                text_of(queue_id, MAX_QUEUE_ID).encode(),
                b"",
                text_in(mail, "tags", "ses:caller-identity"),
                address_of(text_in(mail, "tags", "ses:source-ip")),
                version_of(text_in(mail, "tags", "ses:source-tls-version")),
                PLAIN_OR_LOGIN if b"smtp" in operation.lower() else UNKNOWN_MECHANISM,
                _address_in(text_in(mail, "source")),
                0,
                max(1, len(destination)) if isinstance(destination, list) else 1,
            )
        )
        return EVENT

    def _taken(self) -> tuple[list[SubmissionRecord], list[LoginFailureRecord]]:
        return [record._replace(size_bytes=None) for record in self._accepted.taken()], []

    def _dump(self) -> Any:
        return []

    def _load(self, data: Any) -> None:
        """Nothing is remembered from record to record."""


def _address_in(source: bytes) -> bytes:
    """Return the address in `Name <address>`."""
    return source.rpartition(b"<")[2].partition(b">")[0].strip()
