"""Which days of each source are there: those with events, those whose lines were read, those that were undone.

The days with events are looked up in the index of the roll-ups, one look a day and source, so that the cost does not
grow with their rows.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import connection

from insights.health.days import DayEvidence, SourceDays, days_not_whole
from insights.health.pauses import HABIT
from insights.models import ImportKind, ImportStatus
from insights.queries.freshness import SourceFreshness, freshness_of_sources
from insights.queries.selection import today_of
from project.periods import DayRange, day_of
from tenants.models import Tenant
from tenants.scope import current_scope

_DAYS_WITH_DATA = """
SELECT asked.source_id, calendar.day::date
FROM unnest(%(sources)s::uuid[]) AS asked (source_id)
CROSS JOIN generate_series(%(first)s::date, %(last)s::date, interval '1 day') AS calendar (day)
LEFT JOIN LATERAL (
    SELECT true AS there FROM insights_submissionday AS sent
    WHERE sent.tenant_id = %(tenant)s AND sent.day = calendar.day::date AND sent.source_id = asked.source_id
    LIMIT 1
) AS sent ON true
LEFT JOIN LATERAL (
    SELECT true AS there FROM insights_loginfailureday AS refused
    WHERE refused.tenant_id = %(tenant)s AND refused.day = calendar.day::date
        AND refused.source_id = asked.source_id
    LIMIT 1
) AS refused ON true
WHERE sent.there OR refused.there
"""
# Neighbours that follow each other within ten minutes are one span: a log that is read file by file. What is sent as
# single events has no lines, so that it says nothing of the days between two of them. Where the first line stands is
# noted before anybody knows whether one is taken: what was refused, and what has no line that was taken, read nothing.
_SPANS = """
SELECT source_id, is_undone, lower(span), upper(span) - interval '10 minutes'
FROM (
    SELECT source_id, status = %(undone)s AS is_undone,
        range_agg(tstzrange(begins, ends + interval '10 minutes')) AS spans
    FROM (
        SELECT source_id, status,
            coalesce(least(lines_from_at, first_at), lines_until_at) AS begins,
            greatest(lines_until_at, last_at) AS ends
        FROM insights_logimport
        WHERE tenant_id = ANY (%(tenants)s::uuid[]) AND source_id = ANY (%(sources)s::uuid[])
            AND NOT kind = ANY (%(events)s) AND status <> %(refused)s
    ) AS log
    WHERE begins <= ends
    GROUP BY 1, 2
) AS grouped, unnest(spans) AS span
"""


@dataclass(frozen=True, slots=True)
class Spans:
    """The stretches of a source's log that were read, and those that were read and undone, as instants."""

    read: list[tuple[datetime, datetime]] = field(default_factory=list)
    undone: list[tuple[datetime, datetime]] = field(default_factory=list)


def source_days(
    tenant: Tenant, days: DayRange, *, now: datetime, source_id: UUID | None = None
) -> list[SourceDays]:
    """Return what is known of each source, or of one, with its habit before `days`. Three queries."""
    sources = [one for one in freshness_of_sources() if source_id in {None, one.id}]
    ids = [one.id for one in sources]
    window = DayRange(days.start - HABIT, days.end)
    with_data = days_with_data(tenant, ids, window)
    spans = spans_of(ids)
    return [
        days_of_source(one, with_data[one.id], spans.get(one.id, Spans()), tenant, now=now) for one in sources
    ]


def evidence_of(
    tenant: Tenant, days: DayRange, *, now: datetime, source_id: UUID | None = None
) -> dict[date, DayEvidence]:
    """Return the days whose numbers are not whole, in order. Three queries."""
    sources = source_days(tenant, days, now=now, source_id=source_id)
    return days_not_whole(sources, days, today=today_of(tenant, now=now))


def days_of_source(
    source: SourceFreshness, with_data: set[date], spans: Spans, tenant: Tenant, *, now: datetime
) -> SourceDays:
    """Return what is known of a source in days of the tenant's zone. No query."""
    read, undone = (_in_days(part, tenant) for part in (spans.read, spans.undone))
    newest = source.last_line_at and day_of(min(source.last_line_at, now), tenant.zone)
    known = [*with_data, *(day for span in read for day in span), *([newest] if newest else [])]
    return SourceDays(
        name=source.name,
        with_data=with_data,
        read=read,
        undone=undone,
        first_on=min(known, default=None),
        last_on=max(known, default=None),
        standing=source.standing(now=now),
    )


def spans_of(source_ids: Sequence[UUID]) -> dict[UUID, Spans]:
    """Return the stretches of each source's log that its imports read. One query."""
    parameters: dict[str, Any] = {
        "tenants": list(current_scope()),
        "sources": list(source_ids),
        "undone": ImportStatus.UNDONE,
        "refused": ImportStatus.REFUSED,
        "events": [ImportKind.SUBMISSIONS, ImportKind.FAILURES],
    }
    found: dict[UUID, Spans] = defaultdict(Spans)
    with connection.cursor() as cursor:
        cursor.execute(_SPANS, parameters)
        for source_id, is_undone, begins, ends in cursor.fetchall():
            spans = found[source_id]
            (spans.undone if is_undone else spans.read).append((begins, ends))
    return dict(found)


def days_with_data(tenant: Tenant, source_ids: list[UUID], days: DayRange) -> dict[UUID, set[date]]:
    """Return the days on which each source has an event. One query."""
    parameters: dict[str, Any] = {
        "tenant": tenant.pk,
        "sources": source_ids,
        "first": days.start,
        "last": days.last,
    }
    found: dict[UUID, set[date]] = defaultdict(set)
    with connection.cursor() as cursor:
        cursor.execute(_DAYS_WITH_DATA, parameters)
        for source_id, day in cursor.fetchall():
            found[source_id].add(day)
    return found


def _in_days(spans: Iterable[tuple[datetime, datetime]], tenant: Tenant) -> list[tuple[date, date]]:
    return [(day_of(begins, tenant.zone), day_of(ends, tenant.zone)) for begins, ends in spans]
