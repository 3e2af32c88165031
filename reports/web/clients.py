"""The Clients page: every account × client address × TLS version × mechanism, to be found and fixed."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from insights.filters import read_state
from insights.queries import client_totals, clients, shown_names
from insights.queries.clients import CLIENT_ORDERINGS
from insights.queries.source_days import evidence_of
from insights.words.evidence import gap_sentences
from reports.web.columns import CLIENTS
from reports.web.emptiness import no_submissions
from reports.web.frame import domain_choices, frame, leave_out_refused, page_of
from reports.web.grid import footer, grid_rows
from tenants.access import tenant_view
from tenants.models import Tenant
from tenants.roles import Capability


@require_safe
@tenant_view(Capability.VIEW)
def show(request: HttpRequest, tenant: Tenant) -> HttpResponse:
    """Show the clients in the state that the query string asks for."""
    now = timezone.now()
    state = read_state(request.GET, tenant=tenant, now=now, sorts=CLIENT_ORDERINGS, default_sort="-messages")
    leave_out_refused(request, state)
    selection = state.selection()
    page, problems = page_of(clients(selection, ordering=(state.sort,)), state)
    rows = list(page)
    totals = client_totals(selection)
    not_whole = evidence_of(tenant, state.days, now=now, source_id=selection.source_id)
    context = {
        **frame(tenant, state, nav="clients", problems=problems),
        "gaps": gap_sentences(not_whole),
        "domains": domain_choices(state),
        "export_kind": "clients",
        "columns": CLIENTS,
        "page": page,
        "rows": grid_rows(CLIENTS, rows, shown=shown_names(row["account"] for row in rows)),
        "totals": footer(CLIENTS, totals),  # type: ignore[arg-type]  # its values are numbers
    }
    if not rows:
        context["empty"] = no_submissions(state)
    return TemplateResponse(request, "reports/clients.html", context)
