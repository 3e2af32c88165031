"""The dashboard: who may see it, the queries' own numbers, the flyout, and what stands where nothing is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from insights.enums import TlsVersion
from insights.queries import Selection, sender_domains, summary, tls_usage
from project.periods import DayRange
from tenants.models import SenderDomain, Tenant, User
from tenants.scope import tenant_scope
from tests.cast import Cast
from tests.factories import fail_login, make_source, submit
from tests.insights.web.week import NOW, days_ago, words

ClientOf = Callable[[User], Client]
WEEK = Selection(DayRange(date(2026, 11, 11), date(2026, 11, 18)))
QUERIES = 29
"""All of one page, whatever the data; nine of them are the session's, the person's and the scope's."""


@pytest.fixture(autouse=True)
def _clock() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def week(cast: Cast) -> Cast:
    """Two weeks of acme, and a canary at its neighbours."""
    acme = cast.acme
    submit(
        acme, at=days_ago(1), account="Anna@Acme.example", tls=TlsVersion.TLS1_3, mechanism="XOAUTH2", count=5
    )
    submit(acme, at=days_ago(2), account="scanner@acme.example", tls=TlsVersion.TLS1_0, count=3)
    submit(acme, at=days_ago(3), account="door@acme.example", tls=TlsVersion.NONE, sender="", count=1)
    submit(acme, at=days_ago(4), account="app@acme.example", sender="news@acme-mail.example", count=2)
    submit(acme, at=days_ago(8), account="anna@acme.example", count=4)
    fail_login(acme, at=days_ago(1), account="admin", count=7)
    for neighbour in (cast.globex, cast.initech):
        submit(neighbour, at=days_ago(1), account="canary@initech.example", count=777)
        fail_login(neighbour, at=days_ago(1), account="canary", count=888)
    return cast


def test_dashboard_is_not_found_by_strangers(week: Cast, client: Client, client_of: ClientOf) -> None:
    anonymous = client.get("/t/acme/")
    assert (anonymous.status_code, anonymous["Location"]) == (302, "/accounts/login/?next=/t/acme/")
    for stranger in (week.mallory, week.dora, week.eve):
        refused = client_of(stranger).get("/t/acme/")
        assert refused.status_code == 404
        assert "There is no such page" in words(refused)
        assert "Acme" not in words(refused)
    for member in (week.alice, week.bob, week.carol):
        assert client_of(member).get("/t/acme/").status_code == 200


def test_dashboard_shows_the_numbers_of_the_queries(week: Cast, client_of: ClientOf) -> None:
    response = client_of(week.carol).get("/t/acme/")
    with tenant_scope([week.acme.pk]):
        numbers, tls, domains = summary(WEEK), tls_usage(WEEK), sender_domains(WEEK)
    assert response.context["numbers"] == numbers
    assert (numbers.accounts.now, numbers.messages.now, numbers.failures.now) == (4, 11, 7)
    assert (numbers.accounts.delta, numbers.messages.delta) == (3, 7)
    assert [row["share"] for row in response.context["tls_rows"]] == tls
    assert response.context["strange_domains"] == [row for row in domains if row.messages]
    assert response.context["daily"] == [0, 0, 2, 1, 3, 5, 0]
    page = words(response)
    for said in (
        "4 accounts +3 3 more on last week",
        "11 messages +7 7 more on last week",
        "1 account still submits without TLS.",
        "1 account still uses TLS 1.0.",
        "TLS 1.3 45.5 % (5)",
        "OAuth 45.5 % (5)",
        "Basic 54.5 % (6)",
        "anna @acme.example 45.5 % 5",
        "Failed logins 7 +7 7 more on last week 7 with wrong credentials",
        "admin 203.0.113.9 7",
        "mx1: last line 1 day ago",
        "TLS known for 100.0 % of messages",
    ):
        assert said in page
    assert "canary" not in page
    assert "777" not in page
    assert "888" not in page


def test_dashboard_domains_leave_out_accepted_ones(week: Cast, client_of: ClientOf) -> None:
    with tenant_scope([week.acme.pk]):
        SenderDomain.objects.update_or_create(
            tenant=week.acme, domain="acme.example", defaults={"is_accepted": True}
        )
    context = client_of(week.carol).get("/t/acme/").context
    assert [(row.domain, row.messages) for row in context["strange_domains"]] == [("acme-mail.example", 2)]


def test_flyout_is_in_the_page_when_the_url_says_so(week: Cast, client_of: ClientOf) -> None:
    client = client_of(week.carol)
    closed, opened = client.get("/t/acme/"), client.get("/t/acme/?panel=smtp-auth")
    assert not closed.context["panel_is_open"]
    assert b"week-volume" not in closed.content
    page = words(opened)
    assert b'id="smtp-auth-content"' in opened.content
    assert b"week-volume" in opened.content
    assert "Total 100.0 % 11" in page
    assert sum(row["share"].messages for row in opened.context["tls_rows"]) == 11
    assert b'href="/t/acme/reports/smtp-auth/">SMTP Auth clients report</a>' in opened.content


