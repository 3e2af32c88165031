"""The nightly check: closed days are counted again from raw rows, compared, repaired, and any difference kept."""

from __future__ import annotations

from datetime import date, datetime

import structlog
from django.db.models import Max

from insights.models import LogImport, RollupCheck
from insights.rollups.fill import closed_days, compare, rebuild_days
from insights.rollups.locks import lock_tenant
from project.periods import DayRange
from tenants.models import Tenant

log = structlog.get_logger(__name__)


def check_closed_days(tenant: Tenant, *, now: datetime) -> int:
    """Check every closed day that changed since it was last checked; repair what differs.

    Returns the number of days that differed; what differed is kept in `RollupCheck` and logged as a warning. Must run
    in the tenant's scope. A day is due when it was never checked or an import that may have touched it changed later.
    """
    closed = closed_days(tenant, now=now)
    if closed is None:
        return 0
    differing = 0
    for day in _due(closed):
        days = DayRange.inclusive(day, day)
        found = compare(tenant, days)
        if found:
            lock_tenant(tenant)
            # Once more under the locks: an import may have committed between the two roll-ups' comparisons.
            found = compare(tenant, days)
        if found:
            rebuild_days(tenant, days)
            differing += 1
            log.warning("rollup.repaired", tenant=tenant.slug, day=day.isoformat(), differences=len(found))
        RollupCheck.objects.update_or_create(
            tenant=tenant,
            day=day,
            defaults={"checked_at": now, "differences": [difference.as_json() for difference in found]},
        )
    return differing


def _due(closed: DayRange) -> list[date]:
    checked = dict(
        RollupCheck.objects.filter(day__gte=closed.start, day__lt=closed.end).values_list("day", "checked_at")
    )
    changed_at = LogImport.objects.aggregate(newest=Max("heartbeat_at"))["newest"]
    return [
        day for day in closed if day not in checked or (changed_at is not None and checked[day] <= changed_at)
    ]
