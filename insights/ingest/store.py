"""Store parsed events: deduplicated by content id, rolled up in the same statement, counted exactly.

The caller holds the transaction, the tenant scope and the source's lock; nothing here commits.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
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
    ("host", "text"),
    ("queue_id", "text"),
    ("account", "text"),
    ("sender_address", "text"),
    ("sender_domain", "text"),
    ("client_ip", "text"),
    ("tls_version", "text"),
    ("mechanism", "text"),
    ("auth_class", "text"),
    ("messages", "int4"),
    ("recipients", "int4"),
    ("recipients_exact", "bool"),
    ("size_bytes", "int8"),
)
_FAILURE_COLUMNS = (
    ("occurred_at", "timestamptz"),
    ("id", "uuid"),
    ("host", "text"),
    ("account", "text"),
    ("client_ip", "text"),
    ("mechanism", "text"),
    ("reason", "text"),
    ("detail", "text"),
)


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
        [_submission_row(record) for record in records],
        columns=_SUBMISSION_COLUMNS,
        rollup=SUBMISSIONS,
        destination=destination,
    )


def store_failures(records: Sequence[LoginFailureRecord], *, destination: Destination) -> Stored:
    """Insert the login failures that are not there yet and add them to the roll-up. Up to four statements."""
    rows = [
        (
            record.occurred_at,
            UUID(bytes=record.id),
            record.host,
            record.account,
            record.client_ip or None,
            record.mechanism,
            record.reason.value,
            record.detail,
        )
        for record in records
    ]
    return _store(rows, columns=_FAILURE_COLUMNS, rollup=LOGIN_FAILURES, destination=destination)


def _submission_row(record: SubmissionRecord) -> tuple[Any, ...]:
    account = compared(record.account)
    sender_address = compared(record.sender_address) if record.sender_address else account
    return (
        record.occurred_at,
        UUID(bytes=record.id),
        record.host,
        record.queue_id,
        account,
        sender_address,
        domain_of(sender_address),
        record.client_ip or None,
        record.tls_version.value,
        record.mechanism,
        auth_class_of(record.mechanism).value,
        record.messages,
        record.recipients,
        record.recipients_exact,
        record.size_bytes,
    )


def _store(
    rows: Sequence[tuple[Any, ...]],
    *,
    columns: Sequence[tuple[str, str]],
    rollup: RollUp,
    destination: Destination,
) -> Stored:
    if not rows:
        return Stored(0, 0, None, None, {})
    incoming = f"incoming_{rollup.raw_table}"
    names = ", ".join(name for name, _ in columns)
    with connection.cursor() as cursor:
        definition = ", ".join(f"{name} {kind}" for name, kind in columns)
        cursor.execute(
            f"CREATE TEMPORARY TABLE IF NOT EXISTS {incoming} ({definition}) ON COMMIT DELETE ROWS"
        )
        cursor.execute(f"TRUNCATE {incoming}")
        with cursor.copy(f"COPY {incoming} ({names}) FROM STDIN (FORMAT BINARY)") as copy:
            copy.set_types([kind for _, kind in columns])
            for row in rows:
                copy.write_row(row)
        cursor.execute(
            f"WITH stored AS ("
            f" INSERT INTO {rollup.raw_table} (tenant_id, source_id, log_import_id, {names})"
            f" SELECT %(tenant)s, %(source)s, %(log_import)s, {names.replace('client_ip', 'client_ip::inet')}"
            f" FROM {incoming}"
            f" ON CONFLICT DO NOTHING RETURNING *"
            f"), counted AS ({add(rollup, 'stored')})"
            f" SELECT count(*), min(occurred_at), max(occurred_at) FROM stored",
            destination.parameters,
        )
        stored, first_at, last_at = cursor.fetchone()
        overlaps: dict[UUID, int] = {}
        if stored < len(rows):
            cursor.execute(
                f"SELECT known.log_import_id, count(*) FROM {incoming} AS came"
                f" JOIN {rollup.raw_table} AS known ON known.tenant_id = %(tenant)s"
                f" AND known.occurred_at = came.occurred_at AND known.id = came.id"
                f" WHERE known.log_import_id IS DISTINCT FROM %(log_import)s AND known.log_import_id IS NOT NULL"
                f" GROUP BY 1",
                destination.parameters,
            )
            overlaps = dict(cursor.fetchall())
    return Stored(stored, len(rows) - stored, first_at, last_at, overlaps)


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
