"""What can be done with a request that exists: send it again, cancel or delete it, fetch its files."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from reports.files import CONTENT_TYPES, download_name, stored_file
from reports.models import ReportRequest
from reports.request.ask import RecipientsRefused
from reports.request.change import cancel as cancel_request
from reports.request.change import may_change, remove, send_again
from reports.tasks import deliver_report
from reports.web.requests import get_request, told
from tenants.access import capabilities_of, tenant_view
from tenants.models import Tenant
from tenants.roles import Capability


def _changeable(request: HttpRequest, tenant: Tenant, request_id: UUID) -> ReportRequest:
    found = get_request(request_id)
    if not may_change(found, request.user, capabilities_of(request.user, tenant)):
        raise PermissionDenied(
            "Only who asked for a report, and the customer's owners, may change the request."
        )
    return found


@require_POST
@tenant_view(Capability.REQUEST_REPORT)
def again(request: HttpRequest, tenant: Tenant, request_id: UUID) -> HttpResponse:
    """Build the report anew and send it, to those whom it did not reach or else to all."""
    found = _changeable(request, tenant, request_id)
    try:
        if send_again(found, tenant=tenant, now=timezone.now()):
            deliver_report.delay_on_commit(tenant_id=str(tenant.pk), request_id=str(found.pk))
    except RecipientsRefused as refused:
        told(request, refused)
    return redirect("reports:request", slug=tenant.slug, request_id=found.pk)


@require_POST
@tenant_view(Capability.REQUEST_REPORT)
def cancel(request: HttpRequest, tenant: Tenant, request_id: UUID) -> HttpResponse:
    """Stop a request that is not done."""
    found = _changeable(request, tenant, request_id)
    if not cancel_request(found, now=timezone.now()):
        messages.info(request, _("It was done already."))
    return redirect("reports:request", slug=tenant.slug, request_id=found.pk)


@require_POST
@tenant_view(Capability.REQUEST_REPORT)
def delete(request: HttpRequest, tenant: Tenant, request_id: UUID) -> HttpResponse:
    """Delete a request with its files; links to them end."""
    found = _changeable(request, tenant, request_id)
    remove(found)
    messages.success(
        request, _("“%(name)s” is deleted, and so are its files and links.") % {"name": found.name}
    )
    return redirect("reports:requests", slug=tenant.slug)


@require_safe
@tenant_view(Capability.VIEW)
def download(request: HttpRequest, tenant: Tenant, request_id: UUID, file_name: str) -> HttpResponseBase:
    """Give one of the detailed files to somebody who may see the tenant."""
    return file_response(get_request(request_id), tenant, file_name)


def file_response(found: ReportRequest, tenant: Tenant, file_name: str) -> FileResponse:
    """Return a built file as a download; raise Http404 when there is none, or not any more."""
    try:
        file = stored_file(found, file_name, now=timezone.now())
    except FileNotFoundError as error:
        raise Http404("No such file.") from error
    response = FileResponse(
        file,
        as_attachment=True,
        filename=download_name(file_name, tenant_slug=tenant.slug, days=found.days),
        content_type=CONTENT_TYPES[file_name],
    )
    response["Cache-Control"] = "private, no-store"
    return response
