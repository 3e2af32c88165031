"""The KumoMTA parser: `Reception` and `Rejection` records of its logs, one JSON object a line.

Source: docs/reference/log_record.md and crates/kumod/src/smtp_server.rs of KumoMTA. It knows AUTH PLAIN alone, and only
after STARTTLS; the account is in the record where the log's setting `meta` names `authn_id`. From 2025.10 on the
records of one SMTP transaction are one message (`transactions`); those before do not tell the time exactly.
"""

import re
from base64 import b64decode
from binascii import Error
from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar, Final
from zoneinfo import ZoneInfo

from insights.enums import FailureReason
from insights.ingest.formats.accepted import Accepted, Message
from insights.ingest.formats.json_records import RecordParser, exact_micros, text_in, version_of
from insights.ingest.formats.kumomta.transactions import Part, Transactions
from insights.ingest.formats.outcomes import EVENT, EVIDENCE, OTHER, UNKNOWN
from insights.ingest.formats.refused import Refused, Seen
from insights.ingest.record import (
    MAX_DETAIL,
    MAX_FAILED_ACCOUNT,
    MAX_QUEUE_ID,
    LoginFailureRecord,
    SubmissionRecord,
)
from insights.ingest.texts import address_of, text_of

_SMTP: Final = b"ESMTP"
_MECHANISM: Final = "PLAIN"
_REFUSED: Final = re.compile(
    rb"\d\.\d{1,3}\.\d{1,3} (?:AUTH (?!me once|not permitted)|authentication exchange)|"
)
_UNSPOOLED: Final = b"KumoMTA internal: Message::save failed for other"
_NOT_TAKEN: Final = (b"5.7.1 relaying not permitted", b"4.4.5 data_processing_timeout exceeded (insert)")
"""Answers to the end of the data that come when all `Reception` records of the transaction are written."""
_REASONS: Final = {
    501: FailureReason.CANCELLED,
    504: FailureReason.MECHANISM_NOT_OFFERED,
    524: FailureReason.POLICY,
    535: FailureReason.WRONG_CREDENTIALS,
}


class KumoMtaParser(RecordParser):
    """Reads KumoMTA's logs of one source. See `insights.ingest.formats.base.Parser` for the contract."""

    name: ClassVar[str] = "kumomta"
    version: ClassVar[int] = 2

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
        self._refused = Refused(source_key=source_key)
        self._transactions = Transactions(self._accepted.add)

    def _unwrapped(self, value: Any) -> Mapping[str, Any] | None:
        is_record = isinstance(value, Mapping) and isinstance(value.get("type"), str) and "nodeid" in value
        return value if is_record else None

    def _time_of(self, record: Mapping[str, Any]) -> Any:
        return record.get("event_time") or record.get("timestamp")

    def _read(self, record: Mapping[str, Any]) -> int:
        kind = record["type"]
        if kind == "Reception":
            return self._reception(record)
        if kind == "Rejection":
            return self._rejection(record)
        told = self._transactions.unspooled if _is_unspooled(record) else self._transactions.went_on
        told(text_of(text_in(record, "id"), MAX_QUEUE_ID))
        return OTHER

    def _reception(self, record: Mapping[str, Any]) -> int:
        account, queue_id = text_in(record, "meta", "authn_id"), text_in(record, "id")
        if not account or text_in(record, "reception_protocol") != _SMTP:
            return OTHER
        if not queue_id:
            return UNKNOWN
        recipient, size = record.get("recipient"), record.get("size")
        message = Message(
            self._clock.micros,
            text_in(record, "nodeid"),
            text_of(queue_id, MAX_QUEUE_ID).encode(),
            b"",
            account,
            address_of(text_in(record, "peer_address", "addr")),
            version_of(text_in(record, "tls_protocol_version")),
            _MECHANISM,
            text_in(record, "sender"),
            size if isinstance(size, int) and 0 <= size < 2**62 else 0,
            max(1, len(recipient)) if isinstance(recipient, list) else 1,
        )
        session, created = _session_of(record), exact_micros(record.get("created_time"))
        if not session or created is None or not text_in(record, "event_time"):
            self._accepted.add(message)
            return EVENT
        begins = self._transactions.add(Part(message, created, session), self._clock.newest or 0)
        return EVENT if begins else EVIDENCE

    def _rejection(self, record: Mapping[str, Any]) -> int:
        """Read a refused AUTH. Its `command` is what the client sent: name and password in base64."""
        response = record.get("response")
        is_taken_back = text_in(response, "command") == b"DATA" and text_in(response, "content") in _NOT_TAKEN
        told = self._transactions.refused if is_taken_back else self._transactions.end
        told(text_in(record, "nodeid"), _session_of(record))
        code = response.get("code") if isinstance(response, Mapping) else None
        reason = _REASONS.get(code) if isinstance(code, int) else None
        content = text_in(response, "content")
        if reason is None or not (found := _REFUSED.match(content)) or not found[0]:
            return OTHER
        name = _name_in(text_in(response, "command"))
        host = text_in(record, "nodeid")
        text = b"\0".join((text_in(record, "session_id"), content, name))
        self._refused.add(
            Seen(self._clock.micros, self._clock.newest or 0, host, b"", 1, text),
            account=text_of(name, MAX_FAILED_ACCOUNT),
            client_ip=text_in(record, "peer_address", "addr"),
            mechanism=_MECHANISM,
            reason=reason,
            detail=text_of(content, MAX_DETAIL),
        )
        return EVENT

    def _taken(self) -> tuple[list[SubmissionRecord], list[LoginFailureRecord]]:
        newest = self._clock.newest or 0
        self._transactions.prune(newest)
        self._refused.prune(newest)
        return self._accepted.taken(), self._refused.taken()

    def _dump(self) -> Any:
        return {"transactions": self._transactions.dump(), "failures": self._refused.dump()}

    def _load(self, data: Any) -> None:
        self._transactions.load(data["transactions"])
        self._refused.load(data["failures"])

    def _forget(self) -> None:
        self._transactions.forget()
        self._refused.forget()


def _session_of(record: Mapping[str, Any]) -> str:
    return text_of(text_in(record, "session_id"), MAX_QUEUE_ID)


def _is_unspooled(record: Mapping[str, Any]) -> bool:
    return record["type"] == "Bounce" and text_in(record, "response", "content").startswith(_UNSPOOLED)


def _name_in(command: bytes) -> bytes:
    """Return the name in an answer to AUTH PLAIN (RFC 4616); b"" where there is none."""
    try:
        parts = b64decode(command.rpartition(b" ")[2], validate=True).split(b"\0")
    except (Error, ValueError):
        return b""
    return parts[1] if len(parts) == 3 else b""
