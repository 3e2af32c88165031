"""The page behind a link in a mail: anybody who holds the link may fetch that report's files until it
ends.
"""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from reports.links import LinkExpired, LinkRefused, read_link
from reports.queries import report_request
from reports.web.request_actions import file_response
from tenants.scope import tenant_scope


@require_safe
def shared_download(request: HttpRequest, token: str, file_name: str) -> HttpResponseBase:
    """Give the file; 404 for a link that is not ours or whose request is gone, 410 when its time is over."""
    try:
        shared = read_link(token)
    except LinkExpired:
        return _over(request)
    except LinkRefused as error:
        raise Http404("No such link.") from error
    with tenant_scope([shared.tenant_id]):
        found = report_request(shared.request_id)
        if found is None:
            raise Http404("No such report.")
        if found.expires_at is not None and found.expires_at <= timezone.now():
            return _over(request)
        response = file_response(found, found.tenant, file_name)
    response["X-Robots-Tag"] = "noindex"
    response["Referrer-Policy"] = "no-referrer"
    return response


def _over(request: HttpRequest) -> HttpResponseBase:
    return render(request, "reports/requests/link_over.html", status=410)
