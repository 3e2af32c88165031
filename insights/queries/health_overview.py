"""The sources of all customers at a glance: one row a source, in one query for any number of customers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection

from insights.health.days import MISSING
from insights.health.pauses import HABIT, Standing
from insights.models import ImportKind, ImportStatus
from insights.queries.freshness import SourceFreshness
from insights.queries.overview import DAYS
from insights.queries.selection import percent, today_of
from insights.queries.source_days import Spans, days_of_source
from project.periods import DayRange
from tenants.models import Tenant
from tenants.scope import current_scope

# As in insights.queries.overview: the roll-ups are read by their days alone, and joined afterwards.
_SQL = """
WITH asked AS (
    SELECT * FROM unnest(%(tenants)s::uuid[], %(todays)s::date[], %(zones)s::text[])
        AS asked (tenant_id, today, zone)
), sent AS MATERIALIZED (
    SELECT tenant_id, source_id, day, sum(messages) AS messages, sum(logins) AS logins,
        sum(messages) FILTER (WHERE tls_version <> 'unknown') AS known
    FROM insights_submissionday
    WHERE day > %(first_today)s::date - %(window)s AND day <= %(last_today)s::date
    GROUP BY tenant_id, source_id, day
), refused AS MATERIALIZED (
    SELECT tenant_id, source_id, day, sum(failures) AS failures
    FROM insights_loginfailureday
    WHERE day > %(first_today)s::date - %(window)s AND day <= %(last_today)s::date
    GROUP BY tenant_id, source_id, day
), per_day AS (
    SELECT tenant_id, source_id, day, messages, logins, known, failures
    FROM sent FULL JOIN refused USING (tenant_id, source_id, day)
), week AS (
    SELECT source_id, array_agg(day) AS days,
        sum(messages) FILTER (WHERE day > today - %(days)s AND day <= today) AS messages,
        sum(known) FILTER (WHERE day > today - %(days)s AND day <= today) AS known,
        sum(logins) FILTER (WHERE day > today - %(days)s AND day <= today) AS logins,
        sum(failures) FILTER (WHERE day > today - %(days)s AND day <= today) AS failures
    FROM per_day JOIN asked USING (tenant_id)
    GROUP BY source_id
), imports AS MATERIALIZED (
    SELECT source_id, status, kind, unrecognised, lines_event + lines_evidence AS matched, lines_other AS other,
        submissions_duplicate + failures_duplicate AS duplicate,
        coalesce(received_on, (created_at AT TIME ZONE zone)::date) > today - %(days)s AS is_of_week,
        coalesce(least(lines_from_at, first_at), lines_until_at) AS begins,
        greatest(lines_until_at, last_at) AS ends
    FROM insights_logimport JOIN asked USING (tenant_id)
), read AS (
    SELECT source_id, sum(matched) AS matched, sum(other) AS other, sum(duplicate) AS duplicate,
        sum((SELECT coalesce(sum(lines::bigint), 0) FROM jsonb_each_text(unrecognised) AS one (name, lines)))
            AS unrecognised
    FROM imports WHERE is_of_week AND status <> %(undone)s
    GROUP BY source_id
), spans AS (
    SELECT source_id, array_agg(lower(span)) AS begins, array_agg(upper(span) - interval '10 minutes') AS ends
    FROM (
        SELECT source_id, range_agg(tstzrange(begins, ends + interval '10 minutes')) AS spans
        FROM imports WHERE NOT status IN (%(undone)s, %(refused)s) AND begins <= ends AND NOT kind = ANY (%(events)s)
        GROUP BY source_id
    ) AS grouped, unnest(spans) AS span
    GROUP BY source_id
)
SELECT source.tenant_id, source.id, source.name, source.last_line_at, source.last_received_at,
    source.silent_since, source.format,
    coalesce(week.messages, 0), coalesce(week.known, 0), coalesce(week.logins, 0), coalesce(week.failures, 0),
    coalesce(read.matched, 0), coalesce(read.other, 0), coalesce(read.unrecognised, 0),
    coalesce(read.duplicate, 0),
    coalesce(week.days, '{}'), coalesce(spans.begins, '{}'), coalesce(spans.ends, '{}')
