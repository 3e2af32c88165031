"""From records that were sent to the events that are stored: their ids, their forms, their bounds."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from datetime import UTC, datetime
from hashlib import blake2b
from typing import Final
from uuid import UUID

from insights.ingest.feeds.records import LoginFailureIn, Refused, SubmissionIn
from insights.ingest.local_time import micros_of
from insights.ingest.record import UNKNOWN_MECHANISM, LoginFailureRecord, SkipReason, SubmissionRecord
from insights.ingest.span import Span
from insights.ingest.texts import address_of, sample_of

_VERSION: Final = b"\0api 1\0"
"""Enters every id, so that no event of the API is one of a log."""


class EventMaker:
    """Makes the events of one source. What cannot be one is in `refused`, by its place in the body."""

    def __init__(self, source_id: UUID, span: Span) -> None:
        self.refused: list[Refused] = []
        self._base = blake2b(str(source_id).encode() + _VERSION, digest_size=16)
        self._span = span
        self._earliest, self._latest = micros_of(span.earliest), micros_of(span.latest)
        self._addresses: dict[str | None, str | None] = {None: "", "": ""}

    def submissions(self, records: Sequence[SubmissionIn], places: Sequence[int]) -> list[SubmissionRecord]:
        """Return the events of a batch, in order."""
        events = []
        for one, place in zip(records, places, strict=True):
            text = one.account + one.sender_address + one.mechanism + one.host + one.queue_id
            micros = micros_of(one.occurred_at)
            client_ip = self._address(one.client_ip)
            if (
                client_ip is None
                or not self._earliest <= micros <= self._latest
                or not (text.isprintable() or _is_plain(text))
            ):
                self._refuse(one, place, micros, client_ip)
                continue
            told = (
                f"{one.account}\t{one.sender_address}\t{one.mechanism}\t{one.host}\t{one.queue_id}\t{client_ip}"
                f"\t{one.tls_version}\t{one.recipients}\t{one.recipients_exact}\t{one.messages}\t{one.size_bytes}"
                if one.id is None
                else f"\n{one.id}"
            )
            events.append(
                SubmissionRecord(
                    self._id(f"s{micros}\t{told}"),
                    micros,
                    one.host,
                    one.queue_id,
                    one.account,
                    one.sender_address,
                    client_ip,
                    one.tls_version,
                    _mechanism(one.mechanism),
                    one.recipients,
                    one.recipients_exact,
                    one.size_bytes,
                    one.messages,
                )
            )
        return events

    def failures(self, records: Sequence[LoginFailureIn], places: Sequence[int]) -> list[LoginFailureRecord]:
        """Return the events of a batch, in order."""
        events = []
        for one, place in zip(records, places, strict=True):
            text = one.account + one.mechanism + one.host + one.detail
            micros = micros_of(one.occurred_at)
            client_ip = self._address(one.client_ip)
            if (
                client_ip is None
                or not self._earliest <= micros <= self._latest
                or not (text.isprintable() or _is_plain(text))
            ):
                self._refuse(one, place, micros, client_ip)
                continue
            told = (
                f"{one.account}\t{one.mechanism}\t{one.host}\t{one.detail}\t{client_ip}\t{one.reason}"
                if one.id is None
                else f"\n{one.id}"
            )
            events.append(
                LoginFailureRecord(
                    self._id(f"f{micros}\t{told}"),
                    micros,
                    one.host,
                    one.account,
                    client_ip,
                    _mechanism(one.mechanism),
                    one.reason,
                    one.detail,
                )
            )
        return events

    def _id(self, told: str) -> bytes:
        digest = self._base.copy()
        digest.update(told.encode("utf-8", "surrogatepass"))
        return digest.digest()

    def _address(self, written: str | None) -> str | None:
        """Return the canonical address, "" for none, None for what is no address."""
        try:
            return self._addresses[written]
        except KeyError:
            found = address_of((written or "").encode("ascii", "replace")) or None
            self._addresses[written] = found
            return found

    def _refuse(
        self, one: SubmissionIn | LoginFailureIn, place: int, micros: int, client_ip: str | None
    ) -> None:
        """Note why a record gives no event: the first reason that there is."""
        spoilt = next((name for name in _TEXTS if not _is_plain(getattr(one, name, ""))), None)
        code = SkipReason.BAD_RECORD
        if client_ip is None:
            field, reason = "client_ip", "is no IP address"
        elif spoilt is not None:
            field, reason = spoilt, "holds control characters, or what is no text"
        elif micros < self._earliest:
            field, code = "occurred_at", SkipReason.BEFORE_RETENTION
            reason = f"is before {_stamp(self._span.earliest)}: older events are not kept"
        else:
            field, code = "occurred_at", SkipReason.IN_THE_FUTURE
            reason = f"is after {_stamp(self._span.latest)}, a day ahead of the clock"
        sample = sample_of(repr(one).encode("utf-8", "backslashreplace"))
        self.refused.append(Refused(place, field, reason, str(code), sample))


_TEXTS: Final = ("account", "sender_address", "mechanism", "host", "queue_id", "detail")
_REFUSED: Final = frozenset({"Cc", "Cs", "Zl", "Zp"})


def _stamp(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def _mechanism(written: str) -> str:
    upper = written.upper()
    return UNKNOWN_MECHANISM if upper in {"", "UNKNOWN"} else upper


def _is_plain(text: str) -> bool:
    """Tell whether text holds neither control characters, ends of lines, nor lone surrogates."""
    return text.isprintable() or not any(unicodedata.category(one) in _REFUSED for one in text)
