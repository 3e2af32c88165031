"""The pages of requested reports: the list, asking for one, and following what became of it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from insights.filters import read_state
from reports.models import ReportRequest
from reports.queries import report_request, report_requests
from reports.request.ask import RecipientsRefused, TooManyRequests, ask_for_report
from reports.request.change import may_change
from reports.request.recipients import check_recipients, read_addresses
from reports.tasks import deliver_report
from reports.web.frame import domain_choices
from reports.web.request_form import LONGEST_LIST, RequestForm, first_answers
from tenants.access import capabilities_of, tenant_view
from tenants.models import Tenant, User
from tenants.roles import Capability

PAGE_SIZE = 50


def get_request(request_id: UUID) -> ReportRequest:
    """Return one of the tenant's requests or raise Http404."""
    found = report_request(request_id)
    if found is None:
        raise Http404("No such request.")
    return found


@require_safe
@tenant_view(Capability.VIEW)
def listing(request: HttpRequest, tenant: Tenant) -> HttpResponse:
    """Show the tenant's requests, newest first."""
    page = Paginator(report_requests(), PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "nav_active": "requests",
        "page": page,
        "has_active": any(row.is_active for row in page),
    }
    return TemplateResponse(request, "reports/requests/list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@tenant_view(Capability.REQUEST_REPORT)
def new(request: HttpRequest, tenant: Tenant) -> HttpResponse:
    """Ask for a report; the query string of a report's page fills the form in."""
    now = timezone.now()
    assert isinstance(request.user, User)  # noqa: S101  # tenant_view lets nobody else in
    state = read_state(request.GET, tenant=tenant, now=now)
    domains = [(value, label) for value, label, _messages in domain_choices(state)]
    if request.method == "POST":
        form = RequestForm(request.POST, tenant=tenant, domains=domains, now=now)
        if form.is_valid() and (asked := _ask(form, tenant, request.user)):
            deliver_report.delay_on_commit(tenant_id=str(tenant.pk), request_id=str(asked.pk))
            return redirect("reports:request", slug=tenant.slug, request_id=asked.pk)
    else:
        answers = first_answers(state, user=request.user, this_year=state.kept.last.year)
        form = RequestForm(tenant=tenant, domains=domains, now=now, initial=answers)
    context = {"nav_active": "requests", "form": form, "checked": _checked(tenant, form)}
    return TemplateResponse(request, "reports/requests/new.html", context)


def _ask(form: RequestForm, tenant: Tenant, user: User) -> ReportRequest | None:
    given = form.cleaned_data
    try:
        return ask_for_report(
            tenant=tenant,
            asked_by=user,
            name=given["name"],
            view=given["view"] or "volume",
            days=form.days,
            sender_domain=form.sender_domain,
            addresses=given["recipients"],
            note=given["note"],
            now=timezone.now(),
        )
    except RecipientsRefused as refused:
        form.add_error("recipients", str(refused))
    except TooManyRequests:
        form.add_error(None, _("You asked for many reports within the last hour. Wait before the next one."))
    return None


def _checked(tenant: Tenant, form: RequestForm) -> Any:
    return check_recipients(tenant, read_addresses(str(form["recipients"].value() or "")[:LONGEST_LIST]))


@require_POST
@tenant_view(Capability.REQUEST_REPORT)
def recipients(request: HttpRequest, tenant: Tenant) -> HttpResponse:
    """Say of the addresses typed so far which are allowed, and why the others are not."""
    addresses = read_addresses(request.POST.get("recipients", "")[:LONGEST_LIST])
    context = {"checked": check_recipients(tenant, addresses)}
    return TemplateResponse(request, "reports/requests/chips.html", context)


@require_safe
@tenant_view(Capability.VIEW)
def show(request: HttpRequest, tenant: Tenant, request_id: UUID) -> HttpResponse:
    """Show one request with its live status; for htmx only the part that changes."""
    found = get_request(request_id)
    context = {
        "nav_active": "requests",
        "asked": found,
        "recipients": found.recipients.all(),
        "has_files": found.has_files(now=timezone.now()),
        "may_change": may_change(found, request.user, capabilities_of(request.user, tenant)),
    }
    is_part = request.headers.get("HX-Target") == "request-status"
    template = "reports/requests/status.html" if is_part else "reports/requests/show.html"
    response = TemplateResponse(request, template, context)
    response["Vary"] = "HX-Target"
    return response


def told(request: HttpRequest, refused: RecipientsRefused) -> None:
    """Tell who may not receive a report, and why."""
    for recipient in refused.refused:
        messages.error(request, f"{recipient.address}: {recipient.refusal}.")
