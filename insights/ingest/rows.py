"""Format parsed events as the lines that PostgreSQL's COPY reads, beside the database: in the reading process. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from operator import itemgetter
from typing import Any, NamedTuple, TypeVar

from insights.enums import auth_class_of
from insights.ingest.identity import compared, domain_of
from insights.ingest.local_time import moment
from insights.ingest.record import LoginFailureRecord, SubmissionRecord

SUBMISSION_COLUMNS = (
    ("occurred_at", "timestamptz"),
    ("id", "uuid"),
    ("queue_id", "text"),
    ("messages", "int4"),
    ("logins", "int4"),
    ("recipients", "int4"),
    ("recipients_exact", "bool"),
    ("size_bytes", "int8"),
    ("host", "text"),
    ("account", "text"),
    ("sender_address", "text"),
    ("sender_domain", "text"),
    ("client_ip", "inet"),
    ("tls_version", "text"),
    ("mechanism", "text"),
    ("auth_class", "text"),
)
"""Name and PostgreSQL type of each column of a submission's line, in order."""
FAILURE_COLUMNS = (
    ("occurred_at", "timestamptz"),
    ("id", "uuid"),
    ("host", "text"),
    ("account", "text"),
    ("client_ip", "inet"),
    ("mechanism", "text"),
    ("reason", "text"),
    ("detail", "text"),
)
"""Name and PostgreSQL type of each column of a login failure's line, in order."""

NULL = r"\N"
_SECOND = 1_000_000
_MINUTE = 60 * _SECOND
_WHOLE_SECONDS = {second * _SECOND: f"{second:02}Z" for second in range(60)}
_NEVER = 2**63
_ID, _MICROS = itemgetter(0), itemgetter(1)
_CLIENTS_REMEMBERED = 65_536
_FORMATTED = 16_384
_ESCAPES = str.maketrans({"\\": r"\\", "\t": r"\t", "\n": r"\n", "\r": r"\r"})
_Client = tuple[str, str, str, str, str, str]
_Record = TypeVar("_Record", SubmissionRecord, LoginFailureRecord)


class Rows(NamedTuple):
    """Events of one kind as COPY reads them: `lines` in text format, UTF-8, a line for each of `events`.

    No two of them are the same event; `repeated` says how many more came. `first_at` and `last_at` span them, None
    where there is none.
    """

    lines: bytes
    events: int
    repeated: int
    first_at: datetime | None
    last_at: datetime | None


class Names(NamedTuple):
    """What a portion saw for the first time, or earlier than before: each with the instant.

    `shown` has, for each account and sender address as compared, how it was written first; `domains` those that mail
    was sent from.
    """

    shown: dict[str, tuple[str, datetime]]
    domains: dict[str, datetime]


