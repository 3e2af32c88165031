"""What the pages of requests ask: the list with its counts, and one request."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Count, Q, QuerySet

from reports.models import RecipientStatus, ReportRequest


def report_requests() -> QuerySet[ReportRequest]:
    """Return the tenant's requests, newest first, with `addresses` and `reached` counted. One query."""
    return (
        ReportRequest.objects.select_related("requested_by", "requested_key")
        .annotate(
            addresses=Count("recipients"),
            reached=Count("recipients", filter=Q(recipients__status=RecipientStatus.SENT)),
        )
        .order_by("-created_at", "-id")
    )


def report_request(request_id: UUID) -> ReportRequest | None:
    """Return one of the tenant's requests with its recipients, or None. Two queries."""
    return (
        ReportRequest.objects.select_related("requested_by", "requested_key", "tenant")
        .prefetch_related("recipients")
        .filter(pk=request_id)
        .first()
    )
