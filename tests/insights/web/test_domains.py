"""Sender domains: seen by everybody of the tenant, accepted with one click by those who may."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import time_machine
from django.test import Client

from tenants.models import SenderDomain, User
from tenants.scope import tenant_scope
from tests.cast import Cast
from tests.factories import submit
from tests.insights.web.week import NOW, days_ago, words

ClientOf = Callable[[User], Client]
PATH = "/t/acme/settings/domains/"
ACCEPT = f"{PATH}accept/"


@pytest.fixture(autouse=True)
def _clock() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def seen(cast: Cast) -> Cast:
    submit(cast.acme, at=days_ago(1), count=3)
    submit(cast.acme, at=days_ago(20), account="news@acme-mail.example", count=2)
    submit(cast.acme, at=days_ago(1), account="scanner", count=1)
    submit(cast.globex, at=days_ago(1), account="canary@canary.example", count=777)
    return cast


def accepted(cast: Cast) -> list[str]:
    with tenant_scope([cast.acme.pk, cast.globex.pk, cast.initech.pk]):
        return [str(row) for row in SenderDomain.objects.filter(is_accepted=True)]


def test_domains_are_shown_with_the_messages_of_the_kept_days(seen: Cast, client_of: ClientOf) -> None:
    page = client_of(seen.carol).get(PATH)
    assert [(row.domain, row.messages) for row in page.context["others"]] == [
        ("acme.example", 3),
        ("acme-mail.example", 2),
        ("", 1),
    ]
    assert "canary" not in words(page)
    assert b"<form" not in page.content.split(b'id="domains"')[1].split(b"</table>")[0]


def test_domain_is_accepted_and_taken_back_with_one_click(seen: Cast, client_of: ClientOf) -> None:
    technician = client_of(seen.bob)
    for _ in range(2):
        saved = technician.post(ACCEPT, {"domain": "acme.example", "is_accepted": "yes"})
        assert (saved.status_code, saved["Location"]) == (302, PATH)
        assert accepted(seen) == ["acme.example"]
    assert "acme.example Accepted 3 Not ours" in words(technician.get(PATH))
    technician.post(ACCEPT, {"domain": "acme.example"})
    assert accepted(seen) == []


def test_domain_is_decided_by_those_who_may(seen: Cast, client: Client, client_of: ClientOf) -> None:
    answer = {"domain": "acme.example", "is_accepted": "yes"}
    assert client.post(ACCEPT, answer).status_code == 302
    for person, status in ((seen.carol, 403), (seen.dora, 404), (seen.mallory, 404), (seen.eve, 404)):
        assert client_of(person).post(ACCEPT, answer).status_code == status
    assert client_of(seen.bob).get(ACCEPT).status_code == 405
    assert accepted(seen) == []


@pytest.mark.parametrize(
    ("typed", "kept"),
    [(" @ACME.Example. ", "acme.example"), ("bücher.example", "xn--bcher-kva.example")],
)
def test_domain_is_kept_in_compared_form(seen: Cast, client_of: ClientOf, typed: str, kept: str) -> None:
    client_of(seen.alice).post(ACCEPT, {"domain": typed, "is_accepted": "yes"})
    assert accepted(seen) == [kept]


@pytest.mark.parametrize("typed", ["", "anna@acme.example", "acme example", "-acme.example", "a..b", "<b>"])
def test_domain_that_is_none_is_refused_in_words(seen: Cast, client_of: ClientOf, typed: str) -> None:
    page = client_of(seen.alice).post(ACCEPT, {"domain": typed, "is_accepted": "yes"})
    assert page.status_code == 200
    assert b'id="domain-error"' in page.content
    assert accepted(seen) == []


@pytest.mark.parametrize("count", [1, 3])
def test_domains_take_the_same_queries_for_any_number(
    cast: Cast, client_of: ClientOf, django_assert_num_queries: Any, count: int
) -> None:
    for number in range(count):
        submit(cast.acme, at=days_ago(1), account=f"anna@domain{number}.example")
    client = client_of(cast.alice)
    client.get(PATH)
    with django_assert_num_queries(12):
        client.get(PATH)
