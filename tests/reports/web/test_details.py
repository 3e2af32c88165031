"""The details table: search, order, pages, the row that is open, and the way back."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from tenants.models import User
from tests.cast import Cast
from tests.factories import fail_login, submit
from tests.reports.web.conftest import days_ago
from tests.reports.web.page import Page, read

ClientOf = Callable[[User], Client]
REPORT = "/t/acme/reports/smtp-auth/"
DETAILS = f"{REPORT}details/"


def senders(page: Page) -> list[str]:
    return [row[0] for row in page.tables["Senders"][1:-1]]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", ["Anna@Acme.example", "scanner@acme.example", "news@acme-mail.example", "=cmd|' /c calc'!a1"]),
        (
            "sort=messages",
            ["=cmd|' /c calc'!a1", "news@acme-mail.example", "scanner@acme.example", "Anna@Acme.example"],
        ),
        (
            "sort=-tls_1_0",
            ["scanner@acme.example", "=cmd|' /c calc'!a1", "Anna@Acme.example", "news@acme-mail.example"],
        ),
        ("q=SCAN", ["scanner@acme.example"]),
        ("q=%25", []),
        ("domain=acme-mail.example", ["news@acme-mail.example"]),
        ("domain=-", ["=cmd|' /c calc'!a1"]),
        ("start=2026-11-13&end=2026-11-14", ["news@acme-mail.example", "=cmd|' /c calc'!a1"]),
        ("range=30d&q=old", ["old@acme.example"]),
    ],
)
def test_the_table_is_searched_sorted_and_filtered(
    week: Cast, client_of: ClientOf, query: str, expected: list[str]
) -> None:
    page = read(client_of(week.carol), f"{DETAILS}?{query}")
    assert (senders(page) if expected else page.tables.get("Senders")) == (expected or None)


def test_a_long_table_has_pages_and_totals_of_all_of_them(week: Cast, client_of: ClientOf) -> None:
    for number in range(51):
        submit(week.acme, at=days_ago(0), account=f"user{number:02}@many.example")
    client = client_of(week.carol)
    first = read(client, f"{DETAILS}?domain=many.example&sort=sender_address")
    second = read(client, DETAILS + first.links["Next"])
    assert (len(senders(first)), senders(second)) == (50, ["user50@many.example"])
    assert first.tables["Senders"][-1] == second.tables["Senders"][-1] == ["Total", "51", "51", "", ""]
    assert "51–51 of 51" in second.text
    past = read(client, f"{DETAILS}?domain=many.example&sort=sender_address&page=9")
    assert senders(past) == senders(second)
    assert "Page “9” is past the end; shown is the last one, 2." in past.text


def test_an_open_row_shows_its_accounts_clients_and_days(week: Cast, client_of: ClientOf) -> None:
    page = read(client_of(week.carol), f"{DETAILS}?row=scanner@acme.example")
    flyout = page.html[page.html.index('<dialog class="flyout"') :]
    assert " open " in flyout[:200]
    body = Page(flyout)
    assert "4 messages · 4 recipients" in body.text
    assert "First seen 15 Nov 2026 10:00 Last seen 16 Nov 2026 10:00" in body.text
    assert page.chart("sender-volume")["series"][0]["values"] == [0, 0, 0, 0, 1, 3, 0]
    tables = list(body.tables.values())
    assert tables[1] == [["Account", "Messages"], ["scanner@acme.example", "4"]]
    assert tables[2] == [
        ["Client address", "TLS", "Mechanism", "Messages"],
        ["192.0.2.77", "TLS 1.0", "LOGIN", "3"],
        ["192.0.2.78", "No TLS", "PLAIN", "1"],
    ]
    assert body.links["Show on the Clients page"] == "/t/acme/clients/?range=7d&q=scanner%40acme.example"


def test_a_script_gets_the_flyout_alone(week: Cast, client_of: ClientOf) -> None:
    client = client_of(week.carol)
    url = f"{DETAILS}?row=scanner@acme.example"
    part = client.get(url, headers={"X-Flyout": "sender"})
    assert part.headers["Vary"].split(", ").count("X-Flyout") == 1
    html = part.content.decode()
    assert "Senders" not in Page(html).tables
    whole = read(client, url).html
    start = whole.index('<div class="flyout-content" id="sender-content">')
    assert (
        html[html.index('<div class="flyout-content"') :].strip()
        == whole[start : whole.index("</dialog>", start) + 9]
    )


def test_a_row_without_messages_in_these_days_says_so(week: Cast, client_of: ClientOf) -> None:
    page = read(client_of(week.carol), f"{DETAILS}?row=old@acme.example")
    assert "Nothing from this sender address in the days and the domain in view." in page.text
    assert "First seen 28 Oct 2026 10:00" in page.text


@pytest.mark.parametrize(
    "row", ["<script>alert(1)</script>", "'; DROP TABLE tenants_user; --", "\N{RIGHT-TO-LEFT OVERRIDE}x", "%"]
)
def test_a_row_of_any_text_is_shown_as_text(week: Cast, client_of: ClientOf, row: str) -> None:
    response = client_of(week.carol).get(DETAILS, {"row": row, "q": row, "domain": row})
    assert response.status_code == 200
    assert "<script>alert" not in response.content.decode()


def test_report_and_details_lead_to_each_other_with_the_same_filters(week: Cast, client_of: ClientOf) -> None:
    client = client_of(week.carol)
    query = "?view=tls&domain=acme.example&range=custom&start=2026-11-10&end=2026-11-16"
    details = read(client, DETAILS + query + "&q=anna&sort=sender_address&row=anna@acme.example")
    assert details.links["View report"] == REPORT + query
    report = read(client, REPORT + query)
    assert report.links["View details table"] == DETAILS + query
    assert report.links["Request report"].endswith("/requests/new/" + query)
    assert report.links["CSV"] == "/t/acme/reports/tables/tls-usage.csv" + query
    assert details.links["CSV"] == f"{REPORT}details.csv{query}&q=anna&sort=sender_address"


def test_client_whose_address_no_log_tells_has_a_dash(week: Cast, client_of: ClientOf) -> None:
    submit(week.acme, at=days_ago(0), account="web@acme.example", client_ip="")
    fail_login(week.acme, at=days_ago(0), account="nobody", client_ip="")
    client = client_of(week.carol)
    clients = read(client, "/t/acme/clients/?q=web@acme.example").tables["Clients"]
    assert clients[1][:2] == ["web@acme.example", "–"]
    failures = read(client, "/t/acme/failed-logins/?q=nobody").tables["Failed logins"]
    assert failures[1][:2] == ["nobody", "–"]
    assert "–" in read(client, f"{DETAILS}?row=web@acme.example").text
    assert client.get("/t/acme/").status_code == 200
