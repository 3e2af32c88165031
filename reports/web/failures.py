"""The Failed logins page: who was refused, from where and why."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from insights.charts import failure_chart
from insights.filters import read_state
from insights.queries import failures, failures_by_day
from insights.queries.failures import FAILURE_ORDERINGS
from insights.queries.source_days import evidence_of
from insights.words.evidence import gap_sentences, remarks_of
from reports.web.columns import FAILURES
from reports.web.emptiness import no_failures
from reports.web.frame import frame, leave_out_refused, page_of
from reports.web.grid import footer, grid_rows
from tenants.access import tenant_view
from tenants.models import Tenant
from tenants.roles import Capability


@require_safe
@tenant_view(Capability.VIEW)
def show(request: HttpRequest, tenant: Tenant) -> HttpResponse:
    """Show the failed logins in the state that the query string asks for, user names as they were given."""
    now = timezone.now()
    state = read_state(request.GET, tenant=tenant, now=now, sorts=FAILURE_ORDERINGS, default_sort="-failures")
    leave_out_refused(request, state)
    selection = state.selection()
    page, problems = page_of(failures(selection, ordering=(state.sort,)), state)
    by_day = failures_by_day(selection)
    total = sum(by_day.values())
    not_whole = evidence_of(tenant, state.days, now=now, source_id=selection.source_id)
    context = {
        **frame(tenant, state, nav="failures", problems=problems),
        "gaps": gap_sentences(not_whole),
        "export_kind": "failures",
        "columns": FAILURES,
        "page": page,
        "rows": grid_rows(FAILURES, page, shown={}),
        "totals": footer(FAILURES, {"failures": total}),
        "failures": total,
        "chart": failure_chart(by_day, remarks_of(not_whole)),
    }
    if not total:
        context["empty"] = no_failures(state)
    return TemplateResponse(request, "reports/failures.html", context)