FROM insights_source AS source JOIN asked USING (tenant_id)
LEFT JOIN week ON week.source_id = source.id
LEFT JOIN read ON read.source_id = source.id
LEFT JOIN spans ON spans.source_id = source.id
ORDER BY source.name, source.id
"""


@dataclass(frozen=True, slots=True)
class SourceRow:
    """One source of a customer over the last seven days in the customer's zone, today included."""

    tenant: Tenant
    id: UUID
    name: str
    format: str
    standing: Standing
    last_line_at: datetime | None
    last_received_at: datetime | None
    messages: int
    messages_tls_known: int
    logins: int
    failures: int
    matched: int
    other: int
    unrecognised: int
    duplicate: int
    days_missing: int

    @property
    def lines(self) -> int:
        """The lines read in these days."""
        return self.matched + self.other + self.unrecognised

    @property
    def matched_percent(self) -> float | None:
        """The share of lines that tell an event or are evidence for one; None without lines."""
        return percent(self.matched, self.lines) if self.lines else None

    @property
    def tls_percent(self) -> float | None:
        """The share of messages with a known TLS version; None without messages."""
        return percent(self.messages_tls_known, self.messages) if self.messages else None

    @property
    def lag(self) -> timedelta | None:
        """How old the newest line was when something came last; None where nothing came yet."""
        if self.last_line_at is None or self.last_received_at is None:
            return None
        return max(self.last_received_at - self.last_line_at, timedelta(0))

    @property
    def needs_attention(self) -> bool:
        """Whether somebody should look at it."""
        return self.standing != Standing.UP_TO_DATE or self.days_missing > 0 or not self.messages


def health_overview(tenants: Sequence[Tenant], *, now: datetime) -> list[SourceRow]:
    """Return a row for each source of `tenants`, those outside the scope left out, by name. One query."""
    within = {tenant.pk: tenant for tenant in tenants if tenant.pk in current_scope()}
    if not within:
        return []
    todays = [today_of(tenant, now=now) for tenant in within.values()]
    parameters: dict[str, Any] = {
        "tenants": list(within),
        "todays": todays,
        "zones": [tenant.time_zone for tenant in within.values()],
        "first_today": min(todays),
        "last_today": max(todays),
        "window": DAYS + HABIT.days,
        "days": DAYS,
        "undone": ImportStatus.UNDONE,
        "refused": ImportStatus.REFUSED,
        "events": [ImportKind.SUBMISSIONS, ImportKind.FAILURES],
    }
    with connection.cursor() as cursor:
        cursor.execute(_SQL, parameters)
        return [_row(within[row[0]], row[1:], now) for row in cursor.fetchall()]


def _row(tenant: Tenant, values: tuple[Any, ...], now: datetime) -> SourceRow:
    (*known, log_format), counts, (days, begins, ends) = values[:6], values[6:-3], values[-3:]
    fresh = SourceFreshness(*known)
    spans = Spans(read=list(zip(begins, ends, strict=True)))
    messages, tls_known, logins, failures, matched, other, unrecognised, duplicate = map(int, counts)
    return SourceRow(
        tenant=tenant,
        id=fresh.id,
        name=fresh.name,
        format=log_format,
        standing=fresh.standing(now=now),
        last_line_at=fresh.last_line_at,
        last_received_at=fresh.last_received_at,
        messages=messages,
        messages_tls_known=tls_known,
        logins=logins,
        failures=failures,
        matched=matched,
        other=other,
        unrecognised=unrecognised,
        duplicate=duplicate,
        days_missing=_days_missing(fresh, set(days), spans, tenant, now),
    )


def _days_missing(
    source: SourceFreshness, with_data: set[date], spans: Spans, tenant: Tenant, now: datetime
) -> int:
    today = today_of(tenant, now=now)
    known = days_of_source(source, with_data, spans, tenant, now=now)
    states = known.states(DayRange.last_days(DAYS, today=today), today=today)
    return sum(1 for state in states.values() if state in MISSING)
