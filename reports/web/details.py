"""The details table of the report: one row a sender address, and the flyout of the row that is open."""

from __future__ import annotations

from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_safe

from insights.filters import View, ViewState, read_state
from insights.queries import sender_totals, senders, shown_names
from insights.queries.senders import SENDER_ORDERINGS
from reports.web.columns import DETAILS
from reports.web.emptiness import no_submissions
from reports.web.evidence import evidence_of_page
from reports.web.frame import domain_choices, frame, leave_out_refused, page_of
from reports.web.grid import footer, grid_rows
from reports.web.sender_panel import PANEL, sender_panel
from tenants.access import tenant_view
from tenants.models import Tenant
from tenants.roles import Capability

DEFAULT_SORT = "-messages"


@require_safe
@tenant_view(Capability.VIEW)
def show(request: HttpRequest, tenant: Tenant) -> HttpResponse:
    """Show the table; `row=ADDRESS` opens that sender. A script that wants the flyout alone gets only it."""
    now = timezone.now()
    state = read_state(request.GET, tenant=tenant, now=now, sorts=SENDER_ORDERINGS, default_sort=DEFAULT_SORT)
    leave_out_refused(request, state)
    if request.headers.get("X-Flyout") == PANEL and state.row:
        context = {"state": state, **sender_panel(state)}
        response = TemplateResponse(request, "reports/sender_alone.html", context)
    else:
        response = _page(request, tenant, state, now=now)
    patch_vary_headers(response, ["X-Flyout"])
    return response


def _page(request: HttpRequest, tenant: Tenant, state: ViewState, *, now: datetime) -> TemplateResponse:
    selection, columns = state.selection(), DETAILS[state.view]
    page, problems = page_of(senders(selection, ordering=(state.sort,)), state)
    rows = list(page)
    totals = sender_totals(selection)
    told, _remarks = evidence_of_page(tenant, state, now=now)
    context = {
        **frame(tenant, state, nav="reports", problems=problems),
        **told,
        "domains": domain_choices(state),
        "export_kind": "senders",
        "columns": columns,
        "page": page,
        "rows": grid_rows(
            columns, rows, shown=shown_names(row["sender_address"] for row in rows), key="sender_address"
        ),
        "totals": footer(columns, totals),  # type: ignore[arg-type]  # its values are numbers
        "opens": PANEL,
        "message_count": totals["messages"],
        "tls_unknown": totals["tls_unknown"] if state.view == View.TLS else 0,
    }
    if not rows:
        context["empty"] = no_submissions(state)
    if state.row:
        context |= sender_panel(state)
    return TemplateResponse(request, "reports/details.html", context)
