"""The events of one kind on their way from a shared server to their tenants, in a temporary table."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from django.db import connection

from insights.ingest.rows import FAILURE_COLUMNS, SUBMISSION_COLUMNS, Rows
from insights.ingest.shared.routing import Key, Router
from insights.rollups.sql import DAY_OF_EACH, add
from insights.rollups.stats import LOGIN_FAILURES, RollUp

PLACES = """
json_to_recordset(%(places)s) AS place
    (tenant_id uuid, source_id uuid, log_import_id uuid, zone text, raw_from_on date, earliest timestamptz)
"""
"""Where the events of each tenant go, as a relation; the parameter is what `places_as_json` gives."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a tenant's events go, how its days are counted, and the first instant that it keeps."""

    tenant_id: UUID
    source_id: UUID
    log_import_id: UUID
    zone: str
    raw_from_on: str | None
    earliest: datetime


def as_json(rows: Iterable[Any]) -> str:
    """Return rows as the one parameter of a `json_to_recordset`."""
    return msgspec.json.encode(list(rows)).decode()


class Incoming:
    """The events of one kind (`rollup`) of a portion or batch."""

    def __init__(self, rollup: RollUp, rows: Rows) -> None:
        self.rollup, self.rows = rollup, rows
        self.table = f"shared_{rollup.raw_table}"
        self.known_at: Counter[UUID] = Counter()
        self.known_of: Counter[UUID] = Counter()
        columns = FAILURE_COLUMNS if rollup is LOGIN_FAILURES else SUBMISSION_COLUMNS
        self._names = ", ".join(name for name, _ in columns)
        self._definition = ", ".join(f"{name} {kind}" for name, kind in columns)
        self._sender = "''" if rollup is LOGIN_FAILURES else "sender_address"

    def copy(self) -> None:
        """Bring the rows to the database. Three statements."""
        with connection.cursor() as cursor:
            cursor.execute(
                f"CREATE TEMPORARY TABLE IF NOT EXISTS {self.table} ({self._definition}, tenant_id uuid)"
                " ON COMMIT DELETE ROWS"
            )
            cursor.execute(f"TRUNCATE {self.table}")
            with cursor.copy(f"COPY {self.table} ({self._names}) FROM STDIN") as copy:
                copy.write(self.rows.lines)

    def forget_known(self, tenants: Iterable[UUID]) -> None:
        """Take out what one of the tenants has already; count it by tenant and by share. Up to two statements."""
        parameters = {
            "tenants": list(tenants), "first_at": self.rows.first_at, "last_at": self.rows.last_at
        }  # fmt: skip
        span = (
            "known.tenant_id = ANY (%(tenants)s) AND known.occurred_at BETWEEN %(first_at)s AND %(last_at)s"
        )
        raw = self.rollup.raw_table
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT EXISTS (SELECT FROM {raw} AS known WHERE {span})", parameters)
            if not cursor.fetchone()[0]:
                return
            cursor.execute(
                f"WITH gone AS (DELETE FROM {self.table} AS came USING {raw} AS known"
                f" WHERE {span} AND known.occurred_at = came.occurred_at AND known.id = came.id"
                " RETURNING known.tenant_id, known.log_import_id)"
                " SELECT tenant_id, log_import_id, count(*) FROM gone GROUP BY 1, 2",
                parameters,
            )
            for tenant_id, share_id, events in cursor.fetchall():
                self.known_at[tenant_id] += events
                self.known_of[share_id] += events

    def route(self, router: Router, *, inbox: UUID) -> set[UUID]:
        """Say of each row whose it is; return whose there are. Two statements."""
        client = "coalesce(host(client_ip), '')"
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT DISTINCT account, {self._sender}, {client} FROM {self.table}")
            routes = [
                {
                    "account": account,
                    "sender": sender,
                    "client": address,
                    "tenant_id": router.decide(Key(account, sender, address or None)).customer or inbox,
                }
                for account, sender, address in cursor.fetchall()
            ]
            if routes:
                cursor.execute(
                    f"UPDATE {self.table} SET tenant_id = route.tenant_id FROM json_to_recordset(%s)"
                    " AS route (account text, sender text, client text, tenant_id uuid)"
                    f" WHERE route.account = {self.table}.account AND route.sender = {self._sender}"
                    f" AND route.client = {client}",
                    [as_json(routes)],
                )
        return {UUID(str(route["tenant_id"])) for route in routes}

    def refuse_old(self, earliest: Mapping[UUID, datetime]) -> int:
        """Take out what is older than its tenant keeps; return how many. Up to one statement."""
        if self.rows.first_at is None or all(self.rows.first_at >= at for at in earliest.values()):
            return 0
        rows = [{"tenant_id": tenant_id, "earliest": at} for tenant_id, at in earliest.items()]
        with connection.cursor() as cursor:
            cursor.execute(
                f"DELETE FROM {self.table} AS came USING json_to_recordset(%s)"
                " AS place (tenant_id uuid, earliest timestamptz)"
                " WHERE place.tenant_id = came.tenant_id AND came.occurred_at < place.earliest",
                [as_json(rows)],
            )
            return int(cursor.rowcount)

    def insert(self, places: Iterable[Place]) -> list[tuple[UUID, int, datetime, datetime]]:
        """Store the rows and add them to the roll-ups; return tenant, count and span of each. Three statements."""
        parameters = {"places": as_json(places)}
        with connection.cursor() as cursor:
            cursor.execute(
                f"INSERT INTO {self.rollup.raw_table} (tenant_id, source_id, log_import_id, {self._names})"
                f" SELECT place.tenant_id, place.source_id, place.log_import_id, {self._names}"
                f" FROM {self.table} JOIN {PLACES} USING (tenant_id)",
                parameters,
            )
            placed = f"(SELECT * FROM {self.table} JOIN {PLACES} USING (tenant_id))"
            cursor.execute(add(self.rollup, f"{placed} AS placed", day=DAY_OF_EACH), parameters)
            cursor.execute(
                "SELECT tenant_id, count(*), min(occurred_at), max(occurred_at)"
                f" FROM {self.table} GROUP BY tenant_id"
            )
            counted: list[tuple[UUID, int, datetime, datetime]] = cursor.fetchall()
        return counted
