"""The overview over the API: the numbers of the page, for exactly the tenants of the caller, in each form."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator
from typing import Any

import openpyxl
import pytest
import time_machine
from django.test import Client

from insights.enums import TlsVersion
from tenants.models import Tenant, User
from tenants.roles import Scope
from tests.api import Api, provider_api, tenant_api
from tests.cast import Cast
from tests.factories import fail_login, make_tenant, submit
from tests.insights.web.week import NOW, days_ago

PATH = "overview/"
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _clock() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def north(cast: Cast) -> Api:
    """A key of north: acme with old TLS and many messages, globex in order with few, initech is the canary."""
    submit(cast.acme, at=days_ago(1), count=6)
    submit(cast.acme, at=days_ago(2), account="scanner@acme.example", tls=TlsVersion.TLS1_0, count=3)
    submit(cast.acme, at=days_ago(3), account="door@acme.example", tls=TlsVersion.NONE, count=1)
    submit(cast.acme, at=days_ago(8), count=4)
    fail_login(cast.acme, at=days_ago(1), count=5)
    submit(
        cast.globex, at=days_ago(0), account="hank@globex.example", tls=TlsVersion.TLS1_3, mechanism="XOAUTH2"
    )
    submit(cast.initech, at=days_ago(1), account="canary@initech.example", count=1000)
    return provider_api(cast.north)


def _slugs(api: Api, **query: Any) -> list[str]:
    return [row["slug"] for row in api.read(PATH, **query)["results"]]


def test_row_has_the_numbers_of_seven_days(north: Api) -> None:
    answer = north.read(PATH)
    assert answer["results"][0] == {
        "customer": "Acme",
        "slug": "acme",
        "needs_attention": ["old_tls"],
        "accounts": 3,
        "accounts_on_old_tls": 2,
        "messages": 10,
        "messages_before": 4,
        "legacy_tls": 3,
        "legacy_tls_percent": 30.0,
        "without_tls": 1,
        "without_tls_percent": 10.0,
        "basic": 10,
        "basic_percent": 100.0,
        "failed_logins": 5,
        "last_data": "2026-11-16T09:00:00Z",
        "daily": [0, 0, 0, 1, 3, 6, 0],
    }
    assert answer["totals"] == {
        "customers": 2,
        "accounts": 4,
        "messages": 11,
        "messages_before": 4,
        "legacy_tls": 3,
        "without_tls": 1,
        "basic": 10,
        "failed_logins": 5,
        "need_attention": 1,
    }


def test_rows_are_those_of_the_page(cast: Cast, north: Api, client_of: Callable[[User], Client]) -> None:
    shown = client_of(cast.alice).get("/", {"sort": "-messages"}).context
    given = north.read(PATH, ordering="-messages")
    names = {"legacy_tls": "legacy", "failed_logins": "failures"}
    same = (
        "accounts",
        "messages",
        "legacy_tls",
        "without_tls",
        "basic",
        "failed_logins",
        "basic_percent",
        "daily",
    )
    assert [
        [row.tenant.slug] + [getattr(row, names.get(name, name)) for name in same] for row in shown["rows"]
    ] == [[row["slug"]] + [row[name] for name in same] for row in given["results"]]
    assert given["totals"]["messages"] == shown["totals"].messages


def test_tenants_are_the_callers(cast: Cast, north: Api, client_of: Callable[[User], Client]) -> None:
    assert _slugs(north) == ["acme", "globex"]
    assert _slugs(provider_api(cast.north, tenants=[cast.globex])) == ["globex"]
    assert _slugs(tenant_api(cast.acme)) == ["acme"]
    for person, slugs in ((cast.dora, ["globex"]), (cast.mallory, ["initech"]), (cast.eve, [])):
        answer = client_of(person).get(f"/api/v1/{PATH}").json()
        assert [row["slug"] for row in answer["results"]] == slugs
        assert answer["totals"]["customers"] == len(slugs)


def test_key_that_may_only_send_reads_nothing(cast: Cast, north: Api, nobody: Api) -> None:
    assert "“view”" in tenant_api(cast.acme, Scope.INGEST).read(PATH, 403)["detail"]
    nobody.read(PATH, 401)


@pytest.mark.parametrize(
    ("query", "slugs"),
    [
        ({"ordering": "messages"}, ["globex", "acme"]),
        ({"ordering": "-messages"}, ["acme", "globex"]),
        ({"ordering": "-name"}, ["globex", "acme"]),
        ({"search": " ACM"}, ["acme"]),
        ({"search": "canary"}, []),
        ({"attention": "true"}, ["acme"]),
        ({"attention": "false"}, ["acme", "globex"]),
    ],
)
def test_rows_are_chosen_and_ordered(north: Api, query: dict[str, Any], slugs: list[str]) -> None:
    assert _slugs(north, **query) == slugs
    assert north.read(PATH, **query)["totals"]["customers"] == len(slugs)


@pytest.mark.parametrize(
    "query",
    [
        {"ordering": "slug"},
        {"ordering": "--name"},
        {"attention": "yes"},
        {"search": "x" * 201},
        {"format": "pdf"},
        {"limit": "5"},
        {"start": "-7d"},
    ],
)
def test_wrong_parameter_is_a_400_that_names_it(north: Api, query: dict[str, Any]) -> None:
    assert [error["field"] for error in north.read(PATH, 400, **query)["errors"]] == list(query)


def test_files_have_the_rows_of_the_page(cast: Cast, north: Api, client_of: Callable[[User], Client]) -> None:
    Tenant.objects.filter(pk=cast.globex.pk).update(name="=HYPERLINK(1)")
    query = {"ordering": "-messages"}
    file = north.get(f"/api/v1/{PATH}", {**query, "format": "csv"})
    assert file["Content-Disposition"] == 'attachment; filename="customers-2026-11-17.csv"'
    text = file.getvalue().decode()
    assert text == client_of(cast.alice).get("/customers.csv?sort=-messages").content.decode()
    rows = list(csv.DictReader(io.StringIO(text)))
    given = north.read(PATH, **query)["results"]
    assert [row["customer"] for row in rows] == ["Acme", "'=HYPERLINK(1)"]
    for row, one in zip(rows, given, strict=True):
        assert {name: row[name] for name in row if name not in {"customer", "needs_attention"}} == {
            name: str(one[name]) for name in row if name not in {"customer", "needs_attention"}
        }
    book = north.get(f"/api/v1/{PATH}", {**query, "format": "xlsx"}).getvalue()
    head, *lines = openpyxl.load_workbook(io.BytesIO(book))["customers"].iter_rows(values_only=True)
    assert list(head) == list(rows[0])
    assert [line[head.index("messages")] for line in lines] == [10, 1]
    assert [line[0] for line in lines] == ["Acme", "=HYPERLINK(1)"]


@pytest.mark.parametrize("count", [1, 7])
def test_overview_takes_the_same_queries_for_any_number(
    cast: Cast, django_assert_num_queries: Any, count: int
) -> None:
    for number in range(count):
        submit(make_tenant(f"t{number}", provider=cast.north), at=days_ago(1))
    api = provider_api(cast.north)
    api.read(PATH)
    with django_assert_num_queries(7):
        assert len(api.read(PATH)["results"]) == count + 2
