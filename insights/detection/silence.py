"""Sources that send nothing for longer than they usually pause, told once at the beginning and once at the end.

A source is watched when it was fed over two days at least (one upload is no habit) and had mail or failed logins on
three of the seven days up to its last line. It may pause as long as it did between days with data in the four weeks
before, so that an office is not called silent on Sunday, and two hours more; pauses over four days are outages and no
habit. Its pause begins when something was received last, or a day after the newest line where only old lines come.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Any

from django.db.models import F

from insights.models import LoginFailureDay, Source, SubmissionDay
from project.periods import ONE_DAY, day_of
from tenants.models import EventType, Tenant
from tenants.webhooks import announce
from tenants.webhooks.announce import page_url

GRACE = timedelta(hours=2)
HABIT = timedelta(days=28)
LONGEST_PAUSE = timedelta(days=4)
BUSY_DAYS, OF_DAYS = 3, 7
FED_FOR = timedelta(days=2)


def usual_pause(days: Collection[date], *, last: date) -> timedelta | None:
    """Return how long a source with data on `days` may pause after the day `last`; None where it has no habit.

    Pure. The answer is a day and two hours at least.
    """
    seen = sorted({day for day in days if last - HABIT < day <= last})
    if sum(1 for day in seen if day > last - timedelta(days=OF_DAYS)) < BUSY_DAYS:
        return None
    pauses = [later - earlier for earlier, later in pairwise(seen)]
    return max((pause for pause in pauses if pause <= LONGEST_PAUSE), default=ONE_DAY) + GRACE


def quiet_from(source: Source) -> datetime | None:
    """Return when the pause of a source began, None where nothing was received yet."""
    if source.last_received_at is None or source.last_line_at is None:
        return source.last_received_at
    return min(source.last_received_at, source.last_line_at + ONE_DAY)


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
        elif began > source.silent_since and now - began <= ONE_DAY + GRACE:
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
