"""Hours in which a source had no event though it usually has some: a file that was not imported, an outage. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from insights.health.days import USUALLY, WEEKS

ONE_HOUR = timedelta(hours=1)
SHORTEST_GAP = 3
"""Fewer hours than these are chance."""


def hour_gaps(
    hours: Collection[datetime],
    *,
    begins: datetime,
    ends: datetime,
    zone: ZoneInfo,
    read: Sequence[tuple[datetime, datetime]] = (),
) -> Iterator[tuple[datetime, datetime]]:
    """Yield the gaps between `begins` and `ends`, each of three hours or more, as half-open pairs of instants.

    `hours` are the starts of the hours with an event, from four weeks before `begins` on. An hour is usual when three
    of the four weeks before had an event in the same hour of the same weekday, by the clock of `zone`. `read` are the
    spans of the log that were read: there nobody sent.
    """
    known = {_wall(hour, zone) for hour in hours}
    since: datetime | None = None
    hour = begins.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    while hour + ONE_HOUR <= ends:
        wall = _wall(hour, zone)
        usual = sum(wall - timedelta(weeks=week) in known for week in range(1, WEEKS + 1)) >= USUALLY
        is_gap = usual and wall not in known and not _is_read(hour, read)
        if is_gap and since is None:
            since = hour
        elif not is_gap and since is not None:
            if hour - since >= SHORTEST_GAP * ONE_HOUR:
                yield since, hour
            since = None
        hour += ONE_HOUR
    if since is not None and hour - since >= SHORTEST_GAP * ONE_HOUR:
        yield since, hour


def _wall(hour: datetime, zone: ZoneInfo) -> datetime:
    return hour.astimezone(zone).replace(tzinfo=None, minute=0)


def _is_read(hour: datetime, read: Sequence[tuple[datetime, datetime]]) -> bool:
    return any(first <= hour and hour + ONE_HOUR <= last for first, last in read)
