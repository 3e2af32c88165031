"""Half-open ranges of calendar days, and the instants at which they begin and end in a time zone. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class DayRange:
    """The days from `start` up to, and not including, `end`.

    Raises ValueError when it would hold no day.
    """

    start: date
    end: date

    def __post_init__(self) -> None:
        if self.end <= self.start:
            raise ValueError(f"A range of days must hold at least one day, not {self.start} to {self.end}.")

    @classmethod
    def inclusive(cls, first: date, last: date) -> DayRange:
        """Return the range whose first and last day are both within it, as people write ranges."""
        return cls(first, last + ONE_DAY)

    @classmethod
    def last_days(cls, count: int, *, today: date) -> DayRange:
        """Return today and the `count` - 1 days before it: “the last 7 days” is `last_days(7, …)`."""
        return cls(today + ONE_DAY - timedelta(days=count), today + ONE_DAY)

    @property
    def last(self) -> date:
        """The last day within the range."""
        return self.end - ONE_DAY

    def __len__(self) -> int:
        return (self.end - self.start).days

    def __iter__(self) -> Iterator[date]:
        for offset in range(len(self)):
            yield self.start + timedelta(days=offset)

    def __contains__(self, day: object) -> bool:
        return isinstance(day, date) and self.start <= day < self.end

    def previous(self) -> DayRange:
        """Return the range of the same length that ends where this one begins."""
        return DayRange(self.start - timedelta(days=len(self)), self.start)

    def instants(self, zone: ZoneInfo) -> tuple[datetime, datetime]:
        """Return the UTC instants of local midnight at `start` and at `end`."""
        return midnight(self.start, zone), midnight(self.end, zone)


def midnight(day: date, zone: ZoneInfo) -> datetime:
    """Return the UTC instant at which `day` begins in `zone`.

    Where midnight does not exist (a change to summer time at 00:00), it is the first instant of the day.
    """
    start = datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC)
    if start.astimezone(zone).date() < day:
        start += timedelta(hours=1)
    return start


def day_of(instant: datetime, zone: ZoneInfo) -> date:
    """Return the calendar day in `zone` that holds the aware `instant`."""
    return instant.astimezone(zone).date()
