"""Store parsed events: deduplicated by content id, rolled up in the same statement, counted exactly.

The caller holds the transaction, the tenant scope and the source's lock; nothing here commits.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.db import connection

from insights.enums import auth_class_of
from insights.ingest.identity import compared, domain_of
from insights.ingest.record import LoginFailureRecord, SubmissionRecord
from insights.rollups.sql import add
from insights.rollups.stats import LOGIN_FAILURES, SUBMISSIONS, RollUp

_SUBMISSION_COLUMNS = (
    ("occurred_at", "timestamptz"),
    ("id", "uuid"),
    ("queue_id", "text"),
    ("messages", "int4"),
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
_FAILURE_COLUMNS = (
    ("occurred_at", "timestamptz"),
    ("id", "uuid"),
    ("host", "text"),
    ("account", "text"),
    ("client_ip", "inet"),
    ("mechanism", "text"),
    ("reason", "text"),
    ("detail", "text"),
)
_CLIENTS_REMEMBERED = 65_536


@dataclass(frozen=True, slots=True)
class Destination:
    """Where a batch goes: the tenant with its zone and first kept day, the source, the import if any."""

    tenant_id: UUID
    zone: str
    raw_from_on: date | None
    source_id: UUID
    log_import_id: UUID | None

    @property
    def parameters(self) -> dict[str, Any]:
        """The named parameters of the statements."""
        return {
            "tenant": self.tenant_id,
            "zone": self.zone,
            "raw_from_on": self.raw_from_on,
            "source": self.source_id,
            "log_import": self.log_import_id,
        }


@dataclass(frozen=True, slots=True)
class Stored:
    """What became of a batch: `stored` and `duplicate` add up to its events.

    `overlaps` says how many duplicates each other import had stored; `first_at` and `last_at` span what is new.
    """

    stored: int
    duplicate: int
    first_at: datetime | None
    last_at: datetime | None
    overlaps: dict[UUID, int]


def store_submissions(records: Sequence[SubmissionRecord], *, destination: Destination) -> Stored:
    """Insert the submissions that are not there yet and add them to the roll-up. Up to four statements."""
    return _store(
        [_submission_line(record) for record in records],
        columns=_SUBMISSION_COLUMNS,
        rollup=SUBMISSIONS,
        destination=destination,
    )


def store_failures(records: Sequence[LoginFailureRecord], *, destination: Destination) -> Stored:
    """Insert the login failures that are not there yet and add them to the roll-up. Up to four statements."""
    return _store(
        [_failure_line(record) for record in records],
        columns=_FAILURE_COLUMNS,
        rollup=LOGIN_FAILURES,
        destination=destination,
    )


def _submission_line(record: SubmissionRecord) -> str:
    client = _client_fields(
        record.host,
        record.account,
        record.sender_address,
        record.client_ip,
        record.tls_version.value,
        record.mechanism,
    )
    size = r"\N" if record.size_bytes is None else record.size_bytes
    return (
        f"{record.occurred_at.isoformat()}\t{record.id.hex()}\t{escaped(record.queue_id)}\t{record.messages}\t"
        f"{record.recipients}\t{record.recipients_exact}\t{size}\t{client}\n"
    )


@lru_cache(maxsize=_CLIENTS_REMEMBERED)
def _client_fields(
    host: str, account: str, sender: str, client_ip: str, tls_version: str, mechanism: str
) -> str:
    """Return the columns from `host` on; the same client comes again and again, so this is done once for each."""
    account = compared(account)
    sender = compared(sender) if sender else account
    fields = (
        host,
        account,
        sender,
        domain_of(sender),
        client_ip or None,
        tls_version,
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


_ESCAPES = str.maketrans({"\\": r"\\", "\t": r"\t", "\n": r"\n", "\r": r"\r"})


def escaped(field: str | None) -> str:
    """Return a field as PostgreSQL's COPY reads it in text format."""
    if field is None:
        return r"\N"
    # Queue ids and addresses hold nothing to escape nearly always, and looking is quicker than translating.
    return field if field.isalnum() else field.translate(_ESCAPES)


