"""Sender domains over the API: the numbers of the page, accepted and refused by those who may."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import time_machine

from tenants.models import SenderDomain
from tenants.roles import Scope
from tenants.scope import tenant_scope
from tests.api import Api, tenant_api
from tests.cast import Cast
from tests.factories import submit
from tests.insights.web.week import NOW, days_ago

LIST = "tenants/acme/sender-domains/"
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _clock() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def admin(cast: Cast) -> Api:
    """A key of acme that may change things; acme has sent from two domains and from none."""
    submit(cast.acme, at=days_ago(1), count=3)
    submit(cast.acme, at=days_ago(80), sender="news@lists.example", count=2)
    submit(cast.acme, at=days_ago(1), account="printer", sender="")
    submit(cast.initech, at=days_ago(1), account="x@canary.example")
    return tenant_api(cast.acme, Scope.ADMIN)


def _accepted(cast: Cast) -> list[str]:
    with tenant_scope([cast.acme.pk]):
        return list(SenderDomain.objects.filter(is_accepted=True).values_list("domain", flat=True))


def test_domains_are_listed_with_their_messages(admin: Api) -> None:
    assert admin.read(LIST)["results"] == [
        {"domain": "acme.example", "is_accepted": False, "messages": 3},
        {"domain": "lists.example", "is_accepted": False, "messages": 2},
        {"domain": "", "is_accepted": False, "messages": 1},
    ]


def test_domain_is_accepted_and_refused(cast: Cast, admin: Api) -> None:
    accepted = {"domain": "acme.example", "is_accepted": True, "messages": 3}
    for _ in range(2):
        assert admin.write(f"{LIST}ACME.example/", {"is_accepted": True}, 200, "put") == accepted
    assert admin.read(f"{LIST}acme.example/") == accepted
    assert _accepted(cast) == ["acme.example"]
    admin.write(f"{LIST}acme.example/", {"is_accepted": False}, 200, "put")
    assert _accepted(cast) == []


def test_domain_need_not_have_been_seen(cast: Cast, admin: Api) -> None:
    admin.read(f"{LIST}büro.example/", 404)
    made = admin.write(f"{LIST}Büro.example/", {"is_accepted": True}, 200, "put")
    assert made == {"domain": "xn--bro-hoa.example", "is_accepted": True, "messages": 0}
    assert admin.read(f"{LIST}büro.example/") == made == admin.read(f"{LIST}xn--bro-hoa.example/")


@pytest.mark.parametrize(
    "domain", ["-", "a b", "anna@acme.example", "-a.example", "a..b", "x" * 64, "%00", "%ED%A0%80"]
)
def test_what_is_no_domain_is_a_400(cast: Cast, admin: Api, domain: str) -> None:
    problem = admin.write(f"{LIST}{domain}/", {"is_accepted": True}, 400, "put")
    assert [error["field"] for error in problem["errors"]] == ["domain"]
    admin.read(f"{LIST}{domain}/", 404)
    assert _accepted(cast) == []


@pytest.mark.parametrize(
    "body", [{}, {"is_accepted": None}, {"is_accepted": "maybe"}, {"is_accepted": [True]}]
)
def test_decision_is_yes_or_no(admin: Api, body: Any) -> None:
    problem = admin.write(f"{LIST}acme.example/", body, 400, "put")
    assert [error["field"] for error in problem["errors"]] == ["is_accepted"]


@pytest.mark.parametrize("scope", [Scope.READ, Scope.REQUEST])
def test_readers_decide_nothing(cast: Cast, scope: Scope) -> None:
    tenant_api(cast.acme, scope).write(f"{LIST}acme.example/", {"is_accepted": True}, 403, "put")
    assert _accepted(cast) == []


def test_other_tenants_domains_are_not_there(cast: Cast, admin: Api) -> None:
    admin.read(f"{LIST}canary.example/", 404)
    path = "tenants/initech/sender-domains/canary.example/"
    admin.read(path, 404)
    admin.write(path, {"is_accepted": True}, 404, "put")
