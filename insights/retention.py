"""Retention: single events older than a tenant keeps are deleted every night; roll-ups stay longer."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import connection

from insights.ingest.feeds.answers import forget_answers
from insights.models import LogImport, LoginFailureDay, NameShown, SkippedLine, SubmissionDay
from insights.partitions import drop_partitions, make_partitions
from insights.queries import kept_days
from insights.rollups.locks import lock_tenant
from project.periods import midnight
from tenants.models import Tenant

ROLLUP_DAYS = 800
"""Roll-ups are kept for two years and a month at least, so that a month can be compared with the same one before."""
AHEAD = timedelta(days=21)


def apply_retention(tenant: Tenant, *, now: datetime) -> int:
    """Delete the events before the tenant's kept days and roll-ups past `ROLLUP_DAYS`; return the events deleted.

    What was answered to senders of the API is forgotten after a day.

    Remembers the first instant from which every raw row is kept: comparing, rebuilding and importing stop there. Must
    run in the tenant's scope; waits for running imports.
    """
    lock_tenant(tenant)
    kept = kept_days(tenant, now=now)
    horizon_at = midnight(kept.start, tenant.zone)
    deleted = _delete_before(tenant, horizon_at)
    counted_before = any(
        model.objects.filter(day__lt=kept.start).exists() for model in (SubmissionDay, LoginFailureDay)
    )
    if counted_before and (tenant.raw_from_on is None or tenant.raw_from_on < kept.start):
        tenant.raw_from_on, tenant.raw_from_at = kept.start, horizon_at
        tenant.save(update_fields=["raw_from_on", "raw_from_at"])
    oldest_rollup = kept.end - timedelta(days=max(ROLLUP_DAYS, tenant.retention_days))
    for model in (SubmissionDay, LoginFailureDay):
        model.objects.filter(day__lt=oldest_rollup).delete()
    SkippedLine.objects.filter(log_import__in=LogImport.objects.filter(created_at__lt=horizon_at)).delete()
    _forget_unused_names()
    forget_answers(now=now)
    return deleted


def _delete_before(tenant: Tenant, horizon_at: datetime) -> int:
    deleted = 0
    with connection.cursor() as cursor:
        for table in ("insights_submission", "insights_loginfailure"):
            cursor.execute(
                f"DELETE FROM {table} WHERE tenant_id = %s AND occurred_at < %s", [tenant.pk, horizon_at]
            )
            deleted += cursor.rowcount
    return deleted


def _forget_unused_names() -> None:
    used = SubmissionDay.objects.order_by()
    NameShown.objects.exclude(name__in=used.values("account")).exclude(
        name__in=used.values("sender_address")
    ).delete()


def keep_partitions(*, now: datetime) -> tuple[int, list[str]]:
    """Make the partitions of the coming weeks and drop those past the longest retention.

    Returns how many were made and the names of those dropped.
    """
    return make_partitions(now, now + AHEAD), drop_partitions(now=now)
