"""Whether the numbers of a day are whole: what each source received that day, and where it usually has more. Pure.

A day without an event is *quiet* when lines came (nobody sent) or none were to be expected, and *missing* when nothing
was received that should have been. The first is a zero, the second is not known.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from insights.health.pauses import HABIT, Standing, usual_pause
from project.periods import ONE_DAY, DayRange

WEEKS, USUALLY = 4, 3
"""A weekday is usual when it had data in so many of the weeks before."""

Spans = Sequence[tuple[date, date]]
"""First and last days, both included."""


class DayState(StrEnum):
    """What is known of a source on one day."""

    DATA = "data"
    QUIET = "quiet"
    PENDING = "pending"
    GAP = "gap"
    UNDONE = "undone"
    NOTHING_SINCE = "nothing_since"
    BEFORE = "before"
    ENDED = "ended"


MISSING = frozenset({DayState.GAP, DayState.UNDONE, DayState.NOTHING_SINCE})
"""Nothing was received, though something was to be expected."""
_NOT_FED = frozenset({DayState.BEFORE, DayState.ENDED})


@dataclass(frozen=True, slots=True)
class SourceDays:
    """What is known of a source: the days with events, those whose lines were read, those that were undone.

    `first_on` and `last_on` are the first and the newest day of anything; the habit is taken from `with_data`, which
    therefore reaches back four weeks before the first day that is asked for.
    """

    name: str
    with_data: Collection[date]
    read: Spans
    undone: Spans
    first_on: date | None
    last_on: date | None
    standing: Standing

    def state(self, day: date, *, today: date) -> DayState:
        """Return what is known of `day`."""
        if day in self.with_data:
            return DayState.DATA
        if day > today:
            return DayState.PENDING
        if _within(day, self.read):
            return DayState.QUIET
        return DayState.UNDONE if _within(day, self.undone) else self._unread(day)

    def _unread(self, day: date) -> DayState:
        if self.first_on is None or self.last_on is None or day < self.first_on:
            return DayState.BEFORE
        if day > self.last_on:
            return self._after(day, self.last_on)
        return DayState.GAP if is_expected(day, self.with_data) else DayState.QUIET

    def _after(self, day: date, last: date) -> DayState:
        if self.standing not in {Standing.SILENT, Standing.STALE}:
            return DayState.PENDING
        return DayState.ENDED if day > last + HABIT else DayState.NOTHING_SINCE

    def states(self, days: DayRange, *, today: date) -> dict[date, DayState]:
        """Return what is known of each of `days`."""
        return {day: self.state(day, today=today) for day in days}


def is_expected(day: date, with_data: Collection[date]) -> bool:
    """Tell whether a source with data on these days should have some on `day`, by its own habit.

    So it is when the same weekday had data in three of the four weeks before, or when the pause up to and with that
    day is longer than any that is usual (`usual_pause`).
    """
    weekday_before = sum(day - timedelta(weeks=week) in with_data for week in range(1, WEEKS + 1))
    if weekday_before >= USUALLY:
        return True
    before = max((one for one in with_data if one < day), default=None)
    if before is None:
        return False
    pause = usual_pause(with_data, last=before)
    return pause is not None and day - before + ONE_DAY > pause


class Wholeness(StrEnum):
    """How much of a day's numbers is there, over all sources."""

    WHOLE = "whole"
    PARTIAL = "partial"
    MISSING = "missing"
    BEFORE = "before"


@dataclass(frozen=True, slots=True)
class DayEvidence:
    """A day whose numbers are not whole: which sources are missing from it, with the reason of each."""

    day: date
    wholeness: Wholeness
    missing: tuple[tuple[str, DayState], ...] = ()


def days_not_whole(sources: Sequence[SourceDays], days: DayRange, *, today: date) -> dict[date, DayEvidence]:
    """Return the days whose numbers lack something, in order.

    A source that has not begun yet, or ended weeks ago, is missed only where no other one is there.
    """
    found = (_evidence(day, [(one.name, one.state(day, today=today)) for one in sources]) for day in days)
    return {one.day: one for one in found if one.wholeness != Wholeness.WHOLE}


def _evidence(day: date, states: Sequence[tuple[str, DayState]]) -> DayEvidence:
    missing = tuple((name, state) for name, state in states if state in MISSING)
    if any(state in {DayState.DATA, DayState.QUIET, DayState.PENDING} for _, state in states):
        return DayEvidence(day, Wholeness.PARTIAL if missing else Wholeness.WHOLE, missing)
    if missing:
        return DayEvidence(day, Wholeness.MISSING, missing)
    ended = tuple((name, state) for name, state in states if state == DayState.ENDED)
    return DayEvidence(day, Wholeness.MISSING if ended else Wholeness.BEFORE, ended)


def runs(days: Mapping[date, DayEvidence]) -> Iterator[tuple[DayEvidence, date]]:
    """Yield the first day of each run of days that lack the same, with the run's last day."""
    first: DayEvidence | None = None
    last = date.min
    for day, one in days.items():
        if (
            first
            and day == last + ONE_DAY
            and (one.wholeness, one.missing) == (first.wholeness, first.missing)
        ):
            last = day
            continue
        if first:
            yield first, last
        first, last = one, day
    if first:
        yield first, last


def _within(day: date, spans: Iterable[tuple[date, date]]) -> bool:
    return any(first <= day <= last for first, last in spans)
