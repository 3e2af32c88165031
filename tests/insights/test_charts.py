"""Charts: every day is there, in words too, and classes keep their order and colour."""

from __future__ import annotations

from datetime import date, timedelta

from insights.charts import auth_chart, failure_chart, tls_chart, volume_chart
from insights.enums import AuthClass, TlsVersion
from insights.queries import DayVolume

DAY = date(2026, 11, 17)


def days(count: int, first: date = DAY) -> list[DayVolume]:
    return [DayVolume(first + timedelta(days=number), number, number, number) for number in range(count)]


def test_volume_tells_each_day_in_a_sentence() -> None:
    chart = volume_chart([DayVolume(DAY, 1612, 2000, 31), DayVolume(DAY + timedelta(days=1), 1, 1, 1)])
    assert chart["titles"] == ["Tue 17 Nov: 1,612 messages, 31 accounts", "Wed 18 Nov: 1 message, 1 account"]
    assert chart["labels"] == ["Tue 17 Nov", "Wed 18 Nov"]
    assert chart["series"] == [
        {"key": "messages", "label": "Messages", "values": [1612, 1], "class": "volume"}
    ]


def test_a_month_is_bars_and_more_is_a_line() -> None:
    assert [volume_chart(days(count))["kind"] for count in (1, 7, 31, 32, 90)] == [
        "bar",
        "bar",
        "bar",
        "line",
        "line",
    ]


def test_days_of_two_years_carry_their_year() -> None:
    assert volume_chart(days(2, date(2026, 12, 31)))["labels"] == ["31 Dec 2026", "1 Jan 2027"]


def test_tls_stacks_the_versions_that_were_used_newest_first() -> None:
    nothing = dict.fromkeys(TlsVersion, 0)
    by_day = {
        DAY: nothing | {TlsVersion.NONE: 2, TlsVersion.TLS1_3: 5},
        DAY + timedelta(days=1): nothing | {TlsVersion.TLS1_0: 1},
    }
    chart = tls_chart(by_day)
    assert [(series["key"], series["class"], series["values"]) for series in chart["series"]] == [
        ("TLS1.3", "tls-1-3", [5, 0]),
        ("TLS1.0", "tls-1-0", [0, 1]),
        ("none", "tls-none", [2, 0]),
    ]
    assert chart["titles"] == ["Tue 17 Nov: 7 messages", "Wed 18 Nov: 1 message"]


def test_authentication_stacks_oauth_below_basic() -> None:
    by_day = {DAY: {AuthClass.BASIC: 3, AuthClass.OAUTH: 4, AuthClass.OTHER: 0, AuthClass.UNKNOWN: 0}}
    chart = auth_chart(by_day)
    assert [(series["label"], series["values"]) for series in chart["series"]] == [
        ("OAuth", [4]),
        ("Basic", [3]),
    ]
    assert chart["kind"] == "stacked"


def test_failures_tell_their_number() -> None:
    chart = failure_chart({DAY: 1, DAY + timedelta(days=1): 1200})
    assert chart["titles"] == ["Tue 17 Nov: 1 failed login", "Wed 18 Nov: 1,200 failed logins"]
    assert chart["series"][0]["class"] == "failed"
