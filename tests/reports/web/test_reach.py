"""Who reaches the report's pages, and that they show one tenant alone at one cost."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from tenants.models import User
from tests.cast import Cast
from tests.factories import fail_login, submit
from tests.reports.web.conftest import CANARY, days_ago

ClientOf = Callable[[User], Client]
REPORT = "reports/smtp-auth/"
# The number of queries, whatever the number of rows; eight of them are login, access, scope and frame.
PAGES = {
    REPORT: 18,
    f"{REPORT}?view=tls": 19,
    f"{REPORT}?view=auth": 19,
    f"{REPORT}details/": 20,
    f"{REPORT}details/?view=tls": 20,
    f"{REPORT}details/?row=anna@acme.example": 26,
    "clients/": 18,
    "failed-logins/": 15,
    f"{REPORT}details.csv": 13,
    f"{REPORT}details.xlsx": 9,
    "reports/tables/sending-volume.csv": 13,
    "reports/tables/tls-usage.csv": 13,
    "reports/tables/authentication.csv": 13,
    "reports/tables/senders.csv": 13,
    "reports/tables/clients.csv": 13,
    "reports/tables/failures.csv": 13,
}


def body(client: Client, url: str) -> str:
    response = client.get(url)
    assert response.status_code == 200
    if response.streaming:
        return b"".join(response).decode("utf-8", "replace")
    return response.content.decode()


@pytest.mark.parametrize(("path", "queries"), PAGES.items())
def test_one_row_costs_as_many_queries_as_three(
    cast: Cast,
    client_of: ClientOf,
    now: object,
    django_assert_num_queries: DjangoAssertNumQueries,
    path: str,
    queries: int,
) -> None:
    client = client_of(cast.carol)
    submit(cast.acme, at=days_ago(1))
    fail_login(cast.acme, at=days_ago(1))
    with django_assert_num_queries(queries):
        body(client, f"/t/acme/{path}")
    for name in ("bert", "clara"):
        submit(cast.acme, at=days_ago(2), account=f"{name}@{name}.example", client_ip="192.0.2.99")
        fail_login(cast.acme, at=days_ago(2), account=name)
    with django_assert_num_queries(queries):
        body(client, f"/t/acme/{path}")


@pytest.mark.parametrize("path", PAGES)
def test_nothing_of_a_neighbour_is_shown(week: Cast, client_of: ClientOf, path: str) -> None:
    """Alice may see globex too; its canary is not acme's either."""
    text = body(client_of(week.alice), f"/t/acme/{path}")
    assert CANARY not in text
    assert "198.51.100.66" not in text


@pytest.mark.parametrize("path", PAGES)
def test_the_canary_would_be_seen_at_its_own_tenant(week: Cast, client_of: ClientOf, path: str) -> None:
    text = body(client_of(week.mallory), f"/t/initech/{path}")
    assert CANARY in text or "99" in text or path.endswith("xlsx")


@pytest.mark.parametrize("path", PAGES)
def test_a_stranger_finds_no_page_and_nobody_is_sent_to_the_login(
    week: Cast, client_of: ClientOf, path: str
) -> None:
    url = f"/t/acme/{path}"
    assert [client_of(user).get(url).status_code for user in (week.mallory, week.dora, week.eve)] == [404] * 3
    answer = Client().get(url)
    assert (answer.status_code, answer["Location"].partition("?")[0]) == (302, "/accounts/login/")


@pytest.mark.parametrize("path", PAGES)
def test_pages_are_read_only(week: Cast, client_of: ClientOf, path: str) -> None:
    assert client_of(week.alice).post(f"/t/acme/{path}").status_code == 405