@pytest.mark.parametrize("accounts", [1, 3])
def test_dashboard_takes_the_same_queries_for_any_data(
    cast: Cast, client_of: ClientOf, django_assert_num_queries: Any, accounts: int
) -> None:
    for number in range(accounts):
        sender = f"someone{number}@domain{number}.example"
        submit(
            cast.acme, at=days_ago(number), account=f"account{number}", sender=sender, source=f"mx{number}"
        )
        fail_login(cast.acme, at=days_ago(number), account=f"guess{number}")
    client = client_of(cast.alice)
    client.get("/t/acme/")
    for path in ("/t/acme/", "/t/acme/?panel=smtp-auth"):
        with django_assert_num_queries(QUERIES):
            client.get(path)


def test_dashboard_has_the_tenants_own_today(cast: Cast, client_of: ClientOf) -> None:
    late = datetime(2026, 11, 17, 15, 30, tzinfo=UTC)  # the 18th in Seoul
    submit(cast.initech, at=datetime(2026, 11, 11, 14, tzinfo=UTC), account="seven@initech.example")
    submit(cast.initech, at=late - timedelta(minutes=10), account="today@initech.example")
    submit(cast.globex, at=datetime(2026, 11, 11, 14, tzinfo=UTC), account="seven@globex.example")
    with time_machine.travel(late, tick=False):
        seoul = client_of(cast.mallory).get("/t/initech/").context
        new_york = client_of(cast.alice).get("/t/globex/").context
    assert seoul["week"] == DayRange(date(2026, 11, 12), date(2026, 11, 19))
    assert (seoul["numbers"].messages.now, seoul["numbers"].messages.before) == (1, 1)
    assert seoul["daily"] == [0, 0, 0, 0, 0, 0, 1]
    assert new_york["week"] == DayRange(date(2026, 11, 11), date(2026, 11, 18))
    assert new_york["daily"] == [1, 0, 0, 0, 0, 0, 0]


def test_dashboard_does_not_call_the_first_week_a_rise(cast: Cast, client_of: ClientOf) -> None:
    submit(cast.acme, at=days_ago(1))
    assert "on last week" not in words(client_of(cast.alice).get("/t/acme/"))


def test_dashboard_without_a_source_says_what_to_do(cast: Cast, client_of: ClientOf) -> None:
    technician, reader = (client_of(person).get("/t/acme/") for person in (cast.bob, cast.carol))
    assert "No source yet" in words(technician)
    assert b'href="/t/acme/sources/connect/">Connect a source</a>' in technician.content
    assert "A technician or an owner can connect" in words(reader)
    assert "Connect a source" not in words(reader)


def test_dashboard_with_a_source_and_no_submission_leads_to_the_sources(
    cast: Cast, client_of: ClientOf
) -> None:
    make_source(cast.acme)
    page = words(client_of(cast.carol).get("/t/acme/"))
    assert "No submission yet." in page
    assert "mx1: no line yet" in page


def test_dashboard_of_a_silent_tenant_leads_to_its_last_week(cast: Cast, client_of: ClientOf) -> None:
    submit(cast.acme, at=days_ago(30))
    response = client_of(cast.carol).get("/t/acme/")
    assert "Nothing in these 7 days. The last submission was on 18 October 2026." in words(response)
    link = b'href="/t/acme/reports/smtp-auth/?range=custom&amp;start=2026-10-12&amp;end=2026-10-18"'
    assert link in response.content


def test_dashboard_offers_no_week_that_is_no_longer_kept(cast: Cast, client_of: ClientOf) -> None:
    submit(cast.acme, at=days_ago(30))
    Tenant.objects.filter(pk=cast.acme.pk).update(retention_days=14)
    response = client_of(cast.carol).get("/t/acme/")
    assert "The last submission was on 18 October 2026, before the 14 days that are kept." in words(response)
    assert b"range=custom" not in response.content


def test_dashboard_says_when_all_is_well(cast: Cast, client_of: ClientOf) -> None:
    submit(cast.acme, at=days_ago(1), tls=TlsVersion.TLS1_3, mechanism="XOAUTH2")
    submit(cast.acme, at=days_ago(1), tls=TlsVersion.TLS1_2, mechanism="XOAUTH2")
    page = words(client_of(cast.carol).get("/t/acme/"))
    assert "Every message came over TLS 1.2 or TLS 1.3, and none with a password." in page
