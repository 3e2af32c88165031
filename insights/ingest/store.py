"""Store formatted events: those that are known left out, the rest rolled up in the same transaction, counted exactly.

The caller holds the transaction and the tenant scope; nothing here commits.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec
from django.db import connection
from django.db.backends.utils import CursorWrapper

from insights.ingest.rows import FAILURE_COLUMNS, SUBMISSION_COLUMNS, Names, Rows
from insights.rollups.sql import add
from insights.rollups.stats import LOGIN_FAILURES, SUBMISSIONS, RollUp


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


def store_submissions(rows: Rows, *, destination: Destination) -> Stored:
    """Insert the submissions that are not there yet and add them to the roll-up. Up to nine statements."""
    return _store(rows, columns=SUBMISSION_COLUMNS, rollup=SUBMISSIONS, destination=destination)


def store_failures(rows: Rows, *, destination: Destination) -> Stored:
    """Insert the login failures that are not there yet and add them to the roll-up. Up to nine statements."""
    return _store(rows, columns=FAILURE_COLUMNS, rollup=LOGIN_FAILURES, destination=destination)


def _store(
    rows: Rows, *, columns: Sequence[tuple[str, str]], rollup: RollUp, destination: Destination
) -> Stored:
    if not rows.events:
        return Stored(0, rows.repeated, None, None, {})
    raw, incoming = rollup.raw_table, f"incoming_{rollup.raw_table}"
    names = ", ".join(name for name, _ in columns)
    parameters = {**destination.parameters, "first_at": rows.first_at, "last_at": rows.last_at}
    with connection.cursor() as cursor:
        # Ids carry the source, so that nobody else can store one of these while its lock is held.
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [str(destination.source_id)])
        definition = ", ".join(f"{name} {kind}" for name, kind in columns)
        cursor.execute(
            f"CREATE TEMPORARY TABLE IF NOT EXISTS {incoming} ({definition}) ON COMMIT DELETE ROWS"
        )
        cursor.execute(f"TRUNCATE {incoming}")
        with cursor.copy(f"COPY {incoming} ({names}) FROM STDIN") as copy:
            copy.write(rows.lines)
        first_at, last_at = rows.first_at, rows.last_at
        known = _forget_known(cursor, raw, incoming, parameters)
        if known:
            cursor.execute(f"SELECT min(occurred_at), max(occurred_at) FROM {incoming}")
            first_at, last_at = cursor.fetchone()
        duplicate = sum(known.values())
        if first_at is not None:
            # Everything left is new: plain statements, at half the cost of ON CONFLICT and RETURNING.
            cursor.execute(
                f"INSERT INTO {raw} (tenant_id, source_id, log_import_id, {names})"
                f" SELECT %(tenant)s, %(source)s, %(log_import)s, {names} FROM {incoming}",
                parameters,
            )
            placed = (
                f"(SELECT %(tenant)s::uuid AS tenant_id, %(source)s::uuid AS source_id, * FROM {incoming})"
            )
            cursor.execute(add(rollup, f"{placed} AS placed"), parameters)
    overlaps = {
        import_id: events
        for import_id, events in known.items()
        if import_id is not None and import_id != destination.log_import_id
    }
    return Stored(rows.events - duplicate, duplicate + rows.repeated, first_at, last_at, overlaps)


def _forget_known(
    cursor: CursorWrapper, raw: str, incoming: str, parameters: dict[str, Any]
) -> dict[UUID | None, int]:
    """Take out of `incoming` what is stored already; return how many events each import had stored."""
    span = "known.tenant_id = %(tenant)s AND known.occurred_at BETWEEN %(first_at)s AND %(last_at)s"
    cursor.execute(f"SELECT EXISTS (SELECT FROM {raw} AS known WHERE {span})", parameters)
    if not cursor.fetchone()[0]:
        return {}
    cursor.execute(
        f"WITH gone AS (DELETE FROM {incoming} AS came USING {raw} AS known"
        f" WHERE {span} AND known.occurred_at = came.occurred_at AND known.id = came.id"
        f" RETURNING known.log_import_id) SELECT log_import_id, count(*) FROM gone GROUP BY 1",
        parameters,
    )
    return dict(cursor.fetchall())


def store_names(names: Names, *, tenant_id: UUID) -> None:
    """Keep how accounts and senders were written first, and the sender domains that are new. Up to two statements."""
    with connection.cursor() as cursor:
        if names.shown:
            shown = [
                {"name": name, "shown": written, "first_at": at}
                for name, (written, at) in sorted(names.shown.items())
            ]
            cursor.execute(
                "INSERT INTO insights_nameshown AS known (id, tenant_id, name, shown, first_at)"
                " SELECT gen_random_uuid(), %s, name, shown, first_at"
                " FROM json_to_recordset(%s) AS new (name text, shown text, first_at timestamptz)"
                # Writing locks a row until the transaction ends, even where nothing is changed.
                " WHERE NOT EXISTS (SELECT FROM insights_nameshown AS kept WHERE kept.tenant_id = %s"
                " AND kept.name = new.name AND kept.first_at <= new.first_at)"
                " ON CONFLICT (tenant_id, name) DO UPDATE"
                " SET shown = excluded.shown, first_at = excluded.first_at"
                " WHERE excluded.first_at < known.first_at",
                [tenant_id, _as_json(shown), tenant_id],
            )
        if names.domains:
            domains = sorted(names.domains)
            cursor.execute(
                "INSERT INTO tenants_senderdomain AS known (id, tenant_id, domain, is_accepted, first_seen_at)"
                " SELECT gen_random_uuid(), %s, domain, false, at"
                " FROM unnest(%s::text[], %s::timestamptz[]) AS new (domain, at)"
                " WHERE NOT EXISTS (SELECT FROM tenants_senderdomain AS kept WHERE kept.tenant_id = %s"
                " AND kept.domain = new.domain AND kept.first_seen_at <= new.at)"
                " ON CONFLICT (tenant_id, domain) DO UPDATE SET first_seen_at = excluded.first_seen_at"
                " WHERE known.first_seen_at IS NULL OR excluded.first_seen_at < known.first_seen_at",
                [tenant_id, domains, [names.domains[domain] for domain in domains], tenant_id],
            )


def _as_json(rows: list[dict[str, Any]]) -> str:
    """Return rows as a parameter that costs a tenth of one array for each column."""
    return msgspec.json.encode(rows).decode()
