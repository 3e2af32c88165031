"""The pages of webhooks: owners alone, the secret seen once, each answer, tests, and messages once more."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterator
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from tenants.models import EventType, User, Webhook, WebhookDelivery
from tenants.roles import Role
from tenants.webhooks.retries import OFF_AFTER
from tests.cast import Cast
from tests.factories import join
from tests.insights.web.week import words
from tests.tenants.webhooks.receiver import Receiver, Reply, receiving
from tests.tenants.webhooks.stage import Clock, drain, happen, hook

ClientOf = Callable[[User], Client]
ACME = "/t/acme/settings/webhooks/"
NORTH = "/providers/north/webhooks/"
PLACES = pytest.mark.parametrize("place", [ACME, NORTH])
_SECRET = re.compile(r"whsec_[A-Za-z0-9+/=]{44}")
pytestmark = pytest.mark.django_db


@pytest.fixture
def receiver(settings: Any) -> Iterator[Receiver]:
    settings.WEBHOOK_ALLOW_PRIVATE = True
    with receiving() as running:
        yield running


@pytest.fixture
def alice(cast: Cast, client_of: ClientOf) -> Client:
    return client_of(cast.alice)


def answers(**changed: Any) -> dict[str, Any]:
    chosen = {
        "webhook_id": str(uuid4()),
        "name": "PSA",
        "url": "https://psa.example.com/",
        "events": ["report.sent"],
    }
    return {**chosen, **changed}


def secret_in(page: Any) -> str:
    """The one secret that a page shows."""
    assert page.status_code == 200
    assert "no-store" in page["Cache-Control"]
    (secret,) = set(_SECRET.findall(html.unescape(page.content.decode())))
    return str(secret)


def pages(webhook: Webhook, delivery: WebhookDelivery) -> dict[str, set[str]]:
    """Every address below a place, with its methods."""
    told = f"{webhook.pk}/deliveries/{delivery.pk}/"
    return {
        "": {"get"},
        "new/": {"get", "post"},
        f"{webhook.pk}/": {"get"},
        f"{webhook.pk}/edit/": {"get", "post"},
        **{f"{webhook.pk}/{name}/": {"post"} for name in ("test", "secret", "switch", "delete")},
        told: {"get"},
        f"{told}again/": {"post"},
    }


@PLACES
def test_webhooks_are_the_owners_business(cast: Cast, client_of: ClientOf, place: str) -> None:
    join(cast.eve, cast.north, Role.OWNER, sees_all=False)
    webhook, _secret = hook(cast.acme if place == ACME else cast.north, "https://secretive.example/")
    happen(cast.acme, Clock.at_now().now, name="secretive")
    before = Webhook.objects.values().get()
    refused = {cast.bob: 403, cast.carol: 403, cast.mallory: 404, cast.dora: 404}
    refused[cast.eve] = 404 if place == ACME else 403
    for person, status in refused.items():
        for path, methods in pages(webhook, webhook.deliveries.get()).items():
            for method in methods:
                answer = getattr(client_of(person), method)(f"{place}{path}")
                assert (path, answer.status_code) == (path, status)
                assert b"secretive" not in answer.content
    assert Webhook.objects.values().get() == before
    assert Client().get(place).status_code == 302


@PLACES
def test_webhook_is_made_tested_and_told(cast: Cast, alice: Client, receiver: Receiver, place: str) -> None:
    assert "No webhook yet." in words(alice.get(place))
    form = alice.get(f"{place}new/").content.decode()
    given = re.search(r'name="webhook_id" value="([0-9a-f-]{36})"', form)
    assert given
    secret = secret_in(alice.post(f"{place}new/", answers(webhook_id=given[1], url=receiver.url)))
    webhook = Webhook.objects.get()
    assert (str(webhook.pk), webhook.created_by, webhook.events) == (given[1], cast.alice, ["report.sent"])
    receiver.replies = [Reply(200, b"<b>heard</b>")]
    led_to = alice.post(f"{place}{webhook.pk}/test/")["Location"]
    page = alice.get(led_to)
    assert "It is being sent." in words(page)
    assert 'hx-trigger="every 2s"' in page.content.decode()
    clock = Clock.at_now()
    drain(clock)
    assert receiver.got[0].verified(secret)["type"] == "ping"
    page = alice.get(led_to)
    assert "Delivered" in words(page)
    assert "200" in words(page)
    assert "&lt;b&gt;heard&lt;/b&gt;" in page.content.decode()
    assert "hx-trigger" not in page.content.decode()
    happen(cast.acme, clock.now, name="Weekly")
    drain(clock)
    shown = words(alice.get(f"{place}{webhook.pk}/"))
    assert "report.sent" in shown
    assert ("Customer" in shown.split("What it was told")[-1]) == (place == NORTH)
    assert "works" in words(alice.get(place))
    for path in (place, f"{place}{webhook.pk}/", led_to):
        assert secret.removeprefix("whsec_") not in html.unescape(alice.get(path).content.decode())


def test_form_that_is_sent_twice_makes_one_webhook(cast: Cast, alice: Client) -> None:
    sent = answers()
    secret_in(alice.post(f"{ACME}new/", sent))
    again = alice.post(f"{ACME}new/", sent)
    assert again["Location"] == f"{ACME}{sent['webhook_id']}/"
    assert "This webhook was made already." in words(alice.get(ACME))
    assert Webhook.objects.count() == 1


def test_form_with_the_id_of_anothers_webhook_changes_nothing(cast: Cast, alice: Client) -> None:
    strange, _secret = hook(cast.initech, "https://initech.example/")
    page = alice.post(f"{ACME}new/", answers(webhook_id=str(strange.pk)))
    assert "Open this form anew" in words(page)
    strange.refresh_from_db()
    assert (strange.url, strange.tenant, Webhook.objects.count()) == (
        "https://initech.example/",
        cast.initech,
        1,
    )


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"name": ""}, "This field is required."),
        ({"events": []}, "This field is required."),
        ({"events": ["ping"]}, "Select a valid choice."),
        ({"url": "psa"}, "This is no address such as https://example.com/hooks/mail."),
        ({"url": "http://169.254.169.254/"}, "Only addresses of the public internet may be used."),
        ({"url": "https://example.com:22/"}, "Only these ports may be used: 80, 443, 8080, 8443."),
        ({"url": "https://me:pw@example.com/"}, "Leave user name and password out"),
        ({"webhook_id": "x"}, "Enter a valid UUID."),
    ],
)
def test_wrong_answer_is_told_and_makes_no_webhook(
    cast: Cast, alice: Client, wrong: dict[str, Any], said: str
) -> None:
    assert said in words(alice.post(f"{ACME}new/", answers(**wrong)))
    assert not Webhook.objects.exists()


def test_webhook_is_edited(cast: Cast, alice: Client) -> None:
    webhook, _secret = hook(cast.acme, "https://example.com/")
    assert 'value="https://example.com/"' in alice.get(f"{ACME}{webhook.pk}/edit/").content.decode()
    page = alice.post(f"{ACME}{webhook.pk}/edit/", answers(url="https://127.0.0.1/"))
    assert "Only addresses of the public internet may be used." in words(page)
    changed = answers(name=" New \n name ", events=["source.silent", "import.finished"])
    assert alice.post(f"{ACME}{webhook.pk}/edit/", changed)["Location"] == f"{ACME}{webhook.pk}/"
    webhook.refresh_from_db()
    assert (webhook.name, webhook.url) == ("New name", "https://psa.example.com/")
    assert webhook.events == ["import.finished", "source.silent"]


def test_new_secret_is_shown_once_a_form(cast: Cast, alice: Client) -> None:
    webhook, old = hook(cast.acme, "https://example.com/")
    page = alice.get(f"{ACME}{webhook.pk}/").content.decode()
    stamp = re.search(r'name="rotates_at" value="([0-9a-f]+)"', page)
    assert stamp
    form = {"rotates_at": stamp[1]}
    new = secret_in(alice.post(f"{ACME}{webhook.pk}/secret/", form))
    assert new != old
    webhook.refresh_from_db()
    kept = bytes(webhook.salt)
    assert alice.post(f"{ACME}{webhook.pk}/secret/", form)["Location"] == f"{ACME}{webhook.pk}/"
    webhook.refresh_from_db()
    assert bytes(webhook.salt) == kept
    assert "The one before is valid until" in words(alice.get(f"{ACME}{webhook.pk}/"))


def test_webhook_that_was_switched_off_says_why_and_is_switched_on(
    cast: Cast, alice: Client, receiver: Receiver
) -> None:
    webhook, _secret = hook(cast.acme, receiver.url)
    receiver.replies = [Reply(500)]
    clock = Clock.at_now()
    happen(cast.acme, clock.now)
    drain(clock)
    assert "Every attempt has failed since" in words(alice.get(f"{ACME}{webhook.pk}/"))
    clock.on(days=OFF_AFTER.days)
    drain(clock)
    assert "It was switched off. Every attempt failed for 5 days." in words(alice.get(f"{ACME}{webhook.pk}/"))
    assert "switched off" in words(alice.get(ACME))
    alice.post(f"{ACME}{webhook.pk}/switch/", {"is_on": "yes"})
    webhook.refresh_from_db()
    assert (webhook.is_on, webhook.off_reason) == (True, "")
    alice.post(f"{ACME}{webhook.pk}/switch/", {"is_on": "no"})
    assert "It is switched off." in words(alice.get(f"{ACME}{webhook.pk}/"))


def test_message_that_was_given_up_is_sent_again(cast: Cast, alice: Client, receiver: Receiver) -> None:
    webhook, secret = hook(cast.acme, receiver.url)
    receiver.replies = [Reply(410, b"moved away"), Reply()]
    clock = Clock.at_now()
    happen(cast.acme, clock.now)
    drain(clock)
    alice.post(f"{ACME}{webhook.pk}/switch/", {"is_on": "yes"})
    assert "report.sent" in words(alice.get(f"{ACME}{webhook.pk}/?state=failed"))
    assert "None in this state." in words(alice.get(f"{ACME}{webhook.pk}/?state=delivered"))
    told = f"{ACME}{webhook.pk}/deliveries/{webhook.deliveries.get().pk}/"
    page = words(alice.get(told))
    assert "410" in page
    assert "moved away" in page
    assert alice.post(f"{told}again/")["Location"] == told
    alice.post(f"{told}again/")
    assert "It waits already." in words(alice.get(told))
    drain(Clock.at_now())
    assert receiver.got[-1].verified(secret)["data"] == {"tenant": "acme"}
    assert "Delivered" in words(alice.get(told))


def test_webhook_is_deleted_with_its_log(cast: Cast, alice: Client) -> None:
    webhook, _secret = hook(cast.acme, "https://example.com/")
    happen(cast.acme, Clock.at_now().now)
    assert alice.post(f"{ACME}{webhook.pk}/delete/")["Location"] == ACME
    assert not Webhook.objects.exists()
    assert not WebhookDelivery.objects.exists()


def test_pages_lead_to_each_other(cast: Cast, alice: Client, client_of: ClientOf) -> None:
    assert ACME in alice.get("/t/acme/settings/").content.decode()
    assert ACME not in client_of(cast.bob).get("/t/acme/settings/").content.decode()
    assert NORTH in alice.get("/providers/north/keys/").content.decode()


def test_list_of_what_was_told_costs_the_same_however_long(
    cast: Cast, alice: Client, django_assert_num_queries: Any
) -> None:
    webhook, _secret = hook(cast.north, "https://example.com/")
    clock = Clock.at_now()
    happen(cast.acme, clock.now)
    url = f"{NORTH}{webhook.pk}/"
    alice.get(url)
    with django_assert_num_queries(14):
        alice.get(url)
    for tenant in (cast.acme, cast.globex) * 8:
        happen(tenant, clock.now, EventType.SOURCE_SILENT)
    with django_assert_num_queries(14):
        alice.get(url)
