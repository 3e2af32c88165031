"""Note the sources that fall silent and those that send again, and tell it once at the beginning and once at the end.

When a pause is silence is decided by `insights.health.pauses`, the one rule that pages and the API go by as well.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db.models import F

from insights.health.pauses import FED_FOR, GRACE, has_returned, pause_began, usual_pause
from insights.models import LoginFailureDay, Source, SubmissionDay
from project.periods import ONE_DAY, day_of
from tenants.models import EventType, Tenant
from tenants.webhooks import announce
from tenants.webhooks.announce import page_url


def quiet_from(source: Source) -> datetime | None:
    """Return when the pause of a source began, None where nothing was received yet."""
    return pause_began(source.last_received_at, source.last_line_at)


def watch_sources(tenant: Tenant, *, now: datetime) -> tuple[list[Source], list[Source]]:
    """Note which sources fell silent and which send again, and announce it; return both.

    Must run in the tenant's scope. One query, and four for each source that pauses for more than a day.
    """
    silent, resumed = [], []
    fed = Source.objects.filter(last_received_at__gte=F("created_at") + FED_FOR)
    for source in fed:
        began = quiet_from(source)
        if began is None:
            continue
        if source.silent_since is None:
            if _note_silence(source, tenant, began, now):
                silent.append(source)
        elif has_returned(source.silent_since, began, now):
            _note_return(source, tenant, began, now)
            resumed.append(source)
    return silent, resumed


def _note_silence(source: Source, tenant: Tenant, began: datetime, now: datetime) -> bool:
    if now - began <= ONE_DAY + GRACE or source.last_line_at is None:
        return False
    pause = usual_pause(_days_with_data(source), last=day_of(source.last_line_at, tenant.zone))
    if pause is None or now - began <= pause:
        return False
    # Only as it was looked at: something may have come in meanwhile, and another worker may be here too.
    unchanged = Source.objects.filter(
        pk=source.pk,
        silent_since=None,
        last_received_at=source.last_received_at,
        last_line_at=source.last_line_at,
    )
    if not unchanged.update(silent_since=began):
        return False
    data = {"silent_since": began, "usual_pause_hours": round(pause.total_seconds() / 3600)}
    announce(tenant, EventType.SOURCE_SILENT, lambda: _told(source, tenant, data), now=now)
    return True


def _note_return(source: Source, tenant: Tenant, began: datetime, now: datetime) -> None:
    if Source.objects.filter(pk=source.pk, silent_since=source.silent_since).update(silent_since=None):
        data = {"silent_since": source.silent_since}
        announce(tenant, EventType.SOURCE_RESUMED, lambda: _told(source, tenant, data), now=now)


def _told(source: Source, tenant: Tenant, data: dict[str, Any]) -> dict[str, Any]:
    return {
        "source": source.name,
        "source_id": source.pk,
        **data,
        "last_received_at": source.last_received_at,
        "last_line_at": source.last_line_at,
        "url": page_url("insights:sources", slug=tenant.slug),
    }


def _days_with_data(source: Source) -> set[date]:
    return {
        day
        for model in (SubmissionDay, LoginFailureDay)
        for day in model.objects.filter(source_id=source.pk)
        .values_list("day", flat=True)
        .order_by()
        .distinct()
    }
