"""The calendar log stands where calendars go wrong, and its truth is by day what was planned."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from insights.demo.calendar_days import calendar_log
from insights.demo.postfix_lines import LogStyle
from insights.demo.stamps import StampStyle

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


def test_client_lines_stand_in_the_seconds_around_midnight_new_year_and_the_repeated_hour() -> None:
    chunks, truth = calendar_log(zone=BERLIN, start_on=date(2025, 9, 1), days=400, seed=1)
    text = b"".join(chunks).decode()
    clients = re.findall(r"^(\w{3} [ \d]\d [\d:]{8}) mx postfix/\S+: \w+: client=", text, re.MULTILINE)
    assert len(clients) >= len(truth.submissions)
    new_year = [stamp for stamp in clients if stamp.startswith(("Dec 31 23:59", "Jan  1 00:00"))]
    assert new_year == ["Dec 31 23:59:59", "Jan  1 00:00:00", "Jan  1 00:00:01"]
    repeated = [stamp[7:] for stamp in clients if stamp.startswith("Oct 26 02")]
    first, second = repeated[: repeated.index("02:59:59") + 1], repeated[repeated.index("02:59:59") + 1 :]
    assert first == ["02:00:01", "02:30:00", "02:50:00", "02:59:59"]
    assert second == ["02:00:00", "02:00:01", "02:30:00", "02:59:59"]
    skipped = [stamp[7:] for stamp in clients if stamp.startswith(("Mar 29 01", "Mar 29 02", "Mar 29 03"))]
    assert skipped == [
        "01:00:01",
        "01:30:00",
        "01:50:00",
        "01:59:59",
        "03:00:00",
        "03:00:01",
        "03:30:00",
        "03:59:59",
    ]


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
    near = [event for event in truth.submissions if abs(event.occurred_at - change) <= timedelta(seconds=1)]
    assert len(near) >= 2


def test_same_seed_gives_the_same_log() -> None:
    made = [calendar_log(zone=BERLIN, start_on=date(2026, 1, 1), days=5, seed=seed) for seed in (1, 1, 2)]
    logs = [b"".join(chunks) for chunks, _ in made]
    assert logs[0] == logs[1] != logs[2]
    assert made[0][1] == made[1][1] != made[2][1]
