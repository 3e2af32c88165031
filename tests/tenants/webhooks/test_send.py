"""Messages are signed, sent, tried again with back-off, given up, and webhooks that never answer are switched off."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any
from unittest import mock

import pytest
from standardwebhooks import WebhookVerificationError

from tenants.models import DeliveryState, EventType, Webhook, WebhookDelivery, WebhookEvent
from tenants.scope import tenant_scope
from tenants.webhooks.claim import AT_ONCE_A_WEBHOOK, LEASE, claim_due, sender_lock
from tenants.webhooks.log import forget, told
from tenants.webhooks.manage import change_webhook, ping, send_again
from tenants.webhooks.post import Answer, post
from tenants.webhooks.retries import MAX_ATTEMPTS, OFF_AFTER, WAITS
from tenants.webhooks.secrets import rotate_secret
from tests.cast import Cast
from tests.tenants.webhooks.receiver import Receiver, Reply
from tests.tenants.webhooks.stage import Clock, drain, happen, hook, only_delivery
from tests.threads import beside

pytestmark = pytest.mark.django_db


@pytest.fixture
def clock() -> Clock:
    return Clock.at_now()


def test_event_arrives_signed_as_receivers_check_it(cast: Cast, receiver: Receiver, clock: Clock) -> None:
    webhook, secret = hook(cast.acme, f"{receiver.url}?room=7")
    assert happen(cast.acme, clock.now, name="Weekly “Bericht”", messages=54) == 1
    assert drain(clock) == 1
    (request,) = receiver.got
    message = request.verified(secret)
    assert message["type"] == "report.sent"
    assert message["data"] == {"tenant": "acme", "name": "Weekly “Bericht”", "messages": 54}
    assert request.path == "/hook?room=7"
    assert request.headers["content-type"] == "application/json"
    assert request.headers["webhook-id"] == told([only_delivery()])[0].message_id
    delivery = only_delivery()
    assert (delivery.state, delivery.attempts, delivery.finished_at) == ("delivered", 1, clock.now)
    assert delivery.tries[0]["status"] == 204
    assert delivery.tries[0]["address"] == "127.0.0.1"
    webhook.refresh_from_db()
    assert webhook.delivered_at == clock.now
    with pytest.raises(WebhookVerificationError):
        request.verified(hook(cast.globex, receiver.url)[1])


def test_nothing_is_written_where_nobody_listens(cast: Cast, receiver: Receiver, clock: Clock) -> None:
    hook(cast.acme, receiver.url, events=["import.finished"])
    off, _secret = hook(cast.acme, receiver.url)
    change_webhook(off, is_on=False)
    hook(cast.globex, receiver.url)
    hook(cast.south, receiver.url)
    assert happen(cast.acme, clock.now) == 0
    with tenant_scope([cast.acme.pk]):
        assert not WebhookEvent.objects.exists()


def test_providers_webhook_gets_the_events_of_all_its_tenants_and_no_others(
    cast: Cast, receiver: Receiver, clock: Clock
) -> None:
    _webhook, secret = hook(cast.north, receiver.url)
    assert [happen(tenant, clock.now) for tenant in (cast.acme, cast.globex, cast.initech)] == [1, 1, 0]
    drain(clock)
    assert {request.verified(secret)["data"]["tenant"] for request in receiver.got} == {"acme", "globex"}


def test_event_of_a_tenant_that_left_the_provider_is_not_sent(
    cast: Cast, receiver: Receiver, clock: Clock
) -> None:
    hook(cast.north, receiver.url)
    happen(cast.acme, clock.now)
    cast.acme.provider = cast.south
    cast.acme.save()
    drain(clock)
    assert receiver.got == []
    assert (only_delivery().state, only_delivery().tries[0]["status"]) == ("failed", None)


def test_message_that_fails_is_sent_again_after_each_wait_and_given_up(
    cast: Cast, receiver: Receiver, clock: Clock
) -> None:
    webhook, _secret = hook(cast.acme, receiver.url)
    receiver.replies = [Reply(500, b"database is down")]
    happen(cast.acme, clock.now)
    begun = clock.now
    for wait in WAITS:
        assert drain(clock) == 1
        assert only_delivery().next_attempt_at == clock.now + wait
        clock.on(seconds=wait.total_seconds() - 1)
        assert drain(clock) == 0
        clock.on(seconds=1)
    assert drain(clock) == 1
    delivery = only_delivery()
    assert (delivery.state, delivery.attempts, delivery.next_attempt_at) == ("failed", MAX_ATTEMPTS, None)
    assert len(delivery.tries) == len(receiver.got) == MAX_ATTEMPTS == 8
    assert {request.headers["webhook-id"] for request in receiver.got} == {f"msg_{delivery.event_id.hex}"}  # type: ignore[union-attr]
    assert {request.body for request in receiver.got} == {receiver.got[0].body}
    assert len({request.headers["webhook-timestamp"] for request in receiver.got}) == MAX_ATTEMPTS
    assert delivery.tries[-1]["response"] == "database is down"
    webhook.refresh_from_db()
    assert (webhook.is_on, webhook.failing_since) == (True, begun)


def test_success_after_failures_forgets_them(cast: Cast, receiver: Receiver, clock: Clock) -> None:
    webhook, _secret = hook(cast.acme, receiver.url)
    receiver.replies = [Reply(503), Reply(200, b"ok")]
    happen(cast.acme, clock.now)
    drain(clock)
    webhook.refresh_from_db()
    assert webhook.failing_since == clock.now
    clock.on(seconds=5)
    drain(clock)
    assert Webhook.objects.get().failing_since is None
    assert only_delivery().state == DeliveryState.DELIVERED
    assert [one["status"] for one in only_delivery().tries] == [503, 200]


def test_receivers_own_wish_to_wait_is_heeded_up_to_a_day(
    cast: Cast, receiver: Receiver, clock: Clock
) -> None:
    hook(cast.acme, receiver.url)
    receiver.replies = [
        Reply(429, headers={"Retry-After": "300"}),
        Reply(503, headers={"Retry-After": "999999"}),
    ]
    happen(cast.acme, clock.now)
    drain(clock)
    assert only_delivery().next_attempt_at == clock.now + timedelta(seconds=300)
    clock.on(seconds=300)
    drain(clock)
    assert only_delivery().next_attempt_at == clock.now + timedelta(days=1)


def test_webhook_that_fails_for_days_is_switched_off_and_goes_on_where_it_was(
    cast: Cast, receiver: Receiver, clock: Clock
) -> None:
    webhook, _secret = hook(cast.acme, receiver.url)
    receiver.replies = [Reply(500)]
    happen(cast.acme, clock.now)
    drain(clock)
    clock.on(days=OFF_AFTER.days)
    drain(clock)
    webhook.refresh_from_db()
    assert (webhook.is_on, webhook.off_reason) == (False, "Every attempt failed for 5 days.")
    clock.on(days=1)
    assert drain(clock) == 0
    receiver.replies = [Reply()]
    change_webhook(webhook, is_on=True)
    assert drain(clock) == 1
    webhook.refresh_from_db()
    assert (webhook.is_on, webhook.off_reason, webhook.failing_since) == (True, "", None)
    assert only_delivery().state == DeliveryState.DELIVERED


def test_receiver_that_says_gone_gets_no_more(cast: Cast, receiver: Receiver, clock: Clock) -> None:
    webhook, _secret = hook(cast.acme, receiver.url)
    receiver.replies = [Reply(410)]
    happen(cast.acme, clock.now)
    drain(clock)
    webhook.refresh_from_db()
    assert not webhook.is_on
    assert "410" in webhook.off_reason
    assert only_delivery().state == DeliveryState.FAILED


def test_after_a_rotation_both_secrets_are_valid_for_a_day(
    cast: Cast, receiver: Receiver, clock: Clock
) -> None:
    webhook, old = hook(cast.acme, receiver.url)
    new = rotate_secret(webhook, now=clock.now)
    happen(cast.acme, clock.now)
    drain(clock)
    request = receiver.got[-1]
    assert len(request.headers["webhook-signature"].split()) == 2
    assert request.verified(old) == request.verified(new)
    webhook.old_until = clock.now
    webhook.save()
    happen(cast.acme, clock.now)
    drain(clock)
    receiver.got[-1].verified(new)
    with pytest.raises(WebhookVerificationError):
        receiver.got[-1].verified(old)


def test_pepper_that_is_gone_is_told_instead_of_sending(
    cast: Cast, receiver: Receiver, clock: Clock, settings: object
) -> None:
    hook(cast.acme, receiver.url)
    happen(cast.acme, clock.now)
    settings.API_KEY_PEPPERS = {"9": "another"}  # type: ignore[attr-defined]
    drain(clock)
    assert receiver.got == []
    assert "make a new secret" in only_delivery().tries[0]["reason"]


def test_new_secret_under_a_new_pepper_needs_the_old_one_no_more(
    cast: Cast, receiver: Receiver, clock: Clock, settings: object
) -> None:
    """What operations.md asks for: another pepper first, new secrets, then the old entry is taken away."""
    webhook, _old = hook(cast.acme, receiver.url)
    peppers = settings.API_KEY_PEPPERS  # type: ignore[attr-defined]
    settings.API_KEY_PEPPERS = {"9": "another", **peppers}  # type: ignore[attr-defined]
    new = rotate_secret(webhook, now=clock.now)
    settings.API_KEY_PEPPERS = {"9": "another"}  # type: ignore[attr-defined]
    happen(cast.acme, clock.now)
    drain(clock)
    assert receiver.got[-1].verified(new)
    assert len(receiver.got[-1].headers["webhook-signature"].split()) == 1


def test_secret_is_nowhere_in_the_database(cast: Cast) -> None:
    webhook, secret = hook(cast.acme, "https://example.com/")
    kept = json.dumps({name: str(value) for name, value in vars(webhook).items()}) + bytes(webhook.salt).hex()
    assert secret.startswith("whsec_")
    assert secret.removeprefix("whsec_") not in kept


def test_ping_is_tried_once_also_to_a_webhook_that_is_off(
    cast: Cast, receiver: Receiver, clock: Clock
) -> None:
    webhook, secret = hook(cast.north, receiver.url)
    change_webhook(webhook, is_on=False)
    receiver.replies = [Reply(500), Reply()]
    first = ping(webhook, now=clock.now)
    assert ping(webhook, now=clock.now) == first
    drain(clock)
    assert only_delivery().state == DeliveryState.FAILED
    webhook.refresh_from_db()
    assert webhook.failing_since is None
    ping(webhook, now=clock.now)
    drain(clock)
    assert receiver.got[-1].verified(secret)["type"] == "ping"


def test_delivery_that_failed_can_be_sent_again_with_the_same_id(
    cast: Cast, receiver: Receiver, clock: Clock
) -> None:
    hook(cast.acme, receiver.url)
    receiver.replies = [Reply(410), Reply()]
    happen(cast.acme, clock.now)
    drain(clock)
    change_webhook(only_delivery().webhook, is_on=True)
    assert send_again(only_delivery(), now=clock.now)
    assert not send_again(only_delivery(), now=clock.now)
    drain(clock)
    assert only_delivery().state == DeliveryState.DELIVERED
    assert [one["status"] for one in only_delivery().tries] == [410, 204]
    assert receiver.got[0].headers["webhook-id"] == receiver.got[1].headers["webhook-id"]


def test_sender_that_dies_leaves_the_message_for_the_next(
    cast: Cast, receiver: Receiver, clock: Clock
) -> None:
    hook(cast.acme, receiver.url)
    happen(cast.acme, clock.now)
    assert len(claim_due(now=clock.now)) == 1
    assert drain(clock) == 0
    clock.on(seconds=5)
    assert drain(clock) == 1
    assert (only_delivery().state, only_delivery().attempts) == ("delivered", 2)


def test_message_whose_every_sender_died_is_given_up(cast: Cast, receiver: Receiver, clock: Clock) -> None:
    hook(cast.acme, receiver.url)
    happen(cast.acme, clock.now)
    for wait in (*WAITS, LEASE):
        assert len(claim_due(now=clock.now)) == 1
        clock.on(seconds=wait.total_seconds())
    drain(clock)
    assert receiver.got == []
    assert (only_delivery().state, only_delivery().tries[0]["status"]) == ("failed", None)


def test_slow_receiver_holds_up_nobody_else(cast: Cast, receiver: Receiver, clock: Clock) -> None:
    hook(cast.acme, receiver.url)
    hook(cast.globex, f"{receiver.url}/quick")
    for _number in range(AT_ONCE_A_WEBHOOK + 3):
        happen(cast.acme, clock.now)
    clock.on(seconds=1)
    happen(cast.globex, clock.now)
    receiver.replies = [Reply(waits=1)]
    first_round = {delivery.webhook_id for delivery in claim_due(now=clock.now)}
    assert len(first_round) == 2
    clock.on(seconds=5)
    drain(clock)
    assert 1 < receiver.most_at_once <= AT_ONCE_A_WEBHOOK + 1
    assert WebhookDelivery.objects.filter(state=DeliveryState.DELIVERED).count() == AT_ONCE_A_WEBHOOK + 4


def test_error_of_our_own_holds_up_no_other_message(cast: Cast, receiver: Receiver, clock: Clock) -> None:
    broken, _secret = hook(cast.acme, receiver.url)
    hook(cast.acme, receiver.url)
    happen(cast.acme, clock.now)
    Webhook.objects.filter(pk=broken.pk).update(url="http://127.0.0.1/" + "\u0661" * 3)
    really = post

    def post_or_break(url: str, *more: Any) -> Answer:
        return really(url, *more) if url.isascii() else 1 // 0  # type: ignore[return-value]

    with mock.patch("tenants.webhooks.send.post", post_or_break):
        assert drain(clock) == 2
    assert set(WebhookDelivery.objects.values_list("webhook", "state")) == {
        (broken.pk, "waiting"),
        (Webhook.objects.exclude(pk=broken.pk).get().pk, "delivered"),
    }
    assert broken.deliveries.get().tries[0]["reason"] == "It could not be sent: ZeroDivisionError"


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
def test_one_sender_at_a_time(cast: Cast, receiver: Receiver, clock: Clock) -> None:
    hook(cast.acme, receiver.url)
    happen(cast.acme, clock.now)
    with sender_lock() as is_held, beside(lambda: drain(clock)) as other:
        assert is_held
        assert other.result() == 0
    assert drain(clock) == 1


def test_log_is_kept_for_thirty_days(cast: Cast, receiver: Receiver, clock: Clock) -> None:
    hook(cast.acme, receiver.url)
    happen(cast.acme, clock.now)
    clock.on(days=20)
    happen(cast.acme, clock.now)
    assert forget(now=clock.on(days=11)) == 1
    with tenant_scope([cast.acme.pk]):
        assert (WebhookDelivery.objects.count(), WebhookEvent.objects.count()) == (1, 1)


def test_deleting_a_tenant_deletes_what_was_told_of_it(cast: Cast, receiver: Receiver, clock: Clock) -> None:
    hook(cast.north, receiver.url)
    hook(cast.acme, receiver.url)
    happen(cast.acme, clock.now, EventType.SOURCE_SILENT)
    with tenant_scope([cast.acme.pk]):
        cast.acme.delete()
    assert (Webhook.objects.count(), WebhookDelivery.objects.count()) == (1, 0)
