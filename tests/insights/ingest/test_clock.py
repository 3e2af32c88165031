"""When a line was written: forms, years, zones, repeated hours and bounds."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from insights.ingest.clock import Clock
from insights.ingest.errors import YearRequired
from insights.ingest.local_time import moment
from insights.ingest.record import SkipReason

BERLIN = "Europe/Berlin"


def clock(
    *,
    zone: str = "UTC",
    year: int | None = 2026,
    earliest: datetime | None = None,
    latest: datetime | None = None,
) -> Clock:
    """Return a clock that has read nothing."""
    return Clock(zone=ZoneInfo(zone), year=year, earliest=earliest, latest=latest)


def readings(reader: Clock, *stamps: str) -> list[str]:
    """Return what each stamp means, as ISO text in UTC, or why it means nothing."""
    found = []
    for stamp in stamps:
        line = f"{stamp} mail postfix/smtpd[1]: x".encode()
        end = reader.read(line)
        if end:
            assert line[end:] == b"mail postfix/smtpd[1]: x"
        found.append(
            f"{moment(reader.micros):%Y-%m-%dT%H:%M:%S.%f}".removesuffix(".000000") if end else reader.refused
        )
    return found


@pytest.mark.parametrize(
    ("stamp", "expected"),
    [
        ("Jun  3 10:40:57", "2026-06-03T08:40:57"),
        ("Jun 03 10:40:57", "2026-06-03T08:40:57"),
        ("Jun 3 10:40:57", "2026-06-03T08:40:57"),
        ("Jun 23 10:40:57", "2026-06-23T08:40:57"),
        ("Jun  3 10:40:57.25", "2026-06-03T08:40:57.250000"),
        ("Jun  3 2024 10:40:57", "2024-06-03T08:40:57"),
        ("<22>Jun  3 10:40:57", "2026-06-03T08:40:57"),
        ("2026-06-03T10:40:57", "2026-06-03T08:40:57"),
        ("2026-06-03 10:40:57", "2026-06-03T08:40:57"),
        ("2026-06-03T10:40:57Z", "2026-06-03T10:40:57"),
        ("2026-06-03T10:40:57.123Z", "2026-06-03T10:40:57.123000"),
        ("2026-06-03T10:40:57.123456+00:00", "2026-06-03T10:40:57.123456"),
        ("2026-06-03T10:40:57,123456789+0000", "2026-06-03T10:40:57.123456"),
        ("2026-06-03T10:40:57-05:00", "2026-06-03T15:40:57"),
        ("2026-06-03 10:40:57 +0530", "2026-06-03T05:10:57"),
        ("2026-12-31T23:40:57-05:00", "2027-01-01T04:40:57"),
        ("<22>1 2026-06-03T10:40:57.1Z", "2026-06-03T10:40:57.100000"),
        ("2026-12-31T23:59:60Z", "2026-12-31T23:59:59"),
        ("mail-1  | Jun  3 10:40:57", "2026-06-03T08:40:57"),
        ("mail.example-1 | 2026-06-03T10:40:57Z", "2026-06-03T10:40:57"),
        ("mail-1  | <22>Jun  3 10:40:57", "2026-06-03T08:40:57"),
        ("mail-1  | 2026-06-03T08:40:58.000000001Z Jun  3 10:40:57", "2026-06-03T08:40:57"),
        ("mail-1  | 2026-06-03T08:40:58.000000001Z", SkipReason.NO_STAMP),
        ("mail-1  | Jun 31 10:40:57", SkipReason.BAD_STAMP),
        ("mail-1| Jun  3 10:40:57", SkipReason.NO_STAMP),
        (" | Jun  3 10:40:57", SkipReason.NO_STAMP),
        ("a b | Jun  3 10:40:57", SkipReason.NO_STAMP),
        ("Feb 29 10:40:57", SkipReason.BAD_STAMP),
        ("Jun 31 10:40:57", SkipReason.BAD_STAMP),
        ("Jun  3 25:40:57", SkipReason.BAD_STAMP),
        ("Jun  3 10:4", SkipReason.BAD_STAMP),
        ("2026-02-30T10:40:57Z", SkipReason.BAD_STAMP),
        ("2026-06-03T10:40:57+24:00", SkipReason.BAD_STAMP),
        ("0000-06-03T10:40:57Z", SkipReason.BAD_STAMP),
        ("9999-06-03T10:40:57Z", SkipReason.BAD_STAMP),
        ("Xyz  3 10:40:57", SkipReason.NO_STAMP),
        ("10:40:57", SkipReason.NO_STAMP),
        ("{", SkipReason.NO_STAMP),
    ],
)
def test_form_of_a_stamp(stamp: str, expected: str) -> None:
    assert readings(clock(zone=BERLIN), stamp, stamp, stamp) == [expected] * 3


@pytest.mark.parametrize(
    "form",
    [
        "Jun  3 %H:%M:%S",
        "2026-06-03T%H:%M:%S+02:00",
        "2026-06-03T%H:%M:%S.000000+02:00",
        "2026-06-03 %H:%M:%S",
    ],
)
def test_lines_of_one_day_are_read_alike_one_by_one_and_in_a_row(form: str) -> None:
    times = [
        datetime(2026, 6, 3, h, m, s, tzinfo=UTC)
        for h in range(0, 24, 3)
        for m in (0, 31, 59)
        for s in (0, 59)
    ]
    stamps = [time.strftime(form) for time in times]
    expected = [readings(clock(zone=BERLIN), stamp)[0] for stamp in stamps]
    assert readings(clock(zone=BERLIN), *stamps) == expected


def test_odd_stamp_after_a_common_one_of_the_same_hour() -> None:
    reader = clock()
    assert readings(reader, "Jun  3 10:40:57", "Jun  3 10:60:57", "Jun  3 10:40.57", "Jun  3 10:40:57.5") == [
        "2026-06-03T10:40:57",
        SkipReason.BAD_STAMP,
        SkipReason.BAD_STAMP,
        "2026-06-03T10:40:57.500000",
    ]
    iso = readings(
        reader, "2026-06-03T11:40:57.123456Z", "2026-06-03T11:40:57x123456Z", "2026-06-03T11:40:57.12345xZ"
    )
    assert iso == ["2026-06-03T11:40:57.123456", SkipReason.BAD_STAMP, SkipReason.BAD_STAMP]


def test_year_follows_the_months() -> None:
    stamps = ("Dec 31 23:59:59", "Jan  1 00:00:00", "Dec 31 23:59:58", "Jan  1 00:00:01", "Jul  1 00:00:00")
    assert readings(clock(year=2025), *stamps) == [
        "2025-12-31T23:59:59",
        "2026-01-01T00:00:00",
        "2025-12-31T23:59:58",
        "2026-01-01T00:00:01",
        "2026-07-01T00:00:00",
    ]


def test_year_follows_over_many_years() -> None:
    months = [f"{name} 15 12:00:00" for _ in range(3) for name in ("Feb", "Jun", "Oct")]
    assert [text[:4] for text in readings(clock(year=2024), *months)] == [
        "2024", "2024", "2024", "2025", "2025", "2025", "2026", "2026", "2026",
    ]  # fmt: skip


def test_leap_day_is_read_in_the_year_that_has_it() -> None:
    assert readings(clock(year=2027), "Dec  1 00:00:00", "Feb 29 00:00:00") == [
        "2027-12-01T00:00:00",
        "2028-02-29T00:00:00",
    ]


def test_missing_year_is_asked_for() -> None:
    with pytest.raises(YearRequired) as raised:
        clock(year=None).read(b"Jun  3 10:40:57 mail x: y")
    assert "--year" in raised.value.hint


def test_stamp_with_a_year_gives_it_to_those_without() -> None:
    assert readings(clock(year=None), "2026-06-03T10:40:57Z", "Jun  3 10:41:00")[1] == "2026-06-03T10:41:00"


def test_repeated_hour_is_told_by_the_order() -> None:
    stamps = (
        "Oct 25 01:59:59",
        "Oct 25 02:00:00",
        "Oct 25 02:59:59",
        "Oct 25 02:00:30",
        "Oct 25 02:59:58",
        "Oct 25 03:00:00",
    )
    assert readings(clock(zone=BERLIN), *stamps) == [
        "2026-10-24T23:59:59",
        "2026-10-25T00:00:00",
        "2026-10-25T00:59:59",
        "2026-10-25T01:00:30",
        "2026-10-25T01:59:58",
        "2026-10-25T02:00:00",
    ]


def test_line_slightly_out_of_order_is_no_second_pass() -> None:
    assert readings(clock(zone=BERLIN), "Oct 25 02:30:09", "Oct 25 02:30:07") == [
        "2026-10-25T00:30:09",
        "2026-10-25T00:30:07",
    ]


def test_hour_that_does_not_exist_is_read_as_if_the_clock_had_not_changed() -> None:
    assert readings(clock(zone=BERLIN), "Mar 29 02:30:00", "Mar 29 03:30:00") == [
        "2026-03-29T01:30:00",
        "2026-03-29T01:30:00",
    ]


def test_line_of_the_future_moves_nothing() -> None:
    reader = clock(latest=datetime(2026, 6, 4, tzinfo=UTC))
    assert readings(reader, "Jun  3 10:00:00", "Jun  4 00:00:01", "Nov  1 00:00:00", "Jun  3 10:00:01") == [
        "2026-06-03T10:00:00",
        SkipReason.IN_THE_FUTURE,
        SkipReason.IN_THE_FUTURE,
        "2026-06-03T10:00:01",
    ]


def test_line_of_the_future_does_not_roll_the_year() -> None:
    reader = clock(latest=datetime(2026, 10, 2, tzinfo=UTC))
    assert readings(reader, "Oct  1 10:00:00", "Jan  1 00:00:00", "Oct  1 10:00:01")[1:] == [
        SkipReason.IN_THE_FUTURE,
        "2026-10-01T10:00:01",
    ]


def test_lines_before_the_kept_range_carry_the_year_on() -> None:
    reader = clock(year=2025, earliest=datetime(2026, 1, 2, tzinfo=UTC))
    assert readings(reader, "Dec 31 10:00:00", "Jan  1 10:00:00", "Jan  2 00:00:00") == [
        SkipReason.BEFORE_RETENTION,
        SkipReason.BEFORE_RETENTION,
        "2026-01-02T00:00:00",
    ]


def test_bounds_hold_for_lines_that_are_read_quickly() -> None:
    reader = clock(
        earliest=datetime(2026, 6, 3, 10, 30, tzinfo=UTC), latest=datetime(2026, 6, 3, 10, 40, tzinfo=UTC)
    )
    stamps = ("Jun  3 10:30:00", "Jun  3 10:29:59", "Jun  3 10:40:00", "Jun  3 10:40:01", "Jun  3 10:35:00")
    assert readings(reader, *stamps)[1::2] == [SkipReason.BEFORE_RETENTION, SkipReason.IN_THE_FUTURE]


def test_state_carries_the_year() -> None:
    before, after = clock(year=2025), clock(year=None)
    readings(before, "Dec 31 23:59:59")
    after.restore(before.state())
    assert readings(after, "Jan  1 00:00:00") == ["2026-01-01T00:00:00"]
