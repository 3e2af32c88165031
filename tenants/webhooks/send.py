"""Send what is due, several messages at a time, and write down how each went.

No transaction is open while a receiver is spoken to, and the threads that speak touch no database.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from datetime import datetime
from typing import Any

import structlog
from django.db.models import Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from tenants.models import DeliveryState, Webhook, WebhookDelivery
from tenants.webhooks.announce import iso
from tenants.webhooks.claim import claim_due, is_spent, sender_lock
from tenants.webhooks.log import Told, told
from tenants.webhooks.post import Answer, post
from tenants.webhooks.retries import OFF_AFTER, retry_at
from tenants.webhooks.secrets import SecretGone, sign

log = structlog.get_logger(__name__)

THREADS = 8
BUSY_SECONDS = 50.0
"""After this long a sender leaves the rest to the next one, so that it never holds a worker for long."""
TRIES_KEPT = 30
USER_AGENT = "SMTP-AUTH-Insights (webhook)"
GONE = 410
"""The receiver says that it wants no more (Standard Webhooks, “Operational considerations”)."""


def send_due(*, clock: Callable[[], datetime]) -> int:
    """Send every delivery that is due, and those that become due meanwhile; return how many attempts were made.

    Does nothing while another sender is at it. `clock` gives aware instants.
    """
    attempts = 0
    give_way_at = time.monotonic() + BUSY_SECONDS
    with sender_lock() as is_held, ThreadPoolExecutor(THREADS) as pool:
        while is_held and time.monotonic() < give_way_at:
            claimed = claim_due(now=clock())
            if not claimed:
                break
            attempts += len(claimed)
            _send(told(claimed), pool, clock)
    return attempts


def _send(messages: list[Told], pool: ThreadPoolExecutor, clock: Callable[[], datetime]) -> None:
    under_way: dict[Future[Answer], WebhookDelivery] = {}
    for message in messages:
        refusal = _begin(message, pool, under_way, now=clock())
        if refusal:
            settle(message.delivery, Answer(None, refusal, 0), now=clock(), is_final=True)
    for future in as_completed(under_way):
        settle(under_way[future], _answer(future), now=clock())


def _answer(future: Future[Answer]) -> Answer:
    """Return what came of an attempt; an error of our own counts as a failure and holds up no other message."""
    error = future.exception()
    if error is None:
        return future.result()
    log.error("webhook.broken", exc_info=error)
    return Answer(None, _("It could not be sent: %(kind)s") % {"kind": type(error).__name__}, 0)


def _begin(
    message: Told,
    pool: ThreadPoolExecutor,
    under_way: dict[Future[Answer], WebhookDelivery],
    *,
    now: datetime,
) -> str:
    """Hand a message to a thread; return why it cannot be sent at all, or ""."""
    delivery = message.delivery
    if is_spent(delivery):
        return _("The sender stopped each time before the answer came.")
    if message.body is None:
        return _("It is about a customer whose events this webhook does not get any more.")
    try:
        headers = headers_of(delivery.webhook, message.message_id, message.body, now=now)
    except SecretGone:
        return _("The pepper of its secret is not in API_KEY_PEPPERS any more: make a new secret.")
    under_way[pool.submit(post, delivery.webhook.url, message.body.encode(), headers)] = delivery
    return ""


def headers_of(webhook: Webhook, message_id: str, body: str, *, now: datetime) -> dict[str, str]:
    """Return the headers of an attempt at `now`; raise SecretGone."""
    return {
        "Content-Type": "application/json",
        "User-Agent": USER_AGENT,
        "webhook-id": message_id,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": sign(webhook, message_id, body, now=now),
    }


def settle(delivery: WebhookDelivery, answer: Answer, *, now: datetime, is_final: bool = False) -> None:
    """Write down what came of an attempt that was claimed as `delivery`, and what follows for its webhook."""
    attempts = delivery.attempts + 1
    due_at = None
    if not (answer.is_success or is_final or delivery.is_ping or answer.status == GONE):
        due_at = retry_at(attempts, now=now, asked_for=answer.retry_after)
    state = DeliveryState.DELIVERED if answer.is_success else DeliveryState.FAILED
    WebhookDelivery.objects.filter(pk=delivery.pk, state=DeliveryState.WAITING).update(
        tries=[*delivery.tries, _noted(answer, now)][-TRIES_KEPT:],
        state=DeliveryState.WAITING if due_at else state,
        next_attempt_at=due_at,
        finished_at=None if due_at else now,
    )
    log.info("webhook.sent", delivery=str(delivery.pk), status=answer.status, reason=answer.reason)
    _tell_webhook(delivery, answer, now)


def _noted(answer: Answer, now: datetime) -> dict[str, Any]:
    return {
        "at": iso(now),
        "status": answer.status,
        "milliseconds": answer.milliseconds,
        "address": answer.address,
        "reason": answer.reason,
        "response": answer.response,
    }


def _tell_webhook(delivery: WebhookDelivery, answer: Answer, now: datetime) -> None:
    rows = Webhook.objects.filter(pk=delivery.webhook_id)
    if answer.is_success:
        rows.update(failing_since=None, delivered_at=now)
        return
    if answer.status == GONE:
        _switch_off(delivery, _("The receiver answered 410 Gone: it wants no more messages."))
        return
    if delivery.is_ping:
        return
    rows.update(failing_since=Coalesce("failing_since", Value(now)))
    if rows.filter(is_on=True, failing_since__lte=now - OFF_AFTER).exists():
        _switch_off(delivery, _("Every attempt failed for %(days)d days.") % {"days": OFF_AFTER.days})


def _switch_off(delivery: WebhookDelivery, reason: str) -> None:
    if Webhook.objects.filter(pk=delivery.webhook_id, is_on=True).update(is_on=False, off_reason=reason):
        log.warning("webhook.switched_off", webhook=str(delivery.webhook_id), reason=reason)
