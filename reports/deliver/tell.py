"""Tell webhooks what became of a requested report; to whom it was sent stays in the product."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from typing import Any

from reports.models import RecipientStatus, ReportRequest, RequestStatus
from tenants.models import EventType
from tenants.webhooks import announce
from tenants.webhooks.announce import page_url


def tell_report(request: ReportRequest, *, now: datetime) -> None:
    """Announce that a request has ended as it stands; in the transaction that ends it, in its tenant's scope."""
    failed = request.status == RequestStatus.FAILED
    event = EventType.REPORT_FAILED if failed else EventType.REPORT_SENT
    announce(request.tenant, event, lambda: _told(request), now=now)


def _told(request: ReportRequest) -> dict[str, Any]:
    reached = Counter(request.recipients.values_list("status", flat=True))
    return {
        "report_request": request.pk,
        "name": request.name,
        "start": request.start_on,
        "end": request.end_on,
        "sender_domain": request.sender_domain,
        "status": request.status,
        "reason": request.reason,
        "messages": request.messages,
        "recipients_sent": reached[RecipientStatus.SENT],
        "recipients_failed": reached[RecipientStatus.FAILED],
        "url": page_url("reports:request", slug=request.tenant.slug, request_id=request.pk),
    }
