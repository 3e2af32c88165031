"""Lock the customers whose events are moved or taken away, and count their days anew."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db import connection

from insights.rollups.fill import rebuild_days
from project.periods import DayRange, day_of
from tenants.models import Tenant
from tenants.scope import tenant_scope


def lock_customers(tenant_ids: Iterable[UUID]) -> list[Tenant]:
    """Have these tenants alone until the transaction ends, in the order of their ids; return them as they are then.

    The caller has the inbox alone (`lock_tenant`, `lock_inbox`), which keeps out every other one that takes several
    tenants. A statement for each, and a query.
    """
    ids = sorted(tenant_ids)
    with connection.cursor() as cursor:
        for tenant_id in ids:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [str(tenant_id)])
    return list(Tenant.objects.filter(pk__in=ids).order_by("pk"))


def rebuild_spans(
    tenants: Iterable[Tenant], spans: Iterable[tuple[UUID, datetime | None, datetime | None]]
) -> None:
    """Rebuild the days between the earliest and the latest instant of each tenant, in its own scope."""
    reach: dict[UUID, tuple[datetime, datetime]] = {}
    for tenant_id, first_at, last_at in spans:
        if first_at is not None and last_at is not None:
            known = reach.get(tenant_id, (first_at, last_at))
            reach[tenant_id] = (min(first_at, known[0]), max(last_at, known[1]))
    for tenant in tenants:
        if tenant.pk in reach:
            first_on, last_on = (day_of(at, tenant.zone) for at in reach[tenant.pk])
            # After a change of zone the first hours that are kept count for the first kept day, whatever theirs is.
            days = DayRange.inclusive(first_on, max(last_on, tenant.raw_from_on or last_on))
            with tenant_scope([tenant.pk]):
                rebuild_days(tenant, days)
