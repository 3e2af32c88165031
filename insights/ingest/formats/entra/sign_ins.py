"""From Entra's sign-ins to logins without messages and refused logins. Pure.

A sign-in tells who logged in, from where and whether it worked; neither TLS nor messages
(https://learn.microsoft.com/graph/api/resources/signin).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta, timezone
from hashlib import blake2b
from typing import Any, Final

import msgspec

from insights.enums import PLAIN_OR_LOGIN, FailureReason, TlsVersion
from insights.ingest.local_time import micros_of
from insights.ingest.record import (
    MAX_ACCOUNT,
    MAX_DETAIL,
    MAX_FAILED_ACCOUNT,
    MAX_SAMPLES_PER_FEED,
    UNKNOWN_MECHANISM,
    Batch,
    LoginFailureRecord,
    Skipped,
    SkipReason,
    SubmissionRecord,
    empty_batch,
)
from insights.ingest.texts import address_of, sample_of, text_of

_SMTP: Final = frozenset({"authenticated smtp", "smtp"})
_STAMP: Final = re.compile(
    r"(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?(?:Z|([+-])(\d\d):(\d\d))?", re.ASCII
)
_WRONG: Final = frozenset({50126, 50034, 50056, 50064, 50012})
_FAULTS: Final = frozenset(
    {50000, 50001, 80001, 80002, 80005, 80007, 80014, 81016, 90002, 90010, 90024, 90025, 90033}
)
"""https://learn.microsoft.com/entra/identity-platform/reference-error-codes; the rest are rules: a policy, a factor
that SMTP cannot ask for, an account that is locked or disabled."""


class SignIns:
    """Makes the events of one source. Ids come from the sign-in's own, so that the same one is the same event again.

    What tells no event counts once: not when it is from before `read_until`, up to where an earlier asking came.
    """

    def __init__(
        self,
        *,
        source_key: str,
        earliest: datetime | None = None,
        latest: datetime | None = None,
        read_until: datetime | None = None,
    ) -> None:
        self._read_until = read_until
        self._base = blake2b(source_key.encode() + b"\0entra sign-in 1\0", digest_size=16)
        self._earliest, self._latest = earliest, latest

    def read(self, values: Sequence[Any]) -> Batch:
        """Return what sign-ins tell, each counted once: an event, another client's matter, or not understood."""
        batch = empty_batch()
        for place, value in enumerate(values, 1):
            found = self.event_of(value)
            if isinstance(found, SubmissionRecord):
                batch.submissions.append(found)
            elif isinstance(found, LoginFailureRecord):
                batch.failures.append(found)
            elif found is None:
                batch.counts.other += not self._was_read(value)
            elif not self._was_read(value):
                batch.counts.unrecognised[found] += 1
                if len(batch.skipped) < MAX_SAMPLES_PER_FEED:
                    batch.skipped.append(Skipped(place, found, _sample(value)))
        batch.counts.event = len(batch.submissions) + len(batch.failures)
        return batch

    def event_of(self, value: Any) -> SubmissionRecord | LoginFailureRecord | SkipReason | None:
        """Return what a sign-in tells, or why nothing can be made of it; None for one of another client."""
        if not isinstance(value, dict):
            return SkipReason.BAD_RECORD
        if _text(value, "clientAppUsed").strip().lower() not in _SMTP:
            return None
        identity, code = _text(value, "id"), _code(value)
        account = text_of(_octets(_text(value, "userPrincipalName")), MAX_ACCOUNT)
        at = self._instant(_text(value, "createdDateTime"))
        if isinstance(at, SkipReason):
            return at
        if not identity or code is None or not (account or code):
            return SkipReason.BAD_RECORD
        if code == 0:
            return _login(value, self._id(identity), at, account)
        return _failure(value, self._id(identity), at, account, code)

    def _was_read(self, value: Any) -> bool:
        """Tell whether an earlier asking has counted it; Graph gives nothing without a stamp, by which it is asked."""
        at = written_at(value)
        return at is not None and self._read_until is not None and at <= self._read_until

    def _instant(self, written: str) -> datetime | SkipReason:
        at = stamp_of(written)
        if at is None:
            return SkipReason.BAD_STAMP
        if self._earliest is not None and at < self._earliest:
            return SkipReason.BEFORE_RETENTION
        return SkipReason.IN_THE_FUTURE if self._latest is not None and at > self._latest else at

    def _id(self, identity: str) -> bytes:
        digest = self._base.copy()
        digest.update(_octets(identity))
        return digest.digest()


