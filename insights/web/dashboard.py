"""The mail flow dashboard of one tenant: the last 7 days in widgets, and the flyout behind a number."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from insights.charts import volume_chart
from insights.health.days import DayEvidence
from insights.marks import TLS_MARKS, auth_segments, tls_segments
from insights.queries import (
    AuthShare,
    Freshness,
    Selection,
    TlsShare,
    authentication,
    failures,
    freshness,
    kept_days,
    sender_domains,
    senders,
    sending_volume,
    shown_names,
    summary,
    tls_usage,
    today_of,
)
from insights.queries.source_days import evidence_of
from insights.web.highlights import highlights
from insights.words.evidence import gap_sentences, remarks_of
from project.periods import DayRange
from tenants.access import tenant_view
from tenants.models import Tenant
from tenants.roles import Capability

DAYS = 7
ROWS = 5
PANEL = "smtp-auth"


@require_safe
@tenant_view(Capability.VIEW)
def show(request: HttpRequest, tenant: Tenant) -> HttpResponse:
    """Show the dashboard; `?panel=smtp-auth` opens the flyout. The same number of queries for any data."""
    now = timezone.now()
    week = Selection(DayRange.last_days(DAYS, today=today_of(tenant, now=now)))
    fresh = freshness(week)
    not_whole = evidence_of(tenant, week.days, now=now)
    context = {
        "nav_active": "dashboard",
        "now": now,
        "week": week.days,
        "panel_is_open": request.GET.get("panel") == PANEL,
        "fresh": fresh,
        "sources": _health(fresh, now),
        **_widgets(week, fresh, not_whole),
        "gaps": (gaps := gap_sentences(not_whole)),
        "more_gaps": len(gaps) - 1,
        **_nothing_here(tenant, week, fresh, now),
    }
    return TemplateResponse(request, "insights/dashboard.html", context)


def _widgets(week: Selection, fresh: Freshness, not_whole: Mapping[date, DayEvidence]) -> dict[str, Any]:
    """Return the numbers of the widgets and of the flyout, which are the same."""
    numbers = summary(week)
    volume = sending_volume(week)
    tls = tls_usage(week)
    top_senders = list(senders(week)[:ROWS])
    top_failures = list(failures(week)[:ROWS])
    shown = shown_names(row["sender_address"] for row in top_senders)
    strange = [row for row in sender_domains(week) if row.messages and not row.is_accepted]
    return {
        "numbers": numbers,
        # Where the data begins only within these days, the days before are not known.
        "knows_before": fresh.first_day is not None and fresh.first_day < week.days.start,
        "daily": [day.messages for day in volume],
        "volume": volume_chart(volume, remarks_of(not_whole)),
        "tls_rows": [_tls_row(share) for share in tls],
        "tls_parts": _tls_parts(tls),
        "auth_parts": _auth_parts(authentication(week)),
        "highlights": highlights(numbers, tls) if numbers.messages.now else [],
        "senders": [{**row, "shown": shown[row["sender_address"]]} for row in top_senders],
        "failures": top_failures,
        "strange_domains": strange[:ROWS],
        "strange_domains_count": len(strange),
        "strange_messages": sum(row.messages for row in strange),
    }


def _tls_row(share: TlsShare) -> dict[str, Any]:
    """Return a row of the flyout's table; its bar's width is text, or a template would write a comma."""
    return {"share": share, "mark": TLS_MARKS[share.tls_version], "width": f"{share.percent:.1f}%"}


def _tls_parts(shares: Sequence[TlsShare]) -> Any:
    return tls_segments({share.tls_version: share.messages for share in shares})


def _auth_parts(shares: Sequence[AuthShare]) -> Any:
    counts = dict.fromkeys((share.auth_class for share in shares), 0)
    for share in shares:
        counts[share.auth_class] += share.messages
    return auth_segments(counts)


def _health(fresh: Freshness, now: datetime) -> list[dict[str, Any]]:
    """Return each source with its newest line and how fresh it is: whether to believe the rest of the page."""
    return [{"source": one, "standing": one.standing(now=now)} for one in fresh.sources]


def _nothing_here(tenant: Tenant, week: Selection, fresh: Freshness, now: datetime) -> dict[str, Any]:
    """Return which days to show instead when these have none; they may be kept no longer."""
    kept = kept_days(tenant, now=now)
    if fresh.last_day is None or fresh.last_day in week.days or fresh.last_day not in kept:
        return {"last_days": None}
    first = max(DayRange.last_days(DAYS, today=fresh.last_day).start, kept.start)
    return {"last_days": DayRange.inclusive(first, fresh.last_day)}
