"""Stamps have the three forms that real logs have, in the zone of the server."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from insights.demo.stamps import StampStyle, instant, moment, stamper

WHEN = datetime(2026, 6, 3, 22, 40, 57, 123456, tzinfo=UTC)


@pytest.mark.parametrize(
    ("style", "zone", "expected"),
    [
        (StampStyle.BSD, "UTC", "Jun  3 22:40:57"),
        (StampStyle.BSD, "Europe/Berlin", "Jun  4 00:40:57"),
        (StampStyle.PADDED, "America/New_York", "Jun 03 18:40:57"),
        (StampStyle.ISO, "UTC", "2026-06-03T22:40:57.123456+00:00"),
        (StampStyle.ISO, "Asia/Seoul", "2026-06-04T07:40:57.123456+09:00"),
        (StampStyle.ISO, "America/St_Johns", "2026-06-03T20:10:57.123456-02:30"),
    ],
)
def test_stamp_in_each_form_and_zone(style: StampStyle, zone: str, expected: str) -> None:
    assert stamper(style, ZoneInfo(zone))(instant(WHEN)) == expected


def test_stamp_within_one_second_keeps_its_own_fraction() -> None:
    stamp = stamper(StampStyle.ISO, ZoneInfo("UTC"))
    assert [stamp(instant(WHEN) + step)[20:26] for step in (0, 1, 2)] == ["123456", "123457", "123458"]


def test_stamps_over_the_end_of_summer_time_repeat_the_hour() -> None:
    stamp = stamper(StampStyle.BSD, ZoneInfo("Europe/Berlin"))
    change = instant(datetime(2026, 10, 25, 1, 0, tzinfo=UTC))
    assert [stamp(change - 1), stamp(change)] == ["Oct 25 02:59:59", "Oct 25 02:00:00"]


def test_moment_is_the_whole_second() -> None:
    assert moment(instant(WHEN)) == WHEN.replace(microsecond=0)
