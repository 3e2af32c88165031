"""Links and forms keep what else is in the URL."""

from datetime import UTC, date, datetime

import pytest
from django.core.paginator import Paginator
from django.template import Context
from django.test import RequestFactory
from django.utils import timezone

from insights.templatetags import links


def page_at(url: str, **extra: object) -> Context:
    return Context({"request": RequestFactory().get(url), **extra})


def test_hidden_params_carry_all_but_the_forms_own() -> None:
    assert links.hidden_params(page_at("/?q=a%22b&view=tls&tag=1&tag=2&page=3"), "q", "page") == (
        '<input type="hidden" name="view" value="tls"><input type="hidden" name="tag" value="1">'
        '<input type="hidden" name="tag" value="2">'
    )


@pytest.mark.parametrize(
    ("url", "left"),
    [("/t/x/?panel=smtp-auth", "/t/x/"), ("/t/x/?a=1&panel=p&row=2", "/t/x/?a=1"), ("/t/x/", "/t/x/")],
)
def test_url_without_drops_only_what_is_named(url: str, left: str) -> None:
    assert links.url_without(page_at(url), "panel", "row") == left


@pytest.mark.parametrize(
    ("sort", "numeric", "aria", "following"),
    [
        ("", True, "", "-messages"),
        ("", False, "", "messages"),
        ("-messages", True, "descending", "messages"),
        ("messages", True, "ascending", "-messages"),
        ("-sender", False, "", "messages"),
    ],
)
def test_sort_header_turns_the_order_round(sort: str, numeric: bool, aria: str, following: str) -> None:
    head = links.sort_header(page_at("/", sort=sort), "messages", "Messages", numeric=numeric)
    assert (head["aria_sort"], head["next"]) == (aria, following)


def test_pagination_elides_what_is_far() -> None:
    page = Paginator(range(1000), 10).page(50)
    numbers = links.pagination(page_at("/"), page)["page_numbers"]
    assert numbers == [1, "…", 48, 49, 50, 51, 52, "…", 100]


@pytest.mark.parametrize(
    ("first", "last", "told"),
    [
        (date(2026, 11, 17), date(2026, 11, 17), "17 Nov 2026"),
        (date(2026, 11, 17), date(2026, 11, 23), "17–23 Nov 2026"),
        (date(2026, 10, 30), date(2026, 11, 5), "30 Oct – 5 Nov 2026"),
        (date(2026, 12, 30), date(2027, 1, 5), "30 Dec 2026 – 5 Jan 2027"),
    ],
)
def test_day_span_is_as_short_as_can_be(first: date, last: date, told: str) -> None:
    assert links.day_span(first, last) == told


@pytest.mark.parametrize(
    ("first", "last", "told"),
    [
        (datetime(2026, 11, 20, 9, tzinfo=UTC), datetime(2026, 11, 20, 14, tzinfo=UTC), "20 Nov 2026"),
        (datetime(2026, 11, 20, 9, tzinfo=UTC), datetime(2026, 11, 20, 15, tzinfo=UTC), "20–21 Nov 2026"),
        (
            datetime(2026, 10, 31, 14, tzinfo=UTC),
            datetime(2026, 10, 31, 15, tzinfo=UTC),
            "31 Oct – 1 Nov 2026",
        ),
    ],
)
def test_day_span_of_instants_is_of_the_days_of_the_page(first: datetime, last: datetime, told: str) -> None:
    with timezone.override("Asia/Seoul"):
        assert links.day_span(first, last) == told
