"""A day without an event: nobody sent, nothing was received, or nothing was to be expected."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from insights.health.days import (
    MISSING,
    DayEvidence,
    DayState,
    SourceDays,
    Wholeness,
    days_not_whole,
    is_expected,
    runs,
)
from insights.health.pauses import Standing
from project.periods import DayRange

MONDAY = date(2026, 11, 16)
EVERY_DAY = range(-40, 1)
WEEKDAYS = [number for number in range(-40, 1) if (MONDAY + timedelta(days=number)).weekday() < 5]


def day(number: int) -> date:
    return MONDAY + timedelta(days=number)


def source(
    numbers: Iterable[int],
    *,
    name: str = "mx1",
    read: Iterable[tuple[int, int]] = (),
    undone: Iterable[tuple[int, int]] = (),
    standing: Standing = Standing.UP_TO_DATE,
    last: int | None = None,
) -> SourceDays:
    with_data = {day(number) for number in numbers}
    spans = [(day(first), day(end)) for first, end in read]
    known = with_data | {one for span in spans for one in span}
    return SourceDays(
        name=name,
        with_data=with_data,
        read=spans,
        undone=[(day(first), day(end)) for first, end in undone],
        first_on=min(known, default=None),
        last_on=day(last) if last is not None else max(known, default=None),
        standing=standing,
    )


def without(numbers: Iterable[int], *left_out: int) -> list[int]:
    return [number for number in numbers if number not in left_out]


@pytest.mark.parametrize(
    ("numbers", "number", "expected"),
    [
        (without(EVERY_DAY, -5), -5, True),
        (without(EVERY_DAY, -5, -12), -5, True),  # three of four weeks
        (without(EVERY_DAY, -5, -12, -19), -5, False),  # two of four
        (without(WEEKDAYS, -6), -6, True),  # a Tuesday
        (WEEKDAYS, -1, False),  # a Sunday
        (WEEKDAYS, -2, False),
        (without(WEEKDAYS, 0), 0, True),
        ([-9, -8, -7, -6, -5], -4, True),  # a new source that sent every day
        ([-9, -8], -7, False),  # no habit yet
        ([-9, -6, -3], 0, True),  # every third day
        ([-6, -3], 0, False),
        ([], 0, False),
        (range(1, 40), 0, False),  # what comes later is no habit
    ],
)
def test_expectation_is_the_sources_own_habit(numbers: Iterable[int], number: int, expected: bool) -> None:
    assert is_expected(day(number), {day(one) for one in numbers}) == expected


@pytest.mark.parametrize(
    ("found", "number", "state"),
    [
        (source(EVERY_DAY), -3, DayState.DATA),
        (source(without(EVERY_DAY, -3)), -3, DayState.GAP),
        (source(without(EVERY_DAY, -3), read=[(-4, -2)]), -3, DayState.QUIET),
        (source(without(EVERY_DAY, -3), read=[(-3, -3)]), -3, DayState.QUIET),
        (source(without(EVERY_DAY, -3), undone=[(-3, -3)]), -3, DayState.UNDONE),
        (source(without(EVERY_DAY, -3), undone=[(-3, -3)], read=[(-9, -1)]), -3, DayState.QUIET),
        (source(WEEKDAYS), -1, DayState.QUIET),
        (source(EVERY_DAY), -41, DayState.BEFORE),
        (source(EVERY_DAY, undone=[(-50, -41)]), -41, DayState.UNDONE),
        (source([]), 0, DayState.BEFORE),
        (source(EVERY_DAY), 1, DayState.PENDING),  # tomorrow
        (source(range(-40, 0)), 0, DayState.PENDING),  # today, nothing yet
        (source(range(-40, 0), standing=Standing.SILENT), 0, DayState.NOTHING_SINCE),
        (source(range(-40, -5), standing=Standing.STALE), -5, DayState.NOTHING_SINCE),
        (source(range(-40, -5), standing=Standing.STALE, last=-2), -3, DayState.GAP),
        (source(range(-70, -40), standing=Standing.SILENT), -13, DayState.NOTHING_SINCE),
        (source(range(-70, -40), standing=Standing.SILENT), -12, DayState.ENDED),
    ],
)
def test_state_of_a_day(found: SourceDays, number: int, state: DayState) -> None:
    assert found.state(day(number), today=MONDAY) == state


def evidence(*sources: SourceDays, first: int = -6, last: int = 0) -> dict[int, tuple[str, list[str]]]:
    found = days_not_whole(sources, DayRange.inclusive(day(first), day(last)), today=MONDAY)
    return {
        (one.day - MONDAY).days: (one.wholeness, [f"{name} {state}" for name, state in one.missing])
        for one in found.values()
    }


def test_whole_days_are_not_named() -> None:
    assert evidence(source(EVERY_DAY), source(WEEKDAYS, name="mx2")) == {}


def test_day_that_one_source_lacks_is_partial_and_one_that_all_lack_is_missing() -> None:
    first, second = source(without(EVERY_DAY, -3, -2)), source(without(EVERY_DAY, -3), name="mx2")
    assert evidence(first, second) == {
        -3: (Wholeness.MISSING, ["mx1 gap", "mx2 gap"]),
        -2: (Wholeness.PARTIAL, ["mx1 gap"]),
    }


def test_days_before_the_first_line_of_all_are_before() -> None:
    assert evidence(source(range(-4, 1)), source(range(-2, 1), name="mx2"), source([], name="new")) == {
        -6: (Wholeness.BEFORE, []),
        -5: (Wholeness.BEFORE, []),
    }
    assert evidence() == {number: (Wholeness.BEFORE, []) for number in range(-6, 1)}


def test_source_that_ended_long_ago_is_missed_only_where_it_was_alone() -> None:
    ended = source(range(-90, -60), name="old", standing=Standing.SILENT)
    assert evidence(source(EVERY_DAY), ended) == {}
    assert evidence(ended, first=-1) == {
        -1: (Wholeness.MISSING, ["old ended"]),
        0: (Wholeness.MISSING, ["old ended"]),
    }


def test_silent_source_is_missed_from_then_on() -> None:
    silent = source(range(-40, -1), name="mx2", standing=Standing.SILENT)
    assert evidence(source(EVERY_DAY), silent) == {
        -1: (Wholeness.PARTIAL, ["mx2 nothing_since"]),
        0: (Wholeness.PARTIAL, ["mx2 nothing_since"]),
    }


def test_runs_join_neighbours_that_lack_the_same() -> None:
    def lacking(number: int, *names: str) -> DayEvidence:
        return DayEvidence(day(number), Wholeness.PARTIAL, tuple((name, DayState.GAP) for name in names))

    found = [lacking(-6, "a"), lacking(-5, "a"), lacking(-4, "a", "b"), lacking(-2, "a", "b")]
    joined = list(runs({one.day: one for one in found}))
    assert joined == [(found[0], day(-5)), (found[2], day(-4)), (found[3], day(-2))]
    assert list(runs({})) == []


@given(
    st.sets(st.integers(-60, 0)),
    st.lists(st.tuples(st.integers(-60, 0), st.integers(0, 9)), max_size=4),
    st.sampled_from(Standing),
)
def test_days_with_data_or_lines_are_never_missing(
    numbers: set[int], spans: list[tuple[int, int]], standing: Standing
) -> None:
    found = source(numbers, read=[(first, first + length) for first, length in spans], standing=standing)
    for number in range(-60, 1):
        state = found.state(day(number), today=MONDAY)
        if number in numbers:
            assert state == DayState.DATA
        elif any(first <= number <= first + length for first, length in spans):
            assert state == DayState.QUIET
        elif not numbers and not spans:
            assert state not in MISSING
