"""The query string of a view: what is taken, what is refused and how it is said."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from django.http import QueryDict
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from insights.filters import RangeChoice, View, ViewState, read_state
from project.periods import DayRange
from tenants.models import Tenant

NOW = datetime(2026, 11, 17, 12, tzinfo=UTC)
SORTS = frozenset({"messages", "sender_address"})
WEEK = DayRange(date(2026, 11, 11), date(2026, 11, 18))


def state_of(query: str, *, now: datetime = NOW, zone: str = "Europe/Berlin", kept: int = 90) -> ViewState:
    tenant = Tenant(slug="acme", time_zone=zone, retention_days=kept)
    return read_state(QueryDict(query), tenant=tenant, now=now, sorts=SORTS, default_sort="-messages")


def told(query: str, *, kept: int = 90) -> list[str]:
    return [problem.message for problem in state_of(query, kept=kept).problems]


def test_nothing_asked_is_the_volume_of_the_last_seven_days() -> None:
    state = state_of("")
    assert (state.view, state.range, state.days) == (View.VOLUME, RangeChoice.DAYS_7, WEEK)
    assert (state.domain, state.q, state.sort, state.page, state.row) == (None, "", "-messages", 1, "")
    assert state.problems == ()


@pytest.mark.parametrize(
    ("zone", "today"),
    [("America/New_York", 16), ("Europe/Berlin", 17), ("Asia/Seoul", 17), ("Pacific/Kiritimati", 17)],
)
def test_today_is_the_tenants(zone: str, today: int) -> None:
    state = state_of("", now=datetime(2026, 11, 17, 3, tzinfo=UTC), zone=zone)
    assert (len(state.days), state.days.last) == (7, date(2026, 11, today))


@pytest.mark.parametrize(
    "query",
    [
        "",
        "view=tls&range=30d",
        "view=auth&domain=acme.example&range=this-month&q=scan&sort=sender_address&page=3",
        "view=volume&domain=-&range=custom&start=2026-11-01&end=2026-11-09",
        "range=last-month&row=o%27brien%2Btag%40acme.example",
        "row=%20leading%26amp%3D%C3%9F%F0%9F%93%A0",
    ],
)
def test_a_state_and_its_query_string_say_the_same(query: str) -> None:
    state = state_of(query)
    assert state.problems == ()
    assert state_of(state.query()) == state


def test_a_query_string_of_some_parameters_has_only_those() -> None:
    state = state_of("view=tls&range=30d&q=scan&sort=messages")
    assert state.query("view", "range") == "view=tls&range=30d"
    assert state.query("view", "range", range="7d", q="fax") == "view=tls&range=7d&q=fax"
    assert state.query("view", view="") == ""


def test_start_and_end_alone_are_a_custom_range() -> None:
    state = state_of("start=2026-11-10&end=2026-11-16")
    assert (state.range, state.days) == (
        RangeChoice.CUSTOM,
        DayRange(date(2026, 11, 10), date(2026, 11, 17)),
    )


@pytest.mark.parametrize(
    ("written", "domain"),
    [
        ("acme.example", "acme.example"),
        ("ACME.example.", "acme.example"),
        ("M%C3%BCnchen.example", "xn--mnchen-3ya.example"),
        ("-", ""),
        ("", None),
        ("%20", None),
        ("a..b", "a..b"),
    ],
)
def test_a_domain_is_read_as_it_is_kept(written: str, domain: str | None) -> None:
    state = state_of(f"domain={written}")
    assert (state.domain, state.problems) == (domain, ())


EARLIER = "choose that day or an earlier one."
LEAVE_OUT = "leave it out, or write range=custom."
SORTABLE = "it can be messages, sender_address, with a leading “-” to descend."
NULL = "holds a null character, which no name has."
DAYS_KEPT = "choose a day from 20 August 2026 to 17 November 2026."


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("view=pie", "View data by “pie” is not known; it can be volume, tls, auth."),
        (
            "range=8d",
            "Range “8d” is not known; it can be 7d, 14d, 30d, 90d, this-month, last-month, custom.",
        ),
        (
            "range=custom&start=2026-02-30&end=2026-11-16",
            (
                "Start date “2026-02-30” is not a day of the calendar; "
                "write it like 2026-11-17, or -30d for 30 days ago, or today."
            ),
        ),
        (
            "range=custom&start=2026-11-10&end=%3Cscript%3E",
            (
                "End date “<script>” is not a day of the calendar; "
                "write it like 2026-11-17, or -30d for 30 days ago, or today."
            ),
        ),
        ("range=custom&end=2026-11-16", "Start date is missing; days of your choice need both."),
        ("start=2026-11-10", "End date is missing; days of your choice need both."),
        ("range=custom", "Start date is missing; days of your choice need both."),
        (
            "start=2026-11-12&end=2026-11-10",
            f"Start date “2026-11-12” is after the end date, 10 November 2026; {EARLIER}",
        ),
        (
            "start=2020-01-01&end=2026-11-10",
            f"Start date “2020-01-01” is before the days that are kept; {DAYS_KEPT}",
        ),
        ("start=2026-11-10&end=2026-11-18", f"End date “2026-11-18” is in the future; {DAYS_KEPT}"),
        (
            "start=0001-01-01&end=9999-12-31",
            f"Start date “0001-01-01” is before the days that are kept; {DAYS_KEPT}",
        ),
        (
            "range=14d&start=2026-11-10",
            f"Start date “2026-11-10” stands beside a range that has its own days; {LEAVE_OUT}",
        ),
        (
            "sort=password",
            f"Sort “password” is not a column to sort by; {SORTABLE}",
        ),
        (
            "sort=--messages",
            f"Sort “--messages” is not a column to sort by; {SORTABLE}",
        ),
        ("page=0", "Page “0” is not a page; write a number from 1 up."),
        ("page=-1", "Page “-1” is not a page; write a number from 1 up."),
        ("page=1.5", "Page “1.5” is not a page; write a number from 1 up."),
        (f"page={'9' * 5000}", f"Page “{'9' * 59}…” is not a page; write a number from 1 up."),
        (f"q={'a' * 201}", f"Search “{'a' * 59}…” is too long; at most 200 characters are read."),
        ("q=%00", f"Search “\N{REPLACEMENT CHARACTER}” {NULL}"),
        ("row=a%00", f"Row “a\N{REPLACEMENT CHARACTER}” {NULL}"),
        (
            "domain=%00",
            "Show data for “\N{REPLACEMENT CHARACTER}” holds a null character, which no name has.",
        ),
    ],
)
def test_a_bad_value_is_named_and_its_default_stands(query: str, message: str) -> None:
    state = state_of(query)
    assert [problem.message for problem in state.problems] == [message]
    assert len(state.refused) == 1
    assert (state.view, state.sort, state.page, state.q, state.row) == (View.VOLUME, "-messages", 1, "", "")
    if "14d" not in query:
        assert state.days == WEEK


def test_every_bad_value_is_named() -> None:
    assert state_of("view=x&range=x&sort=x&page=x").refused == {"view", "range", "sort", "page"}


def test_a_range_that_goes_back_further_than_what_is_kept_is_cut_and_said() -> None:
    state = state_of("range=90d", kept=30)
    assert (state.range, state.days.start, len(state.days)) == (RangeChoice.DAYS_90, date(2026, 10, 19), 30)
    assert [problem.message for problem in state.problems] == [
        "Of the last 90 days, the days from 19 October 2026 on are kept and shown."
    ]
    assert state.refused == frozenset()


def test_last_month_of_which_nothing_is_kept_is_refused() -> None:
    assert told("range=last-month", kept=10) == [
        "Range “last-month” is before the days that are kept; the first is 8 November 2026."
    ]


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.dictionaries(
        st.sampled_from(["view", "domain", "range", "start", "end", "q", "sort", "page", "row"]),
        st.text() | st.sampled_from(["custom", "7d", "tls", "-messages", "2026-11-10", "2026-11-17", "1"]),
    )
)
def test_any_values_give_a_state_that_can_be_asked_again(values: dict[str, str]) -> None:
    tenant = Tenant(slug="acme", time_zone="Asia/Seoul", retention_days=30)
    state = read_state(values, tenant=tenant, now=NOW, sorts=SORTS, default_sort="-messages")
    again = read_state(
        QueryDict(state.query()), tenant=tenant, now=NOW, sorts=SORTS, default_sort="-messages"
    )
    assert again.params() == state.params()
    assert again.refused == frozenset()
    assert state.kept.start <= state.days.start <= state.days.last <= state.kept.last
