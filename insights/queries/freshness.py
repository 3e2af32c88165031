"""How fresh a tenant's data is, and how much of it carries TLS evidence: a dashboard's honest line."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Max, Min, Q, Sum

from insights.enums import TlsVersion
from insights.models import Source, SubmissionDay
from insights.queries.selection import Selection, percent


@dataclass(frozen=True, slots=True)
class Freshness:
    """The sources with their last line, the first and last day with mail, the TLS coverage in percent.

    `tls_coverage` is None where there is no message to speak of.
    """

    sources: list[tuple[str, datetime | None]]
    first_day: date | None
    last_day: date | None
    tls_coverage: float | None


def freshness(selection: Selection) -> Freshness:
    """Return the freshness of the tenant, and the coverage of the selection. Three queries."""
    counted = selection.submissions().aggregate(
        known=Sum("messages", filter=~Q(tls_version=TlsVersion.UNKNOWN), default=0),
        total=Sum("messages", default=0),
    )
    days = SubmissionDay.objects.aggregate(first=Min("day"), last=Max("day"))
    return Freshness(
        sources=list(Source.objects.values_list("name", "last_line_at")),
        first_day=days["first"],
        last_day=days["last"],
        tls_coverage=percent(counted["known"], counted["total"]) if counted["total"] else None,
    )
