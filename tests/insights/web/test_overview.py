"""All customers: who sees whom, the queries' own numbers, one count of queries, every control in the URL."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from insights.enums import TlsVersion
from insights.models import Source
from insights.queries import Attention, overview, overview_totals
from tenants.models import Tenant, User
from tenants.roles import Role
from tenants.scope import tenant_scope
from tests.cast import Cast
from tests.factories import fail_login, join, make_source, make_tenant, submit
from tests.insights.web.week import NOW, days_ago, words

ClientOf = Callable[[User], Client]
QUERIES = 11
"""Session, person, tenants, inboxes, the scope (four, with the test's savepoint), the numbers in one, the switcher."""


@pytest.fixture(autouse=True)
def _clock() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def week(cast: Cast) -> Cast:
    """Acme with old TLS and many messages, globex in order with few, initech as the canary."""
    submit(cast.acme, at=days_ago(1), count=6)
    submit(cast.acme, at=days_ago(2), account="scanner@acme.example", tls=TlsVersion.TLS1_0, count=3)
    submit(cast.acme, at=days_ago(3), account="door@acme.example", tls=TlsVersion.NONE, count=1)
    submit(cast.acme, at=days_ago(8), count=4)
    fail_login(cast.acme, at=days_ago(1), count=5)
    submit(
        cast.globex, at=days_ago(0), account="hank@globex.example", tls=TlsVersion.TLS1_3, mechanism="XOAUTH2"
    )
    submit(cast.initech, at=days_ago(1), account="canary@initech.example", count=1000)
    return cast


def names(response: Any) -> list[str]:
    return [row.tenant.slug for row in response.context["rows"]]


def test_overview_without_login_leads_to_the_login(client: Client, db: None) -> None:
    for path in ("/", "/customers.csv"):
        response = client.get(path)
        assert (response.status_code, response["Location"]) == (302, f"/accounts/login/?next={path}")


def test_overview_of_one_tenant_leads_to_its_dashboard(cast: Cast, client_of: ClientOf) -> None:
    response = client_of(cast.dora).get("/")
    assert (response.status_code, response["Location"]) == (302, "/t/globex/")


def test_overview_without_a_tenant_says_what_to_do(cast: Cast, client_of: ClientOf) -> None:
    page = words(client_of(cast.eve).get("/"))
    assert "Ask an owner at your provider" in page
    assert cast.eve.email in page
    assert "Open the administration" not in page


def test_overview_without_a_tenant_leads_staff_to_the_administration(cast: Cast, client_of: ClientOf) -> None:
    cast.eve.is_staff = True
    cast.eve.save()
    page = words(client_of(cast.eve).get("/"))
    assert "Open the administration" in page
    assert "Acme" not in page


def test_overview_shows_the_numbers_of_the_queries(week: Cast, client_of: ClientOf) -> None:
    response = client_of(week.alice).get("/")
    with tenant_scope([week.acme.pk, week.globex.pk]):
        expected = overview([week.acme, week.globex], now=NOW)
    assert response.context["rows"] == expected
    assert response.context["totals"] == overview_totals(expected)
    acme, globex = expected
    assert (acme.accounts, acme.messages, acme.messages_before, acme.delta) == (3, 10, 4, 6)
    assert (acme.legacy, acme.without_tls, acme.basic, acme.failures) == (3, 1, 10, 5)
    assert acme.daily == [0, 0, 0, 1, 3, 6, 0]
    assert (acme.attention, globex.attention) == ((Attention.OLD_TLS,), ())
    page = words(response)
    for said in (
        "2 on old or no TLS",
        "30.0 % (3)",
        "10.0 % (1)",
        "100.0 % (10)",
        "27.3 % (3)",
        "2 customers",
    ):
        assert said in page


def test_overview_never_shows_another_providers_tenant(week: Cast, client_of: ClientOf) -> None:
    client = client_of(week.alice)
    for path in ("/", "/?q=tech", "/customers.csv"):
        body = client.get(path).content.decode().lower()
        assert "canary" not in body
        assert "1,000" not in body
        assert "initech" not in body


@pytest.mark.parametrize("count", [2, 40])
def test_overview_takes_the_same_queries_for_any_number_of_tenants(
    cast: Cast, client_of: ClientOf, django_assert_num_queries: Any, count: int
) -> None:
    for number in range(count - 2):
        submit(make_tenant(f"more-{number}", provider=cast.north), at=days_ago(1))
    client = client_of(cast.alice)
    client.get("/")
    with django_assert_num_queries(QUERIES) as captured:
        response = client.get("/")
    assert len(response.context["rows"]) == count
    assert len([query for query in captured if "insights_" in query["sql"]]) == 1


def test_overview_reads_the_roll_ups_by_an_index_on_the_policys_tenants(cast: Cast) -> None:
    tenants = [cast.acme, cast.globex, cast.initech]
    for tenant in tenants:
        submit(tenant, at=days_ago(1))
    with tenant_scope(tenant.pk for tenant in tenants), connection.cursor() as cursor:
        # The tables are too small here for an index to pay; what counts is that the condition can be one of it.
        cursor.execute("SET LOCAL enable_seqscan = off")
        with CaptureQueriesContext(connection) as captured:
            overview(tenants, now=NOW)
        cursor.execute(f"EXPLAIN {captured[0]['sql']}")
        plan = "\n".join(row[0] for row in cursor.fetchall())
    for table in ("insights_submissionday", "insights_loginfailureday"):
        part = plan.split(f"on {table}")[1].split("->  CTE Scan")[0]
        assert "Index Cond: ((tenant_id = ANY ((string_to_array(" in part
        assert "Filter: (tenant_id" not in part.split("CTE ")[0]


def test_each_tenant_has_its_own_seven_days(cast: Cast, client_of: ClientOf) -> None:
    join(cast.alice, cast.initech, Role.READER)
    for tenant in (cast.globex, cast.initech):
        # Late on the 11th in Seoul, in the morning of the 11th in New York.
        submit(tenant, at=datetime(2026, 11, 11, 14, tzinfo=UTC))
    with time_machine.travel(datetime(2026, 11, 17, 15, 30, tzinfo=UTC), tick=False):  # the 18th in Seoul
        rows = {row.tenant.slug: row for row in client_of(cast.alice).get("/").context["rows"]}
    assert (rows["globex"].messages, rows["globex"].messages_before) == (1, 0)
    assert (rows["initech"].messages, rows["initech"].messages_before) == (0, 1)


@pytest.mark.parametrize(
    ("sort", "expected"),
    [
        ("name", ["acme", "globex"]),
        ("-name", ["globex", "acme"]),
        ("attention", ["globex", "acme"]),
        ("-attention", ["acme", "globex"]),
        ("accounts", ["globex", "acme"]),
        ("-accounts", ["acme", "globex"]),
        ("messages", ["globex", "acme"]),
        ("-messages", ["acme", "globex"]),
        ("delta", ["globex", "acme"]),
        ("-delta", ["acme", "globex"]),
        ("-legacy", ["acme", "globex"]),
        ("none", ["globex", "acme"]),
        ("-basic", ["acme", "globex"]),
        ("-failures", ["acme", "globex"]),
        ("last", ["acme", "globex"]),
        ("-last", ["globex", "acme"]),
        ("password", ["acme", "globex"]),
    ],
)
def test_overview_sorts_by_every_column(
    week: Cast, client_of: ClientOf, sort: str, expected: list[str]
) -> None:
    assert names(client_of(week.alice).get("/", {"sort": sort})) == expected


def test_overview_search_and_attention_narrow_the_rows_not_the_header(
    week: Cast, client_of: ClientOf
) -> None:
    client = client_of(week.alice)
    found = client.get("/?q=GLOB")
    assert names(found) == ["globex"]
    assert found.context["totals"].customers == 2
    assert found.context["shown_totals"].customers == 1
    assert names(client.get("/?attention=yes")) == ["acme"]
    nothing = client.get("/?q=glob&attention=yes")
    assert names(nothing) == []
    assert "No customer matches." in words(nothing)


def test_overview_says_why_a_tenant_needs_attention(cast: Cast, client_of: ClientOf) -> None:
    submit(cast.acme, at=days_ago(9))
    make_source(cast.globex)
    rows = {row.tenant.slug: row for row in client_of(cast.alice).get("/").context["rows"]}
    assert rows["acme"].attention == (Attention.STALE,)
    assert rows["globex"].attention == (Attention.NO_DATA,)
    page = words(client_of(cast.alice).get("/"))
    assert "No line since 8 Nov" in page
    assert "No data yet" in page


def test_overview_tells_of_one_silent_source_among_others(cast: Cast, client_of: ClientOf) -> None:
    submit(cast.acme, at=days_ago(0))
    submit(cast.acme, at=days_ago(3), source="mx2")
    (row,) = (one for one in client_of(cast.alice).get("/").context["rows"] if one.tenant == cast.acme)
    assert row.attention == ()
    with tenant_scope([cast.acme.pk]):
        Source.objects.filter(name="mx2").update(silent_since=days_ago(3))
    page = client_of(cast.alice).get("/")
    (row,) = (one for one in page.context["rows"] if one.tenant == cast.acme)
    assert (row.attention, row.silent_since) == ((Attention.SILENT,), days_ago(3))
    assert "Silent since 14 Nov" in words(page)


def test_overview_csv_has_the_rows_of_the_page(week: Cast, client_of: ClientOf) -> None:
    Tenant.objects.filter(pk=week.globex.pk).update(name="=HYPERLINK(1)")
    response = client_of(week.alice).get("/customers.csv?sort=-messages")
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    rows = list(csv.DictReader(io.StringIO(response.content.decode())))
    assert [(row["customer"], row["slug"]) for row in rows] == [
        ("Acme", "acme"),
        ("'=HYPERLINK(1)", "globex"),
    ]
    assert {name: rows[0][name] for name in ("accounts", "messages", "legacy_tls", "legacy_tls_percent")} == {
        "accounts": "3",
        "messages": "10",
        "legacy_tls": "3",
        "legacy_tls_percent": "30.0",
    }
    assert rows[0]["last_data"] == f"{days_ago(1):%Y-%m-%dT%H:%M:%SZ}"
    narrowed = client_of(week.alice).get("/customers.csv?attention=yes").content.decode()
    assert narrowed.count("\n") == 2
