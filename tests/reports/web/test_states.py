"""What the pages say when something is asked wrongly, or there is nothing to show."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from tenants.models import User
from tests.cast import Cast
from tests.factories import make_source, submit
from tests.reports.web.conftest import days_ago
from tests.reports.web.page import read

ClientOf = Callable[[User], Client]
REPORT = "/t/acme/reports/smtp-auth/"
PAGES = [REPORT, f"{REPORT}?view=tls", f"{REPORT}?view=auth", f"{REPORT}details/", "/t/acme/clients/"]
WRONG = "range=8d&start=2026-02-30&end=9999-12-31&sort=password&page=x&q=%00&row=%00&domain=%00"


@pytest.mark.parametrize("url", [REPORT, f"{REPORT}details/", "/t/acme/clients/", "/t/acme/failed-logins/"])
def test_wrong_values_are_named_and_not_carried_on(week: Cast, client_of: ClientOf, url: str) -> None:
    page = read(client_of(week.carol), f"{url}?{WRONG}")
    for name in ("Range “8d”", "Start date “2026-02-30”", "Sort “password”", "Page “x”", "Search “", "Row “"):
        assert name in page.text
    assert "Shown instead: the last 7 days." in page.text
    assert page.links["This month"] == "?range=this-month"


@pytest.mark.parametrize("name", ["details.csv", "details.xlsx"])
def test_a_download_that_is_asked_wrongly_is_refused_in_words(
    week: Cast, client_of: ClientOf, name: str
) -> None:
    response = client_of(week.carol).get(f"{REPORT}{name}?range=8d&sort=password")
    assert (response.status_code, response["Content-Type"]) == (400, "text/plain; charset=utf-8")
    assert [line.split(" is ")[0] for line in response.content.decode().splitlines()] == [
        "Range “8d”",
        "Sort “password”",
    ]


@pytest.mark.parametrize("path", ["details.pdf", "../tables/clients.pdf", "../tables/passwords.csv"])
def test_a_download_that_does_not_exist_is_not_found(week: Cast, client_of: ClientOf, path: str) -> None:
    url = f"{REPORT}{path}" if not path.startswith("..") else f"/t/acme/reports/{path[3:]}"
    assert client_of(week.carol).get(url).status_code == 404


@pytest.mark.parametrize("url", PAGES)
def test_a_tenant_without_a_source_is_told_to_connect_one(
    cast: Cast, client_of: ClientOf, now: object, url: str
) -> None:
    assert "No source yet." in read(client_of(cast.carol), url).text


@pytest.mark.parametrize("url", PAGES)
def test_a_source_without_submissions_is_said(cast: Cast, client_of: ClientOf, now: object, url: str) -> None:
    make_source(cast.acme)
    assert "No submission has been read yet." in read(client_of(cast.carol), url).text


@pytest.mark.parametrize("url", PAGES)
def test_an_empty_week_leads_to_the_last_submission(
    cast: Cast, client_of: ClientOf, now: object, url: str
) -> None:
    submit(cast.acme, at=days_ago(20), count=2)
    client = client_of(cast.carol)
    page = read(client, url)
    assert "Nothing in these days. The last submission was on 28 October 2026. Show it" in page.text
    shown = read(client, page.links["Show it"])
    assert "22–28 Oct 2026" in shown.text
    assert "Nothing in these days" not in shown.text


def test_an_empty_week_of_failed_logins_leads_to_the_last_one(week: Cast, client_of: ClientOf) -> None:
    client = client_of(week.carol)
    page = read(client, "/t/acme/failed-logins/?start=2026-11-01&end=2026-11-02")
    assert "The last failed login was on 16 November 2026." in page.text
    assert len(read(client, page.links["Show it"]).tables["Failed logins"]) == 4


def test_a_search_without_a_match_can_be_cleared(week: Cast, client_of: ClientOf) -> None:
    client = client_of(week.carol)
    page = read(client, f"{REPORT}details/?view=tls&q=nobody")
    assert "Nothing matches “nobody” in these days." in page.text
    assert page.links["Clear the search"] == f"{REPORT}details/?view=tls&range=7d&sort=-messages"


def test_a_domain_without_mail_leads_to_all_of_them(week: Cast, client_of: ClientOf) -> None:
    page = read(client_of(week.carol), f"{REPORT}?domain=nowhere.example")
    assert "Nothing from sender domain nowhere.example in these days." in page.text
    assert '<option value="nowhere.example" selected>nowhere.example (0)</option>' in page.html
    assert page.links["Show all sender domains"] == f"{REPORT}?view=volume&range=7d"
