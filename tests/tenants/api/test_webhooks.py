"""Webhooks over the API: owners and keys with the scope `admin` make, change, test and end them, at their own place."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.test import Client

from tenants.models import User, Webhook
from tenants.roles import Scope
from tenants.webhooks.manage import MOST
from tests.api import Api, provider_api, tenant_api
from tests.cast import Cast
from tests.tenants.webhooks.receiver import Receiver, Reply, receiving
from tests.tenants.webhooks.stage import Clock, drain, happen, hook

ClientOf = Callable[[User], Client]
pytestmark = pytest.mark.django_db
WISH = {"name": "PSA", "url": "https://psa.example.com/hook", "events": ["source.silent", "report.sent"]}


@pytest.fixture
def receiver(settings: Any) -> Any:
    settings.WEBHOOK_ALLOW_PRIVATE = True
    with receiving() as running:
        yield running


def admin(cast: Cast) -> Api:
    return tenant_api(cast.acme, Scope.ADMIN)


def fields(problem: dict[str, Any]) -> set[str]:
    return {error["field"] for error in problem["errors"]}


@pytest.mark.parametrize("place", ["tenants/acme", "providers/north"])
def test_webhook_from_its_making_to_its_end(cast: Cast, receiver: Receiver, place: str) -> None:
    api = tenant_api(cast.acme, Scope.ADMIN) if "acme" in place else provider_api(cast.north, Scope.ADMIN)
    made = api.write(f"{place}/webhooks/", WISH | {"url": receiver.url})
    secret = made.pop("secret")
    one = f"{place}/webhooks/{made['id']}/"
    assert api.read(f"{place}/webhooks/") == {"results": [made]}
    assert api.read(one) == made
    assert (made["events"], made["is_on"], made["delivered_at"]) == (
        ["report.sent", "source.silent"],
        True,
        None,
    )
    clock = Clock.at_now()
    assert happen(cast.acme, clock.on(seconds=-60), name="Weekly") == 1
    waiting = api.write(f"{one}test/", status=202)
    assert (waiting["event"], waiting["state"], waiting["tenant"]) == ("ping", "waiting", None)
    clock.on(seconds=120)
    drain(clock)
    assert sorted(request.verified(secret)["type"] for request in receiver.got) == ["ping", "report.sent"]
    first = api.read(f"{one}deliveries/", limit=1)
    assert first["results"][0]["id"] == waiting["id"]
    (sent,) = api.get(first["next"]).json()["results"]
    assert (sent["event"], sent["tenant"], sent["state"]) == ("report.sent", "acme", "delivered")
    assert sent["body"]["data"] == {"tenant": "acme", "name": "Weekly"}
    assert sent["attempts"][0]["status"] == 204
    assert api.read(f"{one}deliveries/{sent['id']}/") == sent
    assert api.write(f"{one}deliveries/{sent['id']}/resend/", status=202)["state"] == "waiting"
    assert api.write(f"{one}deliveries/{sent['id']}/resend/", status=409)["detail"] == "It waits already."
    rotated = api.write(f"{one}secret/", status=200)
    drain(clock)
    assert receiver.got[-1].verified(rotated["secret"]) == receiver.got[-1].verified(secret)
    assert receiver.got[-1].headers["webhook-id"] == sent["message_id"]
    changed = api.write(one, {"is_on": False, "name": "Later"}, 200, "patch")
    assert (changed["is_on"], changed["name"], changed["url"]) == (False, "Later", receiver.url)
    assert changed["old_secret_valid_until"] == rotated["old_secret_valid_until"]
    api.write(one, status=204, method="delete")
    assert api.read(f"{place}/webhooks/") == {"results": []}


def test_attempt_that_failed_is_told_with_the_answer(cast: Cast, receiver: Receiver) -> None:
    webhook, _secret = hook(cast.acme, receiver.url)
    receiver.replies = [Reply(503, b"<h1>down</h1>")]
    clock = Clock.at_now()
    happen(cast.acme, clock.now)
    drain(clock)
    (found,) = admin(cast).read(f"tenants/acme/webhooks/{webhook.pk}/deliveries/")["results"]
    attempt = found["attempts"][0]
    assert (found["state"], attempt["status"], attempt["response"]) == ("waiting", 503, "<h1>down</h1>")
    assert admin(cast).read(f"tenants/acme/webhooks/{webhook.pk}/")["failing_since"] is not None


@pytest.mark.parametrize(
    ("wish", "wrong"),
    [
        ({}, {"name", "url", "events"}),
        (WISH | {"url": "http://169.254.169.254/latest/"}, {"url"}),
        (WISH | {"url": "ftp://example.com"}, {"url"}),
        (WISH | {"url": "https://example.com/" + "a" * 500}, {"url"}),
        (WISH | {"events": []}, {"events"}),
        (WISH | {"events": ["ping"]}, {"events.0"}),
        (WISH | {"name": "x" * 101, "colour": "blue"}, {"name", "colour"}),
        (WISH | {"name": "  ", "events": None}, {"name", "events"}),
        (WISH | {"name": "a\0b"}, {"name"}),
        (WISH | {"secret": "whsec_mine"}, {"secret"}),
    ],
)
def test_what_cannot_be_made_is_named(cast: Cast, wish: dict[str, Any], wrong: set[str]) -> None:
    assert fields(admin(cast).write("tenants/acme/webhooks/", wish, 400)) == wrong


def test_change_is_checked_as_well(cast: Cast) -> None:
    made = admin(cast).write("tenants/acme/webhooks/", WISH)
    path = f"tenants/acme/webhooks/{made['id']}/"
    assert fields(admin(cast).write(path, {"url": "https://127.0.0.1/"}, 400, "patch")) == {"url"}
    assert fields(admin(cast).write(path, {"is_on": None, "id": "x"}, 400, "patch")) == {"is_on", "id"}
    assert admin(cast).write(path, {}, 200, "patch") == admin(cast).read(path)
    assert admin(cast).read(path)["url"] == WISH["url"]


def test_place_has_twenty_webhooks_at_most(cast: Cast) -> None:
    for _number in range(MOST):
        hook(cast.acme, "https://example.com/")
    assert "20 webhooks already" in admin(cast).write("tenants/acme/webhooks/", WISH, 400)["detail"]
    provider_api(cast.north, Scope.ADMIN).write("providers/north/webhooks/", WISH)


def paths(place: str, webhook: UUID, delivery: UUID) -> list[tuple[str, str]]:
    """Every endpoint of a place with each of its methods."""
    one = f"{place}/webhooks/{webhook}/"
    return [
        ("get", f"{place}/webhooks/"), ("post", f"{place}/webhooks/"), ("get", one), ("patch", one), ("delete", one),
        ("post", f"{one}secret/"), ("post", f"{one}test/"), ("get", f"{one}deliveries/"),
        ("get", f"{one}deliveries/{delivery}/"), ("post", f"{one}deliveries/{delivery}/resend/"),
    ]  # fmt: skip


def statuses(api: Client, asked: list[tuple[str, str]]) -> set[int]:
    body = {"content_type": "application/json"}
    return {
        getattr(api, method)(f"/api/v1/{path}", **({} if method == "get" else body)).status_code
        for method, path in asked
    }


def test_others_find_nothing_and_those_without_the_right_are_refused(cast: Cast, client_of: ClientOf) -> None:
    webhook, _secret = hook(cast.acme, "https://example.com/")
    above, _secret = hook(cast.north, "https://example.com/")
    happen(cast.acme, Clock.at_now().now)
    told = {place: one.deliveries.get().pk for place, one in (("acme", webhook), ("north", above))}
    at_acme = paths("tenants/acme", webhook.pk, told["acme"])
    at_north = paths("providers/north", above.pk, told["north"])
    strangers: list[Client] = [tenant_api(cast.initech, Scope.ADMIN), provider_api(cast.south, Scope.ADMIN)]
    for stranger in (*strangers, client_of(cast.mallory), client_of(cast.eve)):
        assert statuses(stranger, at_acme + at_north) == {404}
    assert statuses(tenant_api(cast.globex, Scope.ADMIN), at_acme + at_north) == {404}
    assert statuses(tenant_api(cast.acme, Scope.ADMIN), at_north) == {404}
    refused: list[Client] = [tenant_api(cast.acme), tenant_api(cast.acme, Scope.INGEST, Scope.REQUEST)]
    for client in (*refused, client_of(cast.bob), client_of(cast.carol)):
        assert statuses(client, at_acme) == {403}
    some = provider_api(cast.north, Scope.ADMIN, tenants=[cast.acme])
    for client in (some, provider_api(cast.north), client_of(cast.bob), client_of(cast.carol)):
        assert statuses(client, at_north) == {403}
    assert Webhook.objects.count() == 2


def test_webhook_of_another_place_is_not_found_at_ones_own(cast: Cast) -> None:
    elsewhere, _secret = hook(cast.globex, "https://example.com/")
    above, _secret = hook(cast.north, "https://example.com/")
    happen(cast.globex, Clock.at_now().now)
    own, _secret = hook(cast.acme, "https://example.com/")
    strange = elsewhere.deliveries.get().pk
    for webhook in (elsewhere.pk, above.pk, uuid4()):
        found = paths("tenants/acme", webhook, strange)[2:]
        assert statuses(admin(cast), found) == {404}
    assert admin(cast).read(f"tenants/acme/webhooks/{own.pk}/deliveries/{strange}/", 404)


def test_event_of_a_tenant_that_left_is_not_shown(cast: Cast) -> None:
    webhook, _secret = hook(cast.north, "https://example.com/")
    happen(cast.acme, Clock.at_now().now, name="secret plans")
    cast.acme.provider = cast.south
    cast.acme.save()
    path = f"providers/north/webhooks/{webhook.pk}/deliveries/"
    (found,) = provider_api(cast.north, Scope.ADMIN).read(path)["results"]
    assert (found["event"], found["tenant"], found["body"]) == (None, None, None)


def test_owner_with_a_session_makes_webhooks_too(cast: Cast, client_of: ClientOf) -> None:
    client = client_of(cast.alice)
    answer = client.post("/api/v1/providers/north/webhooks/", WISH, content_type="application/json")
    assert answer.status_code == 201
    assert Webhook.objects.get().created_by == cast.alice


def test_lists_cost_the_same_however_long(cast: Cast, django_assert_num_queries: Any) -> None:
    webhook, _secret = hook(cast.north, "https://example.com/")
    api, clock = provider_api(cast.north, Scope.ADMIN), Clock.at_now()
    path = f"/api/v1/providers/north/webhooks/{webhook.pk}/deliveries/"
    happen(cast.acme, clock.now)
    api.get(path)
    with django_assert_num_queries(11):
        api.get(path)
    for tenant in (cast.acme, cast.globex) * 10:
        happen(tenant, clock.now)
    with django_assert_num_queries(11):
        assert len(api.get(path).json()["results"]) == 21
