"""The calendar log stands where calendars go wrong, and its truth is by day what was planned."""

from __future__ import annotations

import re
from collections import Counter
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from insights.demo.calendar_days import calendar_log
from insights.demo.postfix_lines import LogStyle
from insights.demo.queue_ids import QueueIdStyle
from insights.demo.stamps import StampStyle
from insights.demo.truth import Truth

BERLIN = ZoneInfo("Europe/Berlin")
ZONES = ("Europe/Berlin", "America/New_York", "Asia/Seoul", "America/Havana", "Australia/Lord_Howe")


@pytest.mark.parametrize("name", ZONES)
def test_every_day_of_400_has_messages(name: str) -> None:
    zone = ZoneInfo(name)
    _, truth = calendar_log(zone=zone, start_on=date(2025, 9, 1), days=400, seed=1)
    days = truth.days(zone)
    assert sorted(days) == [date(2025, 9, 1) + timedelta(days=number) for number in range(400)]
    assert min(tally.messages for tally in days.values()) >= 3


@pytest.mark.parametrize("name", ZONES)
def test_lines_are_in_the_order_of_time(name: str) -> None:
    zone = ZoneInfo(name)
    style = LogStyle(host="mx", zone=zone, stamp=StampStyle.ISO)
    chunks, _ = calendar_log(zone=zone, start_on=date(2025, 9, 1), days=400, seed=1, style=style)
    lines = b"".join(chunks).decode().splitlines()
    stamps = [datetime.fromisoformat(line.partition(" ")[0]) for line in lines]
    assert stamps == sorted(stamps)


def near(truth: Truth, when: datetime, within: timedelta) -> set[int]:
    """Give the seconds from `when` at which messages were accepted near it."""
    steps = (event.occurred_at - when for event in truth.submissions)
    return {round(step.total_seconds()) for step in steps if abs(step) <= within}


def test_messages_are_accepted_in_the_seconds_around_midnight() -> None:
    _, truth = calendar_log(zone=BERLIN, start_on=date(2025, 9, 1), days=400, seed=1)
    found: Counter[int] = Counter()
    for number in range(1, 400):
        midnight = datetime.combine(date(2025, 9, 1) + timedelta(days=number), time(), tzinfo=BERLIN)
        found.update(near(truth, midnight.astimezone(UTC), timedelta(minutes=5)))
    assert set(found) == {-1, 0, 1}
    assert min(found.values()) > 250


def test_messages_are_accepted_all_through_both_changes_of_the_clock() -> None:
    _, truth = calendar_log(zone=BERLIN, start_on=date(2025, 9, 1), days=400, seed=1)
    places = {-3599, -1800, -600, -1, 0, 1, 1800, 3599, 3600}
    for change in (datetime(2025, 10, 26, 1, tzinfo=UTC), datetime(2026, 3, 29, 1, tzinfo=UTC)):
        found = near(truth, change, timedelta(hours=1))
        assert found <= places
        assert len(found & {-3599, -1800, -600, -1}) >= 2
        assert len(found & {0, 1, 1800, 3599, 3600}) >= 3


def test_bsd_stamps_step_back_once_and_the_year_turns() -> None:
    chunks, _ = calendar_log(zone=BERLIN, start_on=date(2025, 9, 1), days=300, seed=1)
    stamps = [line[:15] for line in b"".join(chunks).decode().splitlines()]
    night = [stamp for stamp in stamps if stamp.startswith("Oct 26 02")]
    back = [(a, b) for a, b in pairwise(night) if b < a]
    assert back == [("Oct 26 02:59:59", "Oct 26 02:00:00")]
    assert [stamp for stamp in stamps if stamp.startswith("Mar 29 02")] == []
    assert stamps.index("Dec 31 23:59:59") < stamps.index("Jan  1 00:00:00")


def test_some_messages_are_asked_for_before_midnight_and_accepted_after_it() -> None:
    style = LogStyle(host="mx", zone=BERLIN, stamp=StampStyle.ISO, queue_ids=QueueIdStyle.LONG)
    chunks, _ = calendar_log(zone=BERLIN, start_on=date(2025, 9, 1), days=60, seed=1, style=style)
    asked: dict[str, str] = {}
    crossing = 0
    for line in b"".join(chunks).decode().splitlines():
        if found := re.search(r" (\w+): client=", line):
            asked[found[1]] = line[:10]
        elif found := re.search(r" (\w+): from=.*active", line):
            crossing += asked.pop(found[1], line[:10]) != line[:10]
    assert crossing > 10


def test_queue_ids_come_again() -> None:
    chunks, truth = calendar_log(zone=BERLIN, start_on=date(2025, 9, 1), days=60, seed=1)
    ids = re.findall(rb"(\w+): client=", b"".join(chunks))
    assert len(ids) > 3 * len(set(ids))
    assert len(truth.submissions) > 200


def test_log_stamped_in_another_zone_has_that_zones_changes_too() -> None:
    style = LogStyle(host="mx", zone=ZoneInfo("America/New_York"))
    _, truth = calendar_log(
        zone=ZoneInfo("Asia/Seoul"), start_on=date(2025, 10, 30), days=6, seed=1, style=style
    )
    change = datetime(2025, 11, 2, 6, tzinfo=UTC)
    assert len(near(truth, change, timedelta(seconds=1))) >= 2


def test_same_seed_gives_the_same_log() -> None:
    made = [calendar_log(zone=BERLIN, start_on=date(2026, 1, 1), days=5, seed=seed) for seed in (1, 1, 2)]
    logs = [b"".join(chunks) for chunks, _ in made]
    assert logs[0] == logs[1] != logs[2]
    assert made[0][1] == made[1][1] != made[2][1]
