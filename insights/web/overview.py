"""All customers: one row a tenant that the person may see, in the same few queries for any number of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from insights.queries import OverviewRow, overview, overview_totals
from insights.web.customers_csv import customers_csv
from tenants.access import tenants_of
from tenants.models import Tenant
from tenants.scope import tenant_scope

DEFAULT_SORT = "name"
_NEVER = datetime.min.replace(tzinfo=UTC)
SORTS: dict[str, Callable[[OverviewRow], Any]] = {
    "name": lambda row: row.tenant.name.casefold(),
    "attention": lambda row: (len(row.attention), row.accounts_on_old_tls),
    "accounts": lambda row: row.accounts,
    "messages": lambda row: row.messages,
    "delta": lambda row: row.delta,
    "legacy": lambda row: (row.legacy_percent, row.legacy),
    "none": lambda row: (row.without_tls_percent, row.without_tls),
    "basic": lambda row: (row.basic_percent, row.basic),
    "failures": lambda row: row.failures,
    "last": lambda row: row.last_line_at or _NEVER,
}
"""By what the table can be sorted, ascending, or descending with a leading `-`."""


@dataclass(frozen=True, slots=True)
class CustomerChoice:
    """Which customers are shown and in which order, as the URL says; what it says wrongly is left out."""

    search: str
    attention_only: bool
    sort: str

    @classmethod
    def of(cls, request: HttpRequest) -> CustomerChoice:
        """Read the choice from the URL."""
        sort = request.GET.get("sort", DEFAULT_SORT)
        return cls(
            search=request.GET.get("q", "").strip(),
            attention_only=request.GET.get("attention") == "yes",
            sort=sort if sort.removeprefix("-") in SORTS else DEFAULT_SORT,
        )

    @property
    def is_narrowed(self) -> bool:
        """Whether some customers may be left out."""
        return bool(self.search) or self.attention_only

    def apply(self, rows: Sequence[OverviewRow]) -> list[OverviewRow]:
        """Return the chosen rows in the chosen order; equal ones by name."""
        wanted = self.search.casefold()
        chosen = [
            row
            for row in rows
            if (not self.attention_only or row.needs_attention)
            and (wanted in row.tenant.name.casefold() or wanted in row.tenant.slug)
        ]
        chosen.sort(key=SORTS["name"])
        chosen.sort(key=SORTS[self.sort.removeprefix("-")], reverse=self.sort.startswith("-"))
        return chosen


@login_required
@require_safe
def show(request: HttpRequest) -> HttpResponse:
    """Show every customer, or lead somebody who has just one to its dashboard."""
    tenants = list(tenants_of(request.user))
    if len(tenants) == 1:
        return redirect("insights:dashboard", slug=tenants[0].slug)
    if not tenants:
        return TemplateResponse(request, "insights/no_customers.html", {"nav_active": "overview"})
    now = timezone.now()
    rows = _rows(tenants, now=now)
    choice = CustomerChoice.of(request)
    chosen = choice.apply(rows)
    context = {
        "nav_active": "overview",
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
    chosen = CustomerChoice.of(request).apply(_rows(list(tenants_of(request.user)), now=now))
    return HttpResponse(
        customers_csv(chosen),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="customers-{now:%Y-%m-%d}.csv"'},
    )


def _rows(tenants: Sequence[Tenant], *, now: datetime) -> list[OverviewRow]:
    with tenant_scope(tenant.pk for tenant in tenants):
        return overview(tenants, now=now)
