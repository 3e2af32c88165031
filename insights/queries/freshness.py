"""How fresh a tenant's data is, and how much of it carries TLS evidence: a dashboard's honest line."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from django.db.models import Max, Min, Q, Sum

from insights.enums import TlsVersion
from insights.health.pauses import Standing, standing
from insights.models import Source, SubmissionDay
from insights.queries.selection import Selection, percent


class SourceFreshness(NamedTuple):
    """A source, when its newest line was written and something came for it, and since when it is silent."""

    id: UUID
    name: str
    last_line_at: datetime | None
    last_received_at: datetime | None
    silent_since: datetime | None

    def standing(self, *, now: datetime) -> Standing:
        """Return how fresh it is at the aware instant `now`."""
        return standing(
            last_line_at=self.last_line_at,
            last_received_at=self.last_received_at,
            silent_since=self.silent_since,
            now=now,
        )


_COLUMNS = ("id", "name", "last_line_at", "last_received_at", "silent_since")


@dataclass(frozen=True, slots=True)
class Freshness:
    """The sources with their last line, the first and last day with mail, the TLS coverage in percent.

    `tls_coverage` is None where there is no message to speak of.
    """

    sources: list[SourceFreshness]
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
        sources=freshness_of_sources(),
        first_day=days["first"],
        last_day=days["last"],
        tls_coverage=percent(counted["known"], counted["total"]) if counted["total"] else None,
    )


def freshness_of_sources() -> list[SourceFreshness]:
    """Return every source of the scope by name. One query."""
    return [SourceFreshness(*row) for row in Source.objects.values_list(*_COLUMNS)]