def _login(value: dict[str, Any], identity: bytes, at: datetime, account: str) -> SubmissionRecord:
    return SubmissionRecord(
        id=identity,
        micros=micros_of(at),
        host="",
        queue_id="",
        account=account,
        sender_address="",
        client_ip=address_of(_octets(_text(value, "ipAddress"))),
        tls_version=TlsVersion.UNKNOWN,
        mechanism=_mechanism(value),
        recipients=0,
        recipients_exact=True,
        size_bytes=None,
        messages=0,
        logins=1,
    )


def _failure(
    value: dict[str, Any], identity: bytes, at: datetime, account: str, code: int
) -> LoginFailureRecord:
    words = f"{code} {_text(_status(value), 'failureReason')}".strip()
    return LoginFailureRecord(
        id=identity,
        micros=micros_of(at),
        host="",
        account=account[:MAX_FAILED_ACCOUNT],
        client_ip=address_of(_octets(_text(value, "ipAddress"))),
        mechanism=_mechanism(value),
        reason=reason_of(code),
        detail=text_of(_octets(words), MAX_DETAIL),
    )


def is_sign_in(value: Any) -> bool:
    """Tell whether a value is a sign-in, of whatever client."""
    return isinstance(value, dict) and "clientAppUsed" in value and written_at(value) is not None


def written_at(value: Any) -> datetime | None:
    """Return when a sign-in was, None where it does not tell."""
    return stamp_of(_text(value, "createdDateTime")) if isinstance(value, dict) else None


def reason_of(code: int) -> FailureReason:
    """Return the class of an Entra error code other than 0."""
    if code in _WRONG:
        return FailureReason.WRONG_CREDENTIALS
    return FailureReason.SERVER_FAULT if code in _FAULTS else FailureReason.POLICY


def stamp_of(written: str) -> datetime | None:
    """Return an instant as Graph writes it, to the microsecond; UTC where it has no offset. None for what is none."""
    found = _STAMP.fullmatch(written)
    if found is None:
        return None
    day, time, fraction, sign, hours, minutes = found.groups()
    try:
        at = datetime.fromisoformat(f"{day}T{time}").replace(
            microsecond=int((fraction or "0").ljust(6, "0")[:6]), tzinfo=UTC
        )
        if sign:
            offset = timedelta(hours=int(hours), minutes=int(minutes))
            at = at.replace(tzinfo=timezone(offset if sign == "+" else -offset)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return at


def _status(value: dict[str, Any]) -> dict[str, Any]:
    status = value.get("status")
    return status if isinstance(status, dict) else {}


def _code(value: dict[str, Any]) -> int | None:
    code = _status(value).get("errorCode")
    return code if isinstance(code, int) and not isinstance(code, bool) else None


def _mechanism(value: dict[str, Any]) -> str:
    """Return one of passwords for the grant that presents one, which Microsoft's sample misspells; else unknown."""
    protocol = _text(value, "authenticationProtocol").lower()
    return PLAIN_OR_LOGIN if protocol in {"ropc", "rpoc"} else UNKNOWN_MECHANISM


def _text(value: dict[str, Any], name: str) -> str:
    found = value.get(name)
    return found if isinstance(found, str) else ""


def _octets(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def _sample(value: Any) -> str:
    try:
        return sample_of(msgspec.json.encode(value))
    except (msgspec.MsgspecError, TypeError, ValueError, RecursionError):
        return ""
