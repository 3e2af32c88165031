"""The summary: the numbers of the dashboard, narrowed, tagged, and beside the period before."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from tenants.models import User
from tests.api import Api, tenant_api
from tests.cast import Cast

PATH = "tenants/acme/summary/"
ClientOf = Callable[[User], Client]


@pytest.fixture
def api(week: Cast) -> Api:
    """A client that may read acme's reports."""
    return tenant_api(week.acme)


def test_week_in_numbers(api: Api) -> None:
    found = api.read(PATH)
    assert (found["start"], found["end"]) == ("2026-11-11", "2026-11-17")
    assert found["before"] == {"start": "2026-11-04", "end": "2026-11-10", "is_known": True}
    assert found["numbers"]["accounts"] == {"now": 3, "before": 0, "change": 3}
    assert found["numbers"]["messages"]["now"] == 16
    assert found["numbers"]["messages_on_legacy_tls"]["now"] == 3
    assert found["numbers"]["failures"]["now"] == 4
    assert [day["messages"] for day in found["by_day"]] == [4, 0, 1, 2, 1, 8, 0]
    assert {row["tls_version"]: row["messages"] for row in found["tls_usage"]}["TLS1.3"] == 5
    assert found["authentication"][0] == {
        "auth_class": "oauth",
        "mechanism": "XOAUTH2",
        "messages": 3,
        "percent": 18.8,
    }
    assert found["freshness"]["first_day"] == "2026-10-28"
    assert found["freshness"]["tls_coverage"] == 87.5
    assert found["freshness"]["sources"] == [{"name": "mx1", "last_line_at": "2026-11-16T09:00:00Z"}]


def test_numbers_are_those_of_the_dashboard(week: Cast, api: Api, client_of: ClientOf) -> None:
    page = client_of(week.carol).get("/t/acme/")
    assert page.context is not None
    shown = page.context["numbers"]
    numbers = api.read(PATH)["numbers"]
    assert {name: (change["now"], change["before"]) for name, change in numbers.items()} == {
        name: (getattr(shown, name).now, getattr(shown, name).before) for name in numbers
    }
    assert [row["messages"] for row in api.read(PATH)["by_day"]] == page.context["daily"]


def test_failures_are_not_told_of_what_they_do_not_carry(api: Api) -> None:
    found = api.read(PATH, tls_version="TLS1.0")
    assert found["numbers"]["messages"]["now"] == 3
    assert found["numbers"]["failures"] is found["numbers"]["failures_wrong_credentials"] is None
    assert api.read(PATH, account="admin")["numbers"]["failures"]["now"] == 3


def test_summary_is_not_sent_twice(api: Api) -> None:
    tag = api.get(f"/api/v1/{PATH}")["ETag"]
    assert api.get(f"/api/v1/{PATH}", headers={"If-None-Match": tag}).status_code == 304
    other = api.get(f"/api/v1/{PATH}?start=-1d", headers={"If-None-Match": tag})
    assert other.status_code == 200


def test_summary_has_no_search(api: Api) -> None:
    assert api.read(PATH, 400, search="anna")["errors"][0]["field"] == "search"


def test_number_of_queries_does_not_grow_with_data(
    week: Cast, api: Api, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    api.read(PATH)  # the first use of a key is noted
    for days in ("today", "-30d"):
        with django_assert_num_queries(26):
            api.read(PATH, start=days)
