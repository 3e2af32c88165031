"""Events of one kind on their way from the tenants that have them to others, in a temporary table."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection

from insights.ingest.rows import FAILURE_COLUMNS, SUBMISSION_COLUMNS
from insights.ingest.shared.incoming import as_json
from insights.rollups.sql import DAY_OF_EACH, add
from insights.rollups.stats import LOGIN_FAILURES, RollUp


@dataclass(frozen=True, slots=True)
class Chosen:
    """A relation `chosen` (giver, receiver, earliest, …), and which rows of `raw` it takes."""

    relation: str
    fits: str
    parameters: Mapping[str, Any]


class Taken(NamedTuple):
    """How many events leave a share of the giver for a receiver, and when they occurred."""

    giver: UUID
    share: UUID
    receiver: UUID
    events: int
    first_at: datetime
    last_at: datetime


@dataclass(frozen=True, slots=True)
class Goal:
    """Where what leaves `from_share` for a tenant goes, and how its days are counted."""

    from_share: UUID
    tenant_id: UUID
    source_id: UUID
    log_import_id: UUID
    zone: str
    raw_from_on: str | None


_GOALS = """
json_to_recordset(%(goals)s) AS goal
    (from_share uuid, tenant_id uuid, source_id uuid, log_import_id uuid, zone text, raw_from_on date)
"""


class Moving:
    """The events of one kind (`rollup`) that are moved in this transaction."""

    def __init__(self, rollup: RollUp) -> None:
        self.rollup = rollup
        self.table = f"moving_{rollup.raw_table}"
        columns = FAILURE_COLUMNS if rollup is LOGIN_FAILURES else SUBMISSION_COLUMNS
        self._columns = columns
        self._names = ", ".join(name for name, _ in columns)
        self.sender = "''" if rollup is LOGIN_FAILURES else "raw.sender_address"

    def take(self, chosen: Chosen) -> list[Taken]:
        """Take the rows that fit out of their tenants; return what left each share. Four statements."""
        definition = ", ".join(f"{name} {kind}" for name, kind in self._columns)
        with connection.cursor() as cursor:
            cursor.execute(
                f"CREATE TEMPORARY TABLE IF NOT EXISTS {self.table} ({definition},"
                " giver uuid, from_share uuid, tenant_id uuid) ON COMMIT DELETE ROWS"
            )
            cursor.execute(f"TRUNCATE {self.table}")
            taken = ", ".join(f"raw.{name}" for name, _ in self._columns)
            cursor.execute(
                f"WITH gone AS (DELETE FROM {self.rollup.raw_table} AS raw USING {chosen.relation}"
                f" WHERE raw.tenant_id = chosen.giver AND raw.occurred_at >= chosen.earliest"
                f" AND {chosen.fits.format(sender=self.sender)}"
                f" RETURNING {taken}, raw.tenant_id AS giver, raw.log_import_id AS from_share, chosen.receiver)"
                f" INSERT INTO {self.table} ({self._names}, giver, from_share, tenant_id) SELECT * FROM gone",
                chosen.parameters,
            )
            cursor.execute(
                "SELECT giver, from_share, tenant_id, count(*), min(occurred_at), max(occurred_at)"
                f" FROM {self.table} GROUP BY 1, 2, 3"
            )
            return [Taken(*row) for row in cursor.fetchall()]

    def left(self, chosen: Chosen) -> int:
        """Return how many rows fit but are older than their receiver keeps. One query."""
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT count(*) FROM {self.rollup.raw_table} AS raw JOIN {chosen.relation}"
                " ON raw.tenant_id = chosen.giver AND raw.occurred_at < chosen.earliest"
                f" AND {chosen.fits.format(sender=self.sender)}",
                chosen.parameters,
            )
            return int(cursor.fetchone()[0])

    def put(self, goals: Iterable[Goal]) -> None:
        """Store what was taken where it goes and add it to the roll-ups there. Two statements."""
        parameters = {"goals": as_json(map(asdict, goals))}
        placed = (
            f"(SELECT goal.tenant_id, goal.source_id, goal.log_import_id, goal.zone, goal.raw_from_on, {self._names}"
            f" FROM {self.table} AS moved JOIN {_GOALS} ON goal.from_share = moved.from_share"
            " AND goal.tenant_id = moved.tenant_id) AS placed"
        )
        with connection.cursor() as cursor:
            cursor.execute(
                f"INSERT INTO {self.rollup.raw_table} (tenant_id, source_id, log_import_id, {self._names})"
                f" SELECT tenant_id, source_id, log_import_id, {self._names} FROM {placed}",
                parameters,
            )
            cursor.execute(add(self.rollup, placed, day=DAY_OF_EACH), parameters)
