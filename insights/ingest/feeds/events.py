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
_new: Final = tuple.__new__  # a named tuple by position, without the call of its own __new__
_Client = tuple[str, str, str, str, str | None]
_Known = tuple[str, str, str]


class EventMaker:
    """Makes the events of one source. What cannot be one is in `refused`, by its place in the body."""

    def __init__(self, source_id: UUID, span: Span) -> None:
        self.refused: list[Refused] = []
        self._base = blake2b(str(source_id).encode() + _VERSION, digest_size=16)
        self._span = span
        self._earliest, self._latest = micros_of(span.earliest), micros_of(span.latest)
        self._plain: dict[_Client, _Known] = {}

    def submissions(self, records: Sequence[SubmissionIn], places: Sequence[int]) -> list[SubmissionRecord]:
        """Return the events of a batch, in order."""
        events = []
        earliest, latest, base, plain = self._earliest, self._latest, self._base, self._plain
        for one, place in zip(records, places, strict=True):
            micros = micros_of(one.occurred_at)
            account, sender, host, queue_id = one.account, one.sender_address, one.host, one.queue_id
            client = (account, sender, host, one.mechanism, one.client_ip)
            known = plain.get(client) or self._client(client)
            if (
                known is None
                or not earliest <= micros <= latest
                or not (queue_id.isalnum() or _is_plain(queue_id))
            ):
                self._refuse(one, place, micros)
                continue
            told, client_ip, mechanism = known
            digest = base.copy()
            digest.update(
                f"s{micros}\t{told}\t{queue_id}\t{one.tls_version}\t{one.recipients}\t{one.recipients_exact}"
                f"\t{one.messages}\t{one.size_bytes}".encode()
                if one.id is None
                else f"s{micros}\n{one.id}".encode("utf-8", "surrogatepass")
            )
            events.append(
                _new(
                    SubmissionRecord,
                    (
                        digest.digest(), micros, host, queue_id, account, sender, client_ip, one.tls_version,
                        mechanism, one.recipients, one.recipients_exact, one.size_bytes, one.messages, 0,
                    ),
                )
            )  # fmt: skip
        return events

    def failures(self, records: Sequence[LoginFailureIn], places: Sequence[int]) -> list[LoginFailureRecord]:
        """Return the events of a batch, in order."""
        events = []
        for one, place in zip(records, places, strict=True):
            micros = micros_of(one.occurred_at)
            client = (one.account, one.detail, one.host, one.mechanism, one.client_ip)
            known = self._plain.get(client) or self._client(client)
            if known is None or not self._earliest <= micros <= self._latest:
                self._refuse(one, place, micros)
                continue
            told, client_ip, mechanism = known
            digest = self._base.copy()
            told = f"f{micros}\t{told}\t{one.reason}" if one.id is None else f"f{micros}\n{one.id}"
            digest.update(told.encode("utf-8", "surrogatepass"))
            events.append(
                LoginFailureRecord(
                    digest.digest(),
                    micros,
                    one.host,
                    one.account,
                    client_ip,
                    mechanism,
                    one.reason,
                    one.detail,
                )
            )
        return events

    def _client(self, client: _Client) -> _Known | None:
        """Return what is the same for all events of a client, None when something in it cannot be."""
        account, other, host, mechanism, written = client
        client_ip = address_of(written.encode("ascii", "replace")) if written else ""
        if (written and not client_ip) or not _is_plain(account + other + host + mechanism):
            return None
        upper = mechanism.upper()
        known = (
            f"{account}\t{other}\t{host}\t{mechanism}\t{client_ip}",
            client_ip,
            UNKNOWN_MECHANISM if upper in {"", "UNKNOWN"} else upper,
        )
        self._plain[client] = known
        return known

    def _refuse(self, one: SubmissionIn | LoginFailureIn, place: int, micros: int) -> None:
        """Note why a record gives no event: the first reason that there is."""
        spoilt = next((name for name in _TEXTS if not _is_plain(getattr(one, name, ""))), None)
        code = SkipReason.BAD_RECORD
        if one.client_ip and not address_of(one.client_ip.encode("ascii", "replace")):
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


def _is_plain(text: str) -> bool:
    """Tell whether text holds neither control characters, ends of lines, nor lone surrogates."""
    return text.isprintable() or not any(unicodedata.category(one) in _REFUSED for one in text)
