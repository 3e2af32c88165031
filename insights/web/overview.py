"""All customers: one row a tenant that the person may see, in the same few queries for any number of them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import cast

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from insights.filters.customers import COLUMNS, DEFAULT_SORT, SORTS, CustomerChoice, customer_row
from insights.queries import OverviewRow, overview, overview_totals
from insights.web.shared.place import inbox_places
from project.tables import csv_lines
from tenants.access import tenants_of
from tenants.models import Tenant, User
from tenants.scope import tenant_scope


@login_required
@require_safe
def show(request: HttpRequest) -> HttpResponse:
    """Show every customer, or lead somebody who has just one, and no inbox, to its dashboard."""
    tenants = list(tenants_of(request.user))
    places = inbox_places(cast("User", request.user)) if tenants else []
    if len(tenants) == 1 and not places:
        return redirect("insights:dashboard", slug=tenants[0].slug)
    if not tenants:
        return TemplateResponse(request, "insights/no_customers.html", {"nav_active": "overview"})
    now = timezone.now()
    rows = _rows(tenants, now=now)
    choice = _choice(request)
    chosen = choice.apply(rows)
    context = {
        "nav_active": "overview",
        "inbox_places": places,
        "now": now,
        "totals": overview_totals(rows),
        "rows": chosen,
        "shown_totals": overview_totals(chosen),
        "choice": choice,
        "sort": choice.sort,
        "q": choice.search,
    }
    return TemplateResponse(request, "insights/overview.html", context)


@login_required
@require_safe
def download(request: HttpRequest) -> HttpResponse:
    """Give the same rows in the same order as a CSV file."""
    now = timezone.now()
    chosen = _choice(request).apply(_rows(list(tenants_of(request.user)), now=now))
    return HttpResponse(
        "".join(csv_lines(COLUMNS, map(customer_row, chosen))),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="customers-{now:%Y-%m-%d}.csv"'},
    )


def _rows(tenants: Sequence[Tenant], *, now: datetime) -> list[OverviewRow]:
    with tenant_scope(tenant.pk for tenant in tenants):
        return overview(tenants, now=now)


def _choice(request: HttpRequest) -> CustomerChoice:
    """Read the choice from the URL; what it says wrongly is left out."""
    sort = request.GET.get("sort", DEFAULT_SORT)
    return CustomerChoice(
        search=request.GET.get("q", "").strip(),
        attention_only=request.GET.get("attention") == "yes",
        sort=sort if sort.removeprefix("-") in SORTS else DEFAULT_SORT,
    )
