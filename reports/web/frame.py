"""What the report's pages share: the checked state, the controls above the data, and what is wrong."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest
from django.utils.translation import gettext as _

from insights.filters import NARROWING, NO_DOMAIN, SHARED, FailureFilters, Problem, View, ViewState
from insights.queries import Selection, sender_domains
from tenants.models import Tenant

PAGE_SIZE = 50
_DAYS = frozenset({"range", "start", "end"})
_OF_FAILURES = FailureFilters.names()


def leave_out_refused(request: HttpRequest, state: ViewState) -> None:
    """Take what was refused out of the request, so that no link of the page carries it on."""
    if state.refused:
        query = request.GET.copy()
        for name in state.refused:
            query.pop(name, None)
        request.GET = query  # type: ignore[assignment]  # the tags that make links only read it


def frame(
    tenant: Tenant, state: ViewState, *, nav: str, problems: tuple[Problem, ...] = ()
) -> dict[str, Any]:
    """Return the context of the frame and the range control. No query."""
    told = (*state.problems, *problems)
    return {
        "nav_active": nav,
        "state": state,
        "problems": told,
        "days_shown_instead": state.range.label if state.refused & _DAYS else "",
        "range_choice": state.range.value,
        "range_start": state.days.start,
        "range_end": state.days.last,
        "range_earliest": state.kept.start,
        "range_latest": state.kept.last,
        "q": state.q,
        "sort": state.sort,
        "shared_query": state.query(*SHARED, *NARROWING),
        "request_query": state.query(*SHARED),
        "narrowed": [one for one in state.narrowed if nav != "failures" or one.field in _OF_FAILURES],
        "views": View.choices,
        "domain_value": state.params().get("domain", ""),
        "borders_kept_before": _old_borders(tenant, state),
    }


def domain_choices(state: ViewState) -> list[tuple[str, str, int]]:
    """Return the choices of “Show data for”: value, label, messages; busiest first. Two queries."""
    rows = [(row.domain, row.messages) for row in sender_domains(Selection(days=state.days))]
    if state.domain is not None and state.domain not in dict(rows):
        rows.append((state.domain, 0))
    return [(domain or NO_DOMAIN, domain or _("(no domain)"), messages) for domain, messages in rows]


def page_of(rows: Any, state: ViewState) -> tuple[Any, tuple[Problem, ...]]:
    """Return the asked page of a query set; past the end it is the last one, which is said. Two queries."""
    paginator = Paginator(rows, PAGE_SIZE)
    page = paginator.get_page(state.page)
    if page.number == state.page:
        return page, ()
    message = _("Page “%(asked)d” is past the end; shown is the last one, %(last)d.")
    return page, (Problem("page", message % {"asked": state.page, "last": page.number}),)


def _old_borders(tenant: Tenant, state: ViewState) -> Any:
    before = tenant.borders_kept_before
    return before if before and state.days.start < before else None
