"""People and machines keep their hours, in their own zone."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

import pytest

from insights.demo.habits import Habit, LocalDay, Rhythm, poisson
from insights.demo.holidays import is_holiday
from insights.demo.stamps import HOUR, instant, moment
from tests.insights.demo.stage import somebody

SEOUL = ZoneInfo("Asia/Seoul")
MONDAY = date(2026, 6, 1)


def habit(rhythm: Rhythm, per_day: float = 4, *, since: date = date.min, until: date = date.max) -> Habit:
    return Habit(
        client=somebody(), rhythm=rhythm, per_day=per_day, domain="north.example", since=since, until=until
    )


def hours(rhythm: Rhythm, *, on: date, is_holiday: bool = False) -> list[int]:
    day = LocalDay(on, SEOUL, is_holiday=is_holiday)
    sessions = habit(rhythm).sessions(day, Random(1))
    return sorted(moment(session.at).astimezone(SEOUL).hour for session in sessions)


def test_office_people_send_by_day_in_their_own_zone() -> None:
    days = [LocalDay(MONDAY + timedelta(days=number), SEOUL) for number in range(5)]
    rng = Random(1)
    found = [s.at for day in days for s in habit(Rhythm.OFFICE, 200).sessions(day, rng)]
    local = [moment(at).astimezone(SEOUL).hour for at in found]
    assert sum(1 for hour in local if 7 <= hour < 20) > 0.93 * len(local)
    assert sum(1 for hour in local if hour == 12) < sum(1 for hour in local if hour == 10) / 2


def test_office_people_send_little_at_weekends_and_on_holidays() -> None:
    work = len(habit(Rhythm.OFFICE, 200).sessions(LocalDay(MONDAY, SEOUL), Random(1)))
    for day in (LocalDay(MONDAY, SEOUL, is_holiday=True), LocalDay(MONDAY - timedelta(days=1), SEOUL)):
        assert len(habit(Rhythm.OFFICE, 200).sessions(day, Random(1))) < work / 8


@pytest.mark.parametrize("rhythm", [Rhythm.DEVICE, Rhythm.BATCH, Rhythm.WEEKLY])
def test_machines_of_the_office_rest_on_holidays(rhythm: Rhythm) -> None:
    assert hours(rhythm, on=MONDAY + timedelta(days=1), is_holiday=True) == []


def test_batches_run_at_full_hours() -> None:
    assert hours(Rhythm.BATCH, on=MONDAY) == [11, 12, 13, 14]


def test_newsletters_go_out_on_tuesdays_only() -> None:
    assert hours(Rhythm.WEEKLY, on=MONDAY) == []
    assert hours(Rhythm.WEEKLY, on=MONDAY + timedelta(days=1)) == [10] * 4


def test_nightly_jobs_run_every_day() -> None:
    assert [set(hours(Rhythm.NIGHTLY, on=MONDAY + timedelta(days=n))) for n in range(7)] == [{2, 3}] * 7


def test_habit_is_bounded_by_its_days() -> None:
    bounded = habit(Rhythm.NIGHTLY, 1, since=MONDAY, until=MONDAY + timedelta(days=1))
    days = [LocalDay(MONDAY + timedelta(days=number), SEOUL) for number in (-1, 0, 1)]
    assert [len(bounded.sessions(day, Random(1))) for day in days] == [0, 1, 0]


def test_local_day_is_an_hour_shorter_when_the_clock_goes_forward() -> None:
    begin, end = LocalDay(date(2026, 3, 29), ZoneInfo("Europe/Berlin")).bounds
    assert end - begin == 23 * HOUR


def test_wall_time_that_is_left_out_is_read_with_the_offset_before() -> None:
    day = LocalDay(date(2026, 3, 29), ZoneInfo("Europe/Berlin"))
    assert day.at(2.5 * 3600) == instant(datetime(2026, 3, 29, 1, 30, tzinfo=UTC))


@pytest.mark.parametrize("mean", [0.5, 4.0, 80.0])
def test_poisson_has_its_mean(mean: float) -> None:
    rng = Random(1)
    assert sum(poisson(rng, mean) for _ in range(4_000)) / 4_000 == pytest.approx(mean, rel=0.06)


def test_holidays_are_those_of_the_zone() -> None:
    assert is_holiday("Europe/Berlin")(date(2026, 10, 3))
    assert not is_holiday("Europe/London")(date(2026, 10, 3))
    assert is_holiday("Africa/Lagos")(date(2026, 1, 1))
