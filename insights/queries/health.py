"""Everything that is known of how one source is fed: its days, its lines, its hosts, its clock, its gaps.

Messages come from the roll-ups and lines from the accounts of its imports. Two questions need single events, and both
are bounded: which host tells no TLS version (`hosts`) and in which hours there was no event (`hours_with_events`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from django.db.models import Max, Q, Sum

from insights.enums import TlsVersion
from insights.health.days import DayState
from insights.health.hours import hour_gaps
from insights.health.pauses import HABIT, Standing
from insights.health.verdict import Facts, Verdict, why_zero
from insights.models import ImportKind, LoginFailureDay, Source, SubmissionDay
from insights.queries.freshness import SourceFreshness
from insights.queries.health_imports import NO_LINES, LineSums, Overlaps, Told, told_by_imports
from insights.queries.health_raw import AheadHost, HostShare, hosts, hosts_ahead, hours_with_events
from insights.queries.selection import today_of
from insights.queries.source_days import Spans, days_of_source, days_with_data, spans_of
from project.periods import DayRange, midnight
from tenants.models import Tenant


@dataclass(frozen=True, slots=True)
class HealthDay:
    """One day: what is known of it, its events by the log's own time, and the lines that were read on it."""

    day: date
    state: DayState
    messages: int = 0
    messages_tls_known: int = 0
    logins: int = 0
    failures: int = 0
    lines: LineSums = NO_LINES


@dataclass(frozen=True, slots=True)
class SourceHealth:
    """A source over some days. Lines and imports are those that were read on these days."""

    source: Source
    days: DayRange
    standing: Standing
    by_day: tuple[HealthDay, ...]
    told: Told
    overlaps: Overlaps
    hosts: tuple[HostShare, ...]
    hosts_are_of_newest: bool
    ahead: tuple[AheadHost, ...]
    hour_gaps: tuple[tuple[datetime, datetime], ...]
    last_message_on: date | None
    verdict: Verdict | None

    def total(self, name: str) -> int:
        """Return the sum of a number over the days."""
        return sum(getattr(one, name) for one in self.by_day)

    @property
    def lines(self) -> LineSums:
        """The lines of all days together."""
        whole = NO_LINES
        for one in self.by_day:
            whole += one.lines
        return whole


def source_health(source: Source, tenant: Tenant, days: DayRange, *, now: datetime) -> SourceHealth:
    """Return how `source` is fed; runs within the tenant's scope. Fourteen queries for any amount of data."""
    window = DayRange(days.start - HABIT, days.end)
    fresh = SourceFreshness(
        source.pk, source.name, source.last_line_at, source.last_received_at, source.silent_since
    )
    with_data = days_with_data(tenant, [source.pk], window)[source.pk]
    spans = spans_of([source.pk]).get(source.pk, Spans())
    known = days_of_source(fresh, with_data, spans, tenant, now=now)
    states = known.states(days, today=today_of(tenant, now=now))
    told, overlaps = told_by_imports(source, tenant, days)
    by_day = _by_day(source, days, states, told)
    shares, is_part = hosts(source, *days.instants(tenant.zone))
    last_message_on = SubmissionDay.objects.filter(source_id=source.pk, messages__gt=0).aggregate(
        last=Max("day")
    )["last"]
    found = SourceHealth(
        source=source,
        days=days,
        standing=known.standing,
        by_day=by_day,
        told=told,
        overlaps=overlaps,
        hosts=shares,
        hosts_are_of_newest=is_part,
        ahead=hosts_ahead(source, now=now),
        hour_gaps=_hour_gaps(source, tenant, days, states, spans, now=now),
        last_message_on=last_message_on,
        verdict=None,
    )
    return replace(found, verdict=why_zero(_facts(found)))


def _by_day(
    source: Source, days: DayRange, states: dict[date, DayState], told: Told
) -> tuple[HealthDay, ...]:
    of_days = {"source_id": source.pk, "day__gte": days.start, "day__lt": days.end}
    sent = {
        day: (messages, known, logins)
        for day, known, logins, messages in SubmissionDay.objects.filter(**of_days)
        .order_by()
        .values_list("day")
        .annotate(
            # In this order: the last name hides the column from what comes after it.
            known=Sum("messages", filter=~Q(tls_version=TlsVersion.UNKNOWN), default=0),
            logins=Sum("logins"),
            messages=Sum("messages"),
        )
    }
    refused = dict(
        LoginFailureDay.objects.filter(**of_days).order_by().values_list("day").annotate(Sum("failures"))
    )
    lines = told.by_day
    return tuple(
        HealthDay(day, states[day], *sent.get(day, (0, 0, 0)), refused.get(day, 0), lines.get(day, NO_LINES))
        for day in days
    )


def _hour_gaps(
    source: Source,
    tenant: Tenant,
    days: DayRange,
    states: dict[date, DayState],
    spans: Spans,
    *,
    now: datetime,
) -> tuple[tuple[datetime, datetime], ...]:
    """Return the gaps within days that have events; a whole day without any has a state of its own."""
    begins, ends = days.instants(tenant.zone)
    first = midnight(days.start - HABIT, tenant.zone)
    hours = hours_with_events(source, begins=first, ends=min(ends, now))
    newest = min(source.last_line_at or begins, ends, now)
    if newest <= begins:
        return ()
    # What a server sends by itself is one span from the day's first line to its last, whatever lies between.
    is_live = source.imports.exclude(kind=ImportKind.FILE).exists()
    found = hour_gaps(hours, begins=begins, ends=newest, zone=tenant.zone, read=() if is_live else spans.read)
    return tuple((since, until) for since, until in found if states.get(_day(since, tenant)) == DayState.DATA)


def _day(instant: datetime, tenant: Tenant) -> date:
    return instant.astimezone(tenant.zone).date()


def _facts(found: SourceHealth) -> Facts:
    lines = found.lines
    return Facts(
        days=found.days,
        messages=found.total("messages"),
        logins=found.total("logins"),
        failures=found.total("failures"),
        events=lines.events,
        evidence=lines.evidence,
        other=lines.other,
        unrecognised=found.told.unrecognised,
        has_read=found.told.has_read,
        events_undone=found.told.events_undone,
        is_being_read=found.told.is_being_read,
        standing=found.standing,
        last_message_on=found.last_message_on,
        is_all_after=all(one.state == DayState.NOTHING_SINCE for one in found.by_day),
    )


def hosts_without_tls(shares: Sequence[HostShare], *, below: float) -> list[HostShare]:
    """Return the hosts whose share of messages with a known TLS version is below `below` (0 to 1)."""
    return [one for one in shares if one.tls_known < below * one.messages]
