"""Downloads of the tables: CSV as a stream, XLSX as a file, with the filters and the order of the page."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from typing import Any

from django.http import (
    FileResponse,
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    StreamingHttpResponse,
)
from django.utils import timezone
from django.views.decorators.http import require_safe

from insights.filters import ViewState, read_state
from reports.tables import KINDS, Kind, csv_lines, write_xlsx
from tenants.access import tenant_view
from tenants.models import Tenant
from tenants.roles import Capability
from tenants.scope import tenant_scope

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@require_safe
@tenant_view(Capability.VIEW)
def download(request: HttpRequest, tenant: Tenant, *, kind: str, suffix: str) -> HttpResponseBase:
    """Send a table; 400 with the reasons in words where the query string asks for what cannot be had."""
    declared, write = KINDS.get(kind), _WRITERS.get(suffix)
    if declared is None or write is None:
        raise Http404("No such table.")
    query = request.GET.dict()
    if not declared.orderings:
        # A page's link may carry the order and the search of a table into a chart's numbers, which have neither.
        query.pop("sort", None)
        query.pop("q", None)
    state = read_state(
        query,
        tenant=tenant,
        now=timezone.now(),
        sorts=declared.orderings,
        default_sort=declared.default_order,
    )
    if state.refused:
        text = "\n".join(problem.message for problem in state.problems)
        return HttpResponse(f"{text}\n", status=400, content_type="text/plain; charset=utf-8")
    response = write(declared, state, tenant)
    name = f"{tenant.slug}-{kind}-{state.days.start}-{state.days.last}.{suffix}"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _csv(kind: Kind, state: ViewState, tenant: Tenant) -> HttpResponseBase:
    def lines() -> Iterator[str]:
        with tenant_scope([tenant.pk]):  # the view's own scope has ended when the answer is streamed
            yield from csv_lines(kind, kind.rows(state.selection(), state.sort))

    return StreamingHttpResponse(lines(), content_type="text/csv; charset=utf-8")


def _xlsx(kind: Kind, state: ViewState, tenant: Tenant) -> HttpResponseBase:
    file: Any = tempfile.TemporaryFile()  # noqa: SIM115 - the response closes it
    about = {"title": f"{tenant.name}: {kind.name}", "comments": f"{state.days.start} – {state.days.last}"}
    write_xlsx(file, kind, kind.rows(state.selection(), state.sort), about=about)
    file.seek(0)
    return FileResponse(file, content_type=XLSX)


_WRITERS: dict[str, Callable[[Kind, ViewState, Tenant], HttpResponseBase]] = {"csv": _csv, "xlsx": _xlsx}
