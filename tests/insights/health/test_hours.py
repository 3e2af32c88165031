"""Gaps of hours by the habit of the same hour of the same weekday."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from insights.health.hours import ONE_HOUR, hour_gaps

BERLIN = ZoneInfo("Europe/Berlin")
MIDNIGHT = datetime(2026, 11, 16, 0, tzinfo=BERLIN)
NOON = MIDNIGHT + timedelta(hours=12)
WEEK = timedelta(weeks=1)


def office(*, weeks: int = 5, left_out: Sequence[datetime] = ()) -> set[datetime]:
    """Give the hours from 8 to 18 of each day, up to the day of NOON included."""
    hours = {
        (datetime(2026, 11, 16, hour, tzinfo=BERLIN) - timedelta(days=day)).astimezone(UTC)
        for day in range(7 * weeks)
        for hour in range(8, 18)
    }
    return hours - {one.astimezone(UTC) for one in left_out}


def gaps(
    hours: set[datetime], *, read: Sequence[tuple[datetime, datetime]] = (), days: int = 7
) -> list[tuple[datetime, datetime]]:
    begins = MIDNIGHT - timedelta(days=days - 1)
    return list(hour_gaps(hours, begins=begins, ends=MIDNIGHT + timedelta(days=1), zone=BERLIN, read=read))


def test_every_usual_hour_is_there() -> None:
    assert gaps(office()) == []


def test_three_missing_hours_are_a_gap_and_two_are_chance() -> None:
    missing = [NOON, NOON + ONE_HOUR]
    assert gaps(office(left_out=missing)) == []
    missing.append(NOON + 2 * ONE_HOUR)
    assert gaps(office(left_out=missing)) == [(NOON, NOON + 3 * ONE_HOUR)]


def test_hours_whose_log_was_read_are_no_gap() -> None:
    missing = [NOON + number * ONE_HOUR for number in range(4)]
    hours = office(left_out=missing)
    assert gaps(hours, read=[(NOON - ONE_HOUR, NOON + 4 * ONE_HOUR)]) == []
    assert gaps(hours, read=[(NOON - ONE_HOUR, NOON + ONE_HOUR)]) == [(NOON + ONE_HOUR, NOON + 4 * ONE_HOUR)]


def test_night_is_no_gap_and_a_gap_ends_with_the_working_day() -> None:
    missing = [NOON + number * ONE_HOUR for number in range(6)]
    assert gaps(office(left_out=missing)) == [(NOON, NOON + 6 * ONE_HOUR)]
    assert gaps(office(left_out=missing), days=1) == [(NOON, NOON + 6 * ONE_HOUR)]


def test_two_weeks_are_no_habit() -> None:
    missing = [NOON + number * ONE_HOUR for number in range(6)]
    assert gaps(office(weeks=3, left_out=missing)) == []
    assert gaps(office(weeks=4, left_out=missing)) == [(NOON, NOON + 6 * ONE_HOUR)]


def test_habit_follows_the_clock_on_the_wall() -> None:
    """On 25 October the office's hours move by one in UTC: none of them is missed before or after."""
    hours = office(weeks=10)
    assert {one.hour for one in hours} == set(range(6, 17))
    begins = datetime(2026, 10, 19, 0, tzinfo=BERLIN)
    assert list(hour_gaps(hours, begins=begins, ends=begins + 2 * WEEK, zone=BERLIN)) == []
