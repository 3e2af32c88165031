"""Named and chosen days, within what is kept."""

from __future__ import annotations

from datetime import date

import pytest

from insights.filters import DaysRefused, RangeChoice, custom_days, kept_part, named_days
from project.periods import DayRange

KEPT = DayRange(date(2026, 8, 20), date(2026, 11, 18))  # 90 days; today is 17 November 2026


@pytest.mark.parametrize(
    ("choice", "today", "first", "last"),
    [
        (RangeChoice.DAYS_7, date(2026, 11, 17), date(2026, 11, 11), date(2026, 11, 17)),
        (RangeChoice.DAYS_14, date(2026, 11, 17), date(2026, 11, 4), date(2026, 11, 17)),
        (RangeChoice.DAYS_30, date(2026, 11, 17), date(2026, 10, 19), date(2026, 11, 17)),
        (RangeChoice.DAYS_90, date(2026, 11, 17), date(2026, 8, 20), date(2026, 11, 17)),
        (RangeChoice.THIS_MONTH, date(2026, 11, 1), date(2026, 11, 1), date(2026, 11, 1)),
        (RangeChoice.THIS_MONTH, date(2026, 11, 17), date(2026, 11, 1), date(2026, 11, 17)),
        (RangeChoice.LAST_MONTH, date(2026, 11, 17), date(2026, 10, 1), date(2026, 10, 31)),
        (RangeChoice.LAST_MONTH, date(2027, 1, 1), date(2026, 12, 1), date(2026, 12, 31)),
        (RangeChoice.LAST_MONTH, date(2028, 3, 31), date(2028, 2, 1), date(2028, 2, 29)),
    ],
)
def test_named_days_end_today_or_with_the_month(
    choice: RangeChoice, today: date, first: date, last: date
) -> None:
    assert named_days(choice, today=today) == DayRange.inclusive(first, last)


def test_custom_days_include_both_ends() -> None:
    days = custom_days(start=date(2026, 11, 10), end=date(2026, 11, 16), kept=KEPT)
    assert list(days) == [date(2026, 11, day) for day in range(10, 17)]


def test_custom_days_may_be_all_that_is_kept() -> None:
    assert custom_days(start=KEPT.start, end=KEPT.last, kept=KEPT) == KEPT


@pytest.mark.parametrize(
    ("start", "end", "field", "message"),
    [
        (
            date(2026, 8, 19),
            date(2026, 11, 16),
            "start",
            "is before the days that are kept; choose a day from 20 August 2026 to 17 November 2026.",
        ),
        (
            date(2026, 11, 1),
            date(2026, 11, 18),
            "end",
            "is in the future; choose a day from 20 August 2026 to 17 November 2026.",
        ),
        (
            date(2026, 11, 10),
            date(2026, 11, 9),
            "start",
            "is after the end date, 9 November 2026; choose that day or an earlier one.",
        ),
        (
            date(1, 1, 1),
            date(9999, 12, 31),
            "start",
            "is before the days that are kept; choose a day from 20 August 2026 to 17 November 2026.",
        ),
        (
            date(9999, 12, 31),
            date(9999, 12, 31),
            "start",
            "is in the future; choose a day from 20 August 2026 to 17 November 2026.",
        ),
    ],
)
def test_custom_days_out_of_range_are_refused_with_what_is_allowed(
    start: date, end: date, field: str, message: str
) -> None:
    with pytest.raises(DaysRefused) as refusal:
        custom_days(start=start, end=end, kept=KEPT)
    assert (refusal.value.field, str(refusal.value)) == (field, message)


def test_kept_part_cuts_what_is_no_longer_kept() -> None:
    days = DayRange(date(2026, 8, 1), date(2026, 9, 1))
    assert kept_part(days, kept=KEPT) == DayRange(date(2026, 8, 20), date(2026, 9, 1))


def test_kept_part_refuses_days_of_which_none_is_kept() -> None:
    with pytest.raises(DaysRefused, match=r"the first is 20 August 2026\.$"):
        kept_part(DayRange(date(2026, 8, 1), date(2026, 8, 20)), kept=KEPT)