class RowWriter:
    """Writes the rows of one import; the same client comes again and again, so its columns are made once."""

    def __init__(self) -> None:
        self._clients: dict[_Client, list[Any]] = {}
        self._named: dict[str, int] = {}
        self._domains: dict[str, int] = {}

    def submissions(self, records: Sequence[SubmissionRecord]) -> tuple[Rows, Names]:
        """Return the rows, and the names not handed over before, or not as early."""
        if len(self._clients) > _CLIENTS_REMEMBERED:
            self._clients.clear()
        clients, lines = self._clients, []
        counted: dict[tuple[int, int, int, bool], str] = {}
        earlier: set[_Client] = set()
        fresh = _distinct(records)
        this_minute, stamp = -1, ""
        for record in fresh:
            (
                identity, at, host, queue_id, account, sender, client_ip, tls_version, mechanism, recipients, exact,
                size, messages, logins,
            ) = record  # fmt: skip
            minute, within = divmod(at, _MINUTE)
            if minute != this_minute:
                this_minute, stamp = minute, _minute_text(minute)
            client = (host, account, sender, client_ip, tls_version, mechanism)
            known = clients.get(client)
            if known is None:
                known = clients[client] = [_client_columns(*client), at]
                earlier.add(client)
            elif at < known[1]:
                known[1] = at
                earlier.add(client)
            counts = counted.get((messages, logins, recipients, exact))
            if counts is None:
                counts = counted[messages, logins, recipients, exact] = (
                    f"\t{messages}\t{logins}\t{recipients}\t{'t' if exact else 'f'}\t"
                )
            lines.append(
                f"{stamp}{_WHOLE_SECONDS.get(within) or _seconds_text(within)}\t{identity.hex()}\t"
                f"{queue_id if queue_id.isalnum() else escaped(queue_id)}{counts}"
                f"{NULL if size is None else size}\t{known[0]}\n"
            )
        return _rows(lines, fresh, records), self._names({client: clients[client][1] for client in earlier})

    def failures(self, records: Sequence[LoginFailureRecord]) -> Rows:
        """Return the rows of refused logins."""
        fresh = _distinct(records)
        return _rows([_failure_line(record) for record in fresh], fresh, records)

    def _names(self, firsts: dict[_Client, int]) -> Names:
        shown: dict[str, tuple[int, str]] = {}
        domains: dict[str, int] = {}
        for (_, account, sender, *_), at in firsts.items():
            for written in {account, sender} - {""}:
                if at < self._named.get(written, _NEVER):
                    self._named[written] = at
                    name = compared(written)
                    shown[name] = min((at, written), shown.get(name, (_NEVER, "")))
            domain = domain_of(compared(sender or account))
            if domain and at < self._domains.get(domain, _NEVER):
                self._domains[domain] = domains[domain] = at
        return Names(
            shown={name: (written, moment(at)) for name, (at, written) in shown.items()},
            domains={domain: moment(at) for domain, at in domains.items()},
        )


def _minute_text(minute: int) -> str:
    """Return a minute since 1970 as PostgreSQL reads it, up to where the seconds come."""
    return moment(minute * _MINUTE).isoformat(" ", "minutes")[:-6] + ":"


def _seconds_text(within: int) -> str:
    second, fraction = divmod(within, _SECOND)
    return f"{second:02}.{fraction:06}Z"


def escaped(field: str | None) -> str:
    """Return a field as PostgreSQL's COPY reads it in text format."""
    if field is None:
        return NULL
    # Queue ids and addresses hold nothing to escape nearly always, and looking is quicker than translating.
    return field if field.isalnum() else field.translate(_ESCAPES)


@lru_cache(maxsize=_FORMATTED)
def _client_columns(
    host: str, account: str, sender: str, client_ip: str, tls_version: str, mechanism: str
) -> str:
    """Return the columns from `host` on."""
    account = compared(account)
    sender = compared(sender) if sender else account
    fields = (
        host,
        account,
        sender,
        domain_of(sender),
        client_ip or None,
        str(tls_version),
        mechanism,
        auth_class_of(mechanism).value,
    )
    return "\t".join(escaped(field) for field in fields)


def _failure_line(record: LoginFailureRecord) -> str:
    fields = (
        record.occurred_at.isoformat(),
        record.id.hex(),
        record.host,
        record.account,
        record.client_ip or None,
        record.mechanism,
        record.reason.value,
        record.detail,
    )
    return "\t".join(escaped(field) for field in fields) + "\n"


def _distinct(records: Sequence[_Record]) -> Sequence[_Record]:
    """Return the records without those that are the same event as one before them."""
    if len(set(map(_ID, records))) == len(records):
        return records
    first: dict[tuple[bytes, int], _Record] = {}
    for record in records:
        first.setdefault((record.id, record.micros), record)
    return list(first.values())


def _rows(
    lines: list[str],
    fresh: Sequence[SubmissionRecord] | Sequence[LoginFailureRecord],
    came: Sequence[object],
) -> Rows:
    times = list(map(_MICROS, fresh))
    return Rows(
        lines="".join(lines).encode(),
        events=len(lines),
        repeated=len(came) - len(lines),
        first_at=moment(min(times)) if times else None,
        last_at=moment(max(times)) if times else None,
    )
