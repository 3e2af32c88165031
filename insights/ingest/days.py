"""The days that a file is of which does not say so itself. Pure."""

from __future__ import annotations

from datetime import date, timedelta
from enum import StrEnum
from typing import Final, NamedTuple

_FIRST: Final = date(1970, 1, 1)


class DaysFault(StrEnum):
    """Why days cannot be those of a file."""

    BEFORE_1970 = "before_1970"
    TURNED = "turned"
    FUTURE = "future"


class Days(NamedTuple):
    """The first and the last of them, both included, in the time zone of the source."""

    first: date
    last: date

    def overlap(self, other: Days) -> bool:
        """Tell whether both have a day in common."""
        return self.first <= other.last and other.first <= self.last

    def __str__(self) -> str:
        return f"{self.first}" if self.first == self.last else f"{self.first} to {self.last}"

    def fault(self, *, today: date) -> DaysFault | None:
        """Return why a file cannot be of these days, None where it can; elsewhere it may be tomorrow already."""
        if self.first < _FIRST:
            return DaysFault.BEFORE_1970
        if self.last < self.first:
            return DaysFault.TURNED
        return DaysFault.FUTURE if self.last > today + timedelta(days=1) else None
