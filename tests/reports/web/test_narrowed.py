"""Pages narrowed by the filters of the API: what they show, say and carry on."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from tenants.models import User
from tests.api import tenant_api
from tests.cast import Cast
from tests.reports.web.page import read

ClientOf = Callable[[User], Client]
REPORT = "/t/acme/reports/smtp-auth/"


@pytest.mark.parametrize(
    "query",
    [
        "client_ip=192.0.2.0/24&tls_version=TLS1.0,none",
        "account=ANNA@acme.example",
        "sender=news@acme-mail.example",
        "auth_class=oauth",
        "mechanism=login&source=mx1",
    ],
)
def test_page_and_download_are_narrowed_as_the_api_is(week: Cast, client_of: ClientOf, query: str) -> None:
    client = client_of(week.carol)
    found = tenant_api(week.acme).get(f"/api/v1/tenants/acme/reports/clients/?{query}").json()
    assert 0 < len(found["rows"]) < 6
    table = read(client, f"/t/acme/clients/?{query}").tables["Clients"]
    assert [row[1] for row in table[1:-1]] == [row["client_ip"] for row in found["rows"]]
    assert table[-1][4:6] == [str(found["totals"]["messages"]), str(found["totals"]["recipients"])]
    response: Any = client.get(f"/t/acme/reports/tables/clients.csv?{query}")
    assert len(b"".join(response.streaming_content).splitlines()) == len(found["rows"]) + 1
    chart = read(client, f"{REPORT}?{query}").chart("volume")
    assert sum(chart["series"][0]["values"]) == found["totals"]["messages"]


def test_filters_are_named_carried_on_and_taken_away(week: Cast, client_of: ClientOf) -> None:
    client = client_of(week.carol)
    page = read(client, f"{REPORT}?tls_version=TLS1.0&client_ip=192.0.2.77&range=14d")
    assert "Only Client address: 192.0.2.77 × take this filter away TLS version: TLS 1.0 ×" in page.text
    words = read(client, f"{REPORT}?tls_version=TLS1.0,none&auth_class=oauth").text
    assert "TLS version: TLS 1.0, No TLS ×" in words
    assert "Authentication: OAuth ×" in words
    details = read(client, page.links["View details table"])
    assert [row[0] for row in details.tables["Senders"][1:]] == ["scanner@acme.example", "Total"]
    without = next(href for text, href in page.links.items() if text.startswith("Client address:"))
    assert without == f"{REPORT}?tls_version=TLS1.0&range=14d"
    assert "tls_version" not in page.links["Request report"]


def test_filters_without_a_match_can_be_cleared(week: Cast, client_of: ClientOf) -> None:
    page = read(client_of(week.carol), f"{REPORT}?client_ip=198.51.100.0/24&range=7d")
    assert "Nothing matches these filters in these days." in page.text
    assert page.links["Clear the filters"] == f"{REPORT}?view=volume&range=7d"


def test_filter_that_is_wrong_is_said_and_left_out(week: Cast, client_of: ClientOf) -> None:
    page = read(client_of(week.carol), "/t/acme/clients/?client_ip=nowhere&source=mx9")
    assert "Client address “nowhere” is no address or network" in page.text
    assert "Source “mx9” is no source here; it can be mx1." in page.text
    assert len(page.tables["Clients"]) == 8
    assert "client_ip" not in page.links["This month"]


def test_failed_logins_are_narrowed_by_what_they_carry(week: Cast, client_of: ClientOf) -> None:
    page = read(client_of(week.carol), "/t/acme/failed-logins/?account=admin&tls_version=TLS1.0")
    assert page.tables["Failed logins"][-1][4] == "3"
    assert "Only Account:" in page.text
    assert "TLS version:" not in page.text
