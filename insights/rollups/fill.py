"""Compare the roll-ups with their raw rows, and make days anew from them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import Max, Min

from insights.models import LoginFailure, Submission, SubmissionDay
from insights.models.rollup import LoginFailureDay
from insights.rollups.sql import columns, differences, rebuild
from insights.rollups.stats import ROLLUPS, RollUp
from project.periods import DayRange, day_of, midnight
from tenants.models import Tenant
from tenants.scope import current_tenant_id

DIFFERENCES_NAMED = 100


@dataclass(frozen=True, slots=True)
class Difference:
    """A roll-up row that stands on one side only: `raw` counted it so, or `rollup` kept it so."""

    table: str
    side: str
    values: dict[str, Any]

    def as_json(self) -> dict[str, Any]:
        """Return the difference with JSON types only."""
        return {
            "table": self.table,
            "side": self.side,
            **{
                name: value if isinstance(value, int | bool) else str(value)
                for name, value in self.values.items()
            },
        }


def counted_days(tenant: Tenant) -> DayRange | None:
    """Return the days that have raw rows or roll-ups and whose raw rows are all kept; None without any.

    Must run in the tenant's scope. Four queries.
    """
    days = [
        day
        for model in (SubmissionDay, LoginFailureDay)
        for day in model.objects.aggregate(first=Min("day"), last=Max("day")).values()
    ] + [
        day_of(at, tenant.zone)
        for model in (Submission, LoginFailure)
        for at in model.objects.aggregate(first=Min("occurred_at"), last=Max("occurred_at")).values()
        if at is not None
    ]
    known = [day for day in days if day is not None]
    if tenant.raw_from_on is not None:
        known = [day for day in known if day >= tenant.raw_from_on]
    return DayRange.inclusive(min(known), max(known)) if known else None


def compare(tenant: Tenant, days: DayRange) -> list[Difference]:
    """Return how the roll-ups of `days` differ from their raw rows, at most a hundred rows a roll-up.

    Days before the first wholly kept day are left out. Must run in the tenant's scope. One query a roll-up.
    """
    found: list[Difference] = []
    parameters = _parameters(tenant, days)
    with connection.cursor() as cursor:
        for rollup in ROLLUPS:
            cursor.execute(differences(rollup, limit=DIFFERENCES_NAMED), parameters)
            names = ("side", *columns(rollup))
            for row in cursor.fetchall():
                values = dict(zip(names, row, strict=True))
                found.append(Difference(rollup.table, values.pop("side"), values))
    return found


def rebuild_days(tenant: Tenant, days: DayRange, rollups: Sequence[RollUp] = ROLLUPS) -> None:
    """Make the roll-ups of `days` anew from raw rows; days before the first wholly kept day stay as they are.

    The caller holds the locks of the tenant's sources. Must run in the tenant's scope. Two statements a roll-up.
    """
    parameters = _parameters(tenant, days)
    with connection.cursor() as cursor:
        for rollup in rollups:
            for statement in rebuild(rollup):
                cursor.execute(statement, parameters)


def _parameters(tenant: Tenant, days: DayRange) -> dict[str, Any]:
    start, start_at = days.start, midnight(days.start, tenant.zone)
    if tenant.raw_from_on is not None and tenant.raw_from_at is not None and start <= tenant.raw_from_on:
        # The first kept day begins where the kept rows begin, even if that is not this zone's midnight.
        start, start_at = tenant.raw_from_on, tenant.raw_from_at
    return {
        "tenant": current_tenant_id(),
        "zone": tenant.time_zone,
        "raw_from_on": tenant.raw_from_on,
        "start": start,
        "end": days.end,
        "start_at": start_at,
        "end_at": midnight(days.end, tenant.zone),
    }


def closed_days(tenant: Tenant, *, now: datetime) -> DayRange | None:
    """Return the counted days that are over in the tenant's zone, or None. Four queries."""
    counted = counted_days(tenant)
    today = day_of(now, tenant.zone)
    if counted is None or counted.start >= today:
        return None
    return DayRange(counted.start, min(counted.end, today))
