"""The days that a file is of which does not say so itself. Pure."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple


class Days(NamedTuple):
    """The first and the last of them, both included, in the time zone of the source."""

    first: date
    last: date

    def overlap(self, other: Days) -> bool:
        """Tell whether both have a day in common."""
        return self.first <= other.last and other.first <= self.last

    def __str__(self) -> str:
        return f"{self.first}" if self.first == self.last else f"{self.first} to {self.last}"
