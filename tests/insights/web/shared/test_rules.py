"""Rules in the browser: made, changed and removed; what is typed wrongly is refused with the reason."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from insights.ingest.shared.mapping import make_rule
from insights.models import SharedRule
from tenants.models import User
from tenants.scope import tenant_scope
from tests.imports import events_of
from tests.insights.web.shared.stage import Stage
from tests.insights.web.week import words

ClientOf = Callable[[User], Client]


def filled(stage: Stage, **changed: Any) -> dict[str, Any]:
    return {
        "kind": "domain",
        "value": "Nobody.Example",
        "customer": str(stage.cast.acme.pk),
        "server": "all",
        **changed,
    }


def rules(stage: Stage) -> list[tuple[Any, ...]]:
    with tenant_scope([stage.inbox.pk]):
        return list(SharedRule.objects.values_list("kind", "value", "customer__slug", "source__name"))


def test_rule_is_made_and_moves_nothing(stage: Stage, client_of: ClientOf) -> None:
    client = client_of(stage.cast.alice)
    page = client.get(f"{stage.page}rules/new/?kind=account&value=x@y.example")
    assert 'value="x@y.example"' in page.content.decode()
    made = client.post(f"{stage.page}rules/new/", filled(stage))
    assert (made.status_code, made["Location"]) == (302, stage.page)
    assert rules(stage) == [("domain", "nobody.example", "acme", None)]
    assert "What waits already is assigned in the inbox." in words(client.get(stage.page))
    assert events_of(stage.inbox) == 6
    client.post(
        f"{stage.page}rules/new/", filled(stage, server=str(stage.server.pk), kind="account", value="Scanner")
    )
    assert rules(stage)[0] == ("account", "scanner", "acme", "hub")


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"value": "no domain"}, "Write a domain such as example.org"),
        ({"value": ""}, "This field is required."),
        ({"kind": "network", "value": "192.0.2.0/99"}, "Write a network such as 192.0.2.0/24"),
        ({"customer": ""}, "Choose the customer whose it is."),
        ({"kind": "colour"}, "Select a valid choice."),
        ({"server": "elsewhere"}, "Select a valid choice."),
    ],
)
def test_wrong_rule_is_refused(stage: Stage, client_of: ClientOf, wrong: dict[str, str], said: str) -> None:
    answer = client_of(stage.cast.alice).post(f"{stage.page}rules/new/", filled(stage, **wrong))
    assert (answer.status_code, said in words(answer)) == (200, True)
    assert rules(stage) == []


def test_rule_for_another_providers_customer_is_refused(stage: Stage, client_of: ClientOf) -> None:
    for stranger in (stage.cast.initech, stage.inbox):
        answer = client_of(stage.cast.alice).post(
            f"{stage.page}rules/new/", filled(stage, customer=str(stranger.pk))
        )
        assert "Select a valid choice." in words(answer)
    assert rules(stage) == []


def test_rule_is_changed_and_removed(stage: Stage, client_of: ClientOf) -> None:
    cast, client = stage.cast, client_of(stage.cast.alice)
    with tenant_scope([stage.inbox.pk]):
        rule = make_rule(
            stage.inbox, kind="domain", value="a.example", customer=cast.acme, source=None, person=None
        )
        make_rule(stage.inbox, kind="domain", value="b.example", customer=cast.acme, source=None, person=None)
    address = f"{stage.page}rules/{rule.pk}/"
    assert 'value="a.example"' in client.get(address).content.decode()
    taken = client.post(address, filled(stage, value="b.example"))
    assert "There is a rule of this kind and value already." in words(taken)
    assert (
        client.post(address, filled(stage, value="c.example", customer=str(cast.globex.pk))).status_code
        == 302
    )
    assert rules(stage) == [("domain", "b.example", "acme", None), ("domain", "c.example", "globex", None)]
    for _turn in range(2):
        assert client.post(f"{address}remove/").status_code == 302
    assert rules(stage) == [("domain", "b.example", "acme", None)]
    assert client.get(address).status_code == 404