def _store(
    lines: Sequence[str],
    *,
    columns: Sequence[tuple[str, str]],
    rollup: RollUp,
    destination: Destination,
) -> Stored:
    if not lines:
        return Stored(0, 0, None, None, {})
    incoming = f"incoming_{rollup.raw_table}"
    names = ", ".join(name for name, _ in columns)
    with connection.cursor() as cursor:
        definition = ", ".join(f"{name} {kind}" for name, kind in columns)
        cursor.execute(
            f"CREATE TEMPORARY TABLE IF NOT EXISTS {incoming} ({definition}) ON COMMIT DELETE ROWS"
        )
        cursor.execute(f"TRUNCATE {incoming}")
        with cursor.copy(f"COPY {incoming} ({names}) FROM STDIN") as copy:
            copy.write("".join(lines))
        cursor.execute(
            f"WITH stored AS ("
            f" INSERT INTO {rollup.raw_table} (tenant_id, source_id, log_import_id, {names})"
            f" SELECT %(tenant)s, %(source)s, %(log_import)s, {names} FROM {incoming}"
            f" ON CONFLICT DO NOTHING RETURNING *"
            f"), counted AS ({add(rollup, 'stored')})"
            f" SELECT count(*), min(occurred_at), max(occurred_at) FROM stored",
            destination.parameters,
        )
        stored, first_at, last_at = cursor.fetchone()
        overlaps: dict[UUID, int] = {}
        if stored < len(lines):
            cursor.execute(
                f"SELECT known.log_import_id, count(*) FROM {incoming} AS came"
                f" JOIN {rollup.raw_table} AS known ON known.tenant_id = %(tenant)s"
                f" AND known.occurred_at = came.occurred_at AND known.id = came.id"
                f" WHERE known.log_import_id IS DISTINCT FROM %(log_import)s AND known.log_import_id IS NOT NULL"
                f" GROUP BY 1",
                destination.parameters,
            )
            overlaps = dict(cursor.fetchall())
    return Stored(stored, len(lines) - stored, first_at, last_at, overlaps)


def store_names(records: Iterable[SubmissionRecord], *, tenant_id: UUID, known: dict[str, datetime]) -> None:
    """Keep how accounts and senders were written first, and the sender domains that are new.

    `known` carries, from batch to batch of one import, the earliest time at which a name was handed over before.
    """
    news: dict[str, tuple[str, datetime]] = {}
    domains: dict[str, datetime] = {}
    for record in records:
        at = record.occurred_at
        for written in (record.account, record.sender_address):
            seen = known.get(written)
            if written and (seen is None or at < seen):
                known[written] = at
                _keep_earliest(news, compared(written), written, at)
                if written == (record.sender_address or record.account) and (
                    domain := domain_of(compared(written))
                ):
                    domains[domain] = min(at, domains.get(domain, at))
    if not news:
        return
    names = sorted(news)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO insights_nameshown AS known (id, tenant_id, name, shown, first_at)"
            " SELECT gen_random_uuid(), %s, name, shown, first_at"
            " FROM unnest(%s::text[], %s::text[], %s::timestamptz[]) AS new (name, shown, first_at)"
            " ON CONFLICT (tenant_id, name) DO UPDATE SET shown = excluded.shown, first_at = excluded.first_at"
            " WHERE excluded.first_at < known.first_at",
            [tenant_id, names, [news[name][0] for name in names], [news[name][1] for name in names]],
        )
        cursor.execute(
            "INSERT INTO tenants_senderdomain AS known (id, tenant_id, domain, is_accepted, first_seen_at)"
            " SELECT gen_random_uuid(), %s, domain, false, at"
            " FROM unnest(%s::text[], %s::timestamptz[]) AS new (domain, at)"
            " ON CONFLICT (tenant_id, domain) DO UPDATE SET first_seen_at = excluded.first_seen_at"
            " WHERE known.first_seen_at IS NULL OR excluded.first_seen_at < known.first_seen_at",
            [tenant_id, sorted(domains), [domains[domain] for domain in sorted(domains)]],
        )


def _keep_earliest(news: dict[str, tuple[str, datetime]], name: str, written: str, at: datetime) -> None:
    before = news.get(name)
    if before is None or at < before[1]:
        news[name] = (written, at)
