"""The sources of all customers: one row each, in the same few queries for any number of customers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from insights.filters.sources import COLUMNS, DEFAULT_SORT, SORTS, SourceChoice, source_row
from insights.queries.health_overview import SourceRow, health_overview
from insights.web.source_form import FORMAT_NAMES
from insights.web.source_health import LIGHTS
from project.tables import csv_lines
from tenants.access import tenants_of
from tenants.models import Tenant
from tenants.scope import tenant_scope


@login_required
@require_safe
def show(request: HttpRequest) -> HttpResponse:
    """Show every source of every customer that the person may see."""
    tenants = list(tenants_of(request.user))
    if not tenants:
        return TemplateResponse(request, "insights/no_customers.html", {"nav_active": "overview"})
    now = timezone.now()
    rows = _rows(tenants, now=now)
    choice = _choice(request)
    context = {
        "nav_active": "overview",
        "now": now,
        "total": len(rows),
        "need_attention": sum(row.needs_attention for row in rows),
        "rows": [
            {"row": row, "light": LIGHTS[row.standing], "kind": FORMAT_NAMES.get(row.format, row.format)}
            for row in choice.apply(rows)
        ],
        "choice": choice,
        "sort": choice.sort,
        "q": choice.search,
    }
    return TemplateResponse(request, "insights/all_sources.html", context)


@login_required
@require_safe
def download(request: HttpRequest) -> HttpResponse:
    """Give the same rows in the same order as a CSV file."""
    now = timezone.now()
    chosen = _choice(request).apply(_rows(list(tenants_of(request.user)), now=now))
    return HttpResponse(
        "".join(csv_lines(COLUMNS, map(source_row, chosen))),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="sources-{now:%Y-%m-%d}.csv"'},
    )


def _rows(tenants: Sequence[Tenant], *, now: datetime) -> list[SourceRow]:
    with tenant_scope(tenant.pk for tenant in tenants):
        return health_overview(tenants, now=now)


def _choice(request: HttpRequest) -> SourceChoice:
    """Read the choice from the URL; what it says wrongly is left out."""
    sort = request.GET.get("sort", DEFAULT_SORT)
    return SourceChoice(
        search=request.GET.get("q", "").strip(),
        attention_only=request.GET.get("attention") == "yes",
        sort=sort if sort.removeprefix("-") in SORTS else DEFAULT_SORT,
    )
