"""Submissions and refused logins as they are sent over the API: their members, and what may stand in them. Pure."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Final, TypeVar

import msgspec
from msgspec import Meta

from insights.enums import FailureReason, TlsVersion
from insights.ingest.feeds.json_bodies import Record, is_array, records_of
from insights.ingest.feeds.limits import MAX_RECORD_BYTES, MAX_RECORDS, refuse_long, refuse_many
from insights.ingest.json_values import NotJson
from insights.ingest.record import (
    MAX_ACCOUNT,
    MAX_DETAIL,
    MAX_FAILED_ACCOUNT,
    MAX_HOST,
    MAX_MECHANISM,
    MAX_QUEUE_ID,
    MAX_SENDER,
    UNKNOWN_MECHANISM,
    SkipReason,
)
from insights.ingest.texts import sample_of

MOST: Final = 1_000_000
"""Of messages or recipients in one record."""
LARGEST: Final = 2**40
"""Of bytes in one record: sums over all days must fit a column."""

Moment = Annotated[datetime, Meta(tz=True, description="When, with an offset (RFC 3339).")]
Id = Annotated[str, Meta(min_length=1, max_length=255)]
Host = Annotated[str, Meta(max_length=MAX_HOST)]
Mechanism = Annotated[str, Meta(max_length=MAX_MECHANISM)]
Count = Annotated[int, Meta(ge=0, le=MOST)]


class SubmissionIn(msgspec.Struct, forbid_unknown_fields=True, gc=False):
    """One message (or `messages` of them) that a server took from an authenticated client.

    `id` tells events of one source apart: the same id at the same instant is the same event. Without it all members
    together do. Text is taken as it is; control characters are refused.
    """

    occurred_at: Moment
    account: Annotated[str, Meta(min_length=1, max_length=MAX_ACCOUNT)]
    sender_address: Annotated[str, Meta(max_length=MAX_SENDER)] = ""
    client_ip: str | None = None
    tls_version: TlsVersion = TlsVersion.UNKNOWN
    mechanism: Mechanism = UNKNOWN_MECHANISM
    recipients: Count = 1
    recipients_exact: bool = True
    messages: Annotated[int, Meta(ge=1, le=MOST)] = 1
    size_bytes: Annotated[int, Meta(ge=0, le=LARGEST)] | None = None
    host: Host = ""
    queue_id: Annotated[str, Meta(max_length=MAX_QUEUE_ID)] = ""
    id: Id | None = None


class LoginFailureIn(msgspec.Struct, forbid_unknown_fields=True, gc=False):
    """One refused login; `account` is what the client typed. `id` as for submissions."""

    occurred_at: Moment
    account: Annotated[str, Meta(max_length=MAX_FAILED_ACCOUNT)] = ""
    client_ip: str | None = None
    mechanism: Mechanism = UNKNOWN_MECHANISM
    reason: FailureReason = FailureReason.WRONG_CREDENTIALS
    detail: Annotated[str, Meta(max_length=MAX_DETAIL)] = ""
    host: Host = ""
    id: Id | None = None


_In = TypeVar("_In", SubmissionIn, LoginFailureIn)


class Refused(msgspec.Struct, frozen=True, gc=False):
    """A record that cannot be taken: its place in the body counted from 0, the member to blame or "", and why.

    `code` is the reason as accounts count it; `sample` a little of the record.
    """

    index: int
    field: str
    reason: str
    code: str
    sample: str


def records_in(body: bytes, kind: type[_In]) -> tuple[list[_In], list[int], list[Refused]]:
    """Return the records of a body (a JSON array, or NDJSON), the place of each, and those that are none.

    Raises OverLimit for too many or too long ones, Unreadable for an array that breaks off.
    """
    try:
        found = _quickly(body, kind)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return _one_by_one(body, kind)
    refuse_many(len(found), most=MAX_RECORDS, what="records")
    return found, list(range(len(found))), []


def _quickly(body: bytes, kind: type[_In]) -> list[_In]:
    """Return the records of a body without a mistake; raise for any other."""
    if is_array(body):
        return msgspec.json.decode(body, type=list[kind])  # type: ignore[valid-type]
    _refuse_long_lines(body)
    return msgspec.json.Decoder(kind).decode_lines(body)


def _refuse_long_lines(body: bytes) -> None:
    """Raise OverLimit for a line that is too long; looks at each only where one may be."""
    half = MAX_RECORD_BYTES // 2
    if any(body.find(b"\n", at, at + half) < 0 for at in range(0, len(body) - half + 1, half)):
        for index, line in enumerate(body.split(b"\n")):
            refuse_long(line, index)


def _one_by_one(body: bytes, kind: type[_In]) -> tuple[list[_In], list[int], list[Refused]]:
    records = records_of(body, most=MAX_RECORDS, what="records")
    found, places, refused = [], [], []
    for record in records:
        one = _read(record, kind)
        if isinstance(one, Refused):
            refused.append(one)
        else:
            found.append(one)
            places.append(record.place)
    return found, places, refused


def _read(record: Record, kind: type[_In]) -> _In | Refused:
    if isinstance(record.value, NotJson):
        return refusal(record.place, "", record.value.reason, raw=record.raw, code=SkipReason.NO_JSON)
    try:
        return msgspec.convert(record.value, kind)
    except msgspec.ValidationError as error:
        reason, _, path = str(error).partition(" - at `$")
        return refusal(record.place, path.strip("`.[]"), _in_words(reason), raw=record.raw)
    except RecursionError:
        return refusal(record.place, "", "is nested too deeply", raw=record.raw)


def refusal(
    index: int, field: str, reason: str, *, raw: bytes, code: SkipReason = SkipReason.BAD_RECORD
) -> Refused:
    """Return why a record is not taken; `raw` is the record as it came."""
    return Refused(index, field, reason, str(code), sample_of(raw))


def _in_words(reason: str) -> str:
    """Return the decoder's words as a reason that follows the name of a member."""
    return reason[:1].lower() + reason[1:].replace("`", "")
