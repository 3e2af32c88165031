"""What only single events tell of a source, at a bounded cost: its hosts, its hours, and clocks that are ahead."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any, Final, NamedTuple

from django.db import connection

from insights.enums import TlsVersion
from insights.models import Source

EVENTS_LOOKED_AT: Final = 50_000
"""How many of the newest messages are asked for their host."""
MOST_HOSTS: Final = 50
AHEAD: Final = timedelta(minutes=5)
"""Two clocks may differ by this much without a word."""

_HOSTS = """
SELECT host, sum(messages)::bigint, coalesce(sum(messages) FILTER (WHERE tls_version <> %(unknown)s), 0)::bigint,
    max(occurred_at), sum(count(*)) OVER ()
FROM (
    SELECT host, messages, tls_version, occurred_at FROM insights_submission
    WHERE tenant_id = %(tenant)s AND source_id = %(source)s
        AND occurred_at >= %(begins)s AND occurred_at < %(ends)s
    ORDER BY occurred_at DESC LIMIT %(most)s
) AS newest
GROUP BY host ORDER BY 2 DESC, host LIMIT %(most_hosts)s
"""
# One look at an index for each hour: the cost is that of the hours, not of the events in them.
_HOURS = """
SELECT hours.hour
FROM generate_series(%(begins)s::timestamptz, %(ends)s::timestamptz, interval '1 hour') AS hours (hour)
LEFT JOIN LATERAL (
    SELECT true AS there FROM insights_submission AS sent
    WHERE sent.tenant_id = %(tenant)s AND sent.source_id = %(source)s
        AND sent.occurred_at >= hours.hour AND sent.occurred_at < hours.hour + interval '1 hour'
    LIMIT 1
) AS sent ON true
LEFT JOIN LATERAL (
    SELECT true AS there FROM insights_loginfailure AS refused
    WHERE refused.tenant_id = %(tenant)s AND refused.source_id = %(source)s
        AND refused.occurred_at >= hours.hour AND refused.occurred_at < hours.hour + interval '1 hour'
    LIMIT 1
) AS refused ON sent.there IS NULL
WHERE sent.there OR refused.there
"""
_AHEAD = """
SELECT host, max(occurred_at), count(*) FROM (
    SELECT host, occurred_at FROM insights_submission
    WHERE tenant_id = %(tenant)s AND source_id = %(source)s AND occurred_at > %(since)s
    UNION ALL
    SELECT host, occurred_at FROM insights_loginfailure
    WHERE tenant_id = %(tenant)s AND source_id = %(source)s AND occurred_at > %(since)s
) AS ahead
GROUP BY host ORDER BY 2 DESC, host LIMIT %(most_hosts)s
"""


class HostShare(NamedTuple):
    """A host with its messages, how many of them carry a TLS version, and the newest one."""

    host: str
    messages: int
    tls_known: int
    last_at: datetime


class AheadHost(NamedTuple):
    """A host whose newest event lies in the future, by how much, and how many do."""

    host: str
    by: timedelta
    events: int


def hosts(source: Source, begins: datetime, ends: datetime) -> tuple[tuple[HostShare, ...], bool]:
    """Return the hosts, busiest first, and whether only the newest `EVENTS_LOOKED_AT` were asked. One query."""
    parameters = _parameters(source) | {"begins": begins, "ends": ends, "most": EVENTS_LOOKED_AT}
    with connection.cursor() as cursor:
        cursor.execute(_HOSTS, parameters)
        rows = cursor.fetchall()
    shares = tuple(HostShare(host, messages, known, last_at) for host, messages, known, last_at, _ in rows)
    return tuple(one for one in shares if one.messages), bool(rows) and rows[0][4] >= EVENTS_LOOKED_AT


def hours_with_events(source: Source, *, begins: datetime, ends: datetime) -> set[datetime]:
    """Return the starts of the hours between two instants that have an event. One query."""
    first = begins.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    with connection.cursor() as cursor:
        cursor.execute(_HOURS, _parameters(source) | {"begins": first, "ends": ends})
        return {hour for (hour,) in cursor.fetchall()}


def hosts_ahead(source: Source, *, now: datetime) -> tuple[AheadHost, ...]:
    """Return the hosts that have events later than `now`: their clock or the source's zone is wrong. One query."""
    with connection.cursor() as cursor:
        cursor.execute(_AHEAD, _parameters(source) | {"since": now + AHEAD})
        return tuple(AheadHost(host, at - now, events) for host, at, events in cursor.fetchall())


def _parameters(source: Source) -> dict[str, Any]:
    return {
        "tenant": source.tenant_id,
        "source": source.pk,
        "unknown": TlsVersion.UNKNOWN,
        "most_hosts": MOST_HOSTS,
    }
