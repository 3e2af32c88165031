"""Accounts whose source tells of logins alone, on every page: there, with 0 messages, and spoiling no share."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from tenants.models import User
from tests.api import tenant_api
from tests.cast import Cast
from tests.factories import log_in
from tests.reports.web.conftest import days_ago
from tests.reports.web.page import read
from tests.reports.web.test_numbers_agree import downloaded, printed

ClientOf = Callable[[User], Client]
TOLD = "4 logins, no message told"


@pytest.fixture
def with_logins(week: Cast) -> Cast:
    """The week, with a copier of which only logins are known, and one login of a sender."""
    log_in(week.acme, at=days_ago(1), account="copier@acme.example", client_ip="192.0.2.90", count=4)
    log_in(week.acme, at=days_ago(1), account="anna@acme.example", client_ip="192.0.2.91")
    return week


def test_clients_say_that_no_message_is_told(with_logins: Cast, client_of: ClientOf) -> None:
    table = read(client_of(with_logins.carol), "/t/acme/clients/").tables["Clients"]
    rows = {row[1]: row for row in table}
    assert rows["192.0.2.90"][4:7] == [TOLD, "0", "1"]
    assert rows["192.0.2.91"][4] == "1 login, no message told"
    assert table[-1][:6] == ["Total", "", "", "", "16", "22"]


def test_files_keep_their_columns_and_json_has_the_logins(with_logins: Cast, client_of: ClientOf) -> None:
    rows = downloaded(client_of(with_logins.carol), "/t/acme/reports/tables/clients.csv")
    assert "logins" not in rows[0]
    assert [row["messages"] for row in rows if row["client_ip"] == "192.0.2.90"] == ["0"]
    payload = printed("clients")
    assert payload["columns"][-1] == "logins"
    assert [row["logins"] for row in payload["rows"] if row["client_ip"] == "192.0.2.90"] == [4]
    assert payload["totals"] == {"messages": 16, "recipients": 22, "logins": 5}
    assert tenant_api(with_logins.acme).read("tenants/acme/reports/clients/")["rows"] == payload["rows"]


def test_single_logins_stand_among_the_events(with_logins: Cast) -> None:
    found = tenant_api(with_logins.acme).read("tenants/acme/submissions/", client_ip="192.0.2.90")["results"]
    assert [(event["messages"], event["recipients"], event["logins"]) for event in found] == [(0, 0, 1)] * 4


def test_who_only_logs_in_is_an_account_and_no_sender(with_logins: Cast, client_of: ClientOf) -> None:
    client = client_of(with_logins.carol)
    assert "16 messages 22 recipients 4 accounts" in read(client, "/t/acme/reports/smtp-auth/").text
    details = read(client, "/t/acme/reports/smtp-auth/details/")
    assert "copier" not in details.text
    assert "anna" in details.text.lower()
    numbers = tenant_api(with_logins.acme).read("tenants/acme/summary/")["numbers"]
    assert numbers["logins"] == {"now": 5, "before": 0, "change": 5}


def test_flyout_of_a_sender_lists_the_logins(with_logins: Cast, client_of: ClientOf) -> None:
    page = read(client_of(with_logins.carol), "/t/acme/reports/smtp-auth/details/?row=anna%40acme.example")
    assert "1 login, no message told" in page.text


@pytest.mark.parametrize(
    "path",
    [
        "", "?panel=smtp-auth", "reports/smtp-auth/", "reports/smtp-auth/?view=tls", "reports/smtp-auth/?view=auth",
        "reports/smtp-auth/details/", "reports/smtp-auth/details/?row=copier%40acme.example", "clients/",
    ],
)  # fmt: skip
def test_pages_of_a_tenant_with_logins_alone_divide_by_nothing(
    cast: Cast, now: object, client_of: ClientOf, path: str
) -> None:
    log_in(cast.acme, at=days_ago(1), account="copier@acme.example", count=4)
    response = client_of(cast.carol).get(f"/t/acme/{path}")
    assert response.status_code == 200


def test_dashboard_of_a_tenant_with_logins_alone_says_so(
    cast: Cast, now: object, client_of: ClientOf
) -> None:
    log_in(cast.acme, at=days_ago(1), account="copier@acme.example", count=4)
    page = read(client_of(cast.carol), "/t/acme/")
    assert "And 4 logins of which no message is told." in page.text
    assert "Nothing in these 7 days" not in page.text
    assert page.text.index("1 account") < page.text.index("0 messages")
