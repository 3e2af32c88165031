"""Which deliveries are due, and that one sender at a time takes them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from django.db import connection
from django.db.models import F, Q, Window
from django.db.models.functions import RowNumber

from tenants.models import DeliveryState, WebhookDelivery
from tenants.webhooks.retries import MAX_ATTEMPTS, retry_at

AT_ONCE = 32
AT_ONCE_A_WEBHOOK = 4
"""So that one receiver that is slow does not hold up the others."""
LEASE = timedelta(minutes=5)
"""How long the last attempt is believed to be under way before it counts as lost."""
_LOCK = "tenants.webhooks"


@contextmanager
def sender_lock() -> Iterator[bool]:
    """Try to be the one sender; give whether that worked. The lock ends with the database session."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(hashtextextended(%s, 0))", [_LOCK])
        is_held = bool(cursor.fetchone()[0])
    try:
        yield is_held
    finally:
        if is_held:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(hashtextextended(%s, 0))", [_LOCK])


def claim_due(*, now: datetime) -> list[WebhookDelivery]:
    """Take deliveries that are due, with their webhooks; count the attempt and note the next one beforehand.

    So a sender that dies leaves them waiting for the next attempt, as if this one had failed. One query, and an update
    for each.
    """
    due = (
        WebhookDelivery.objects.filter(state=DeliveryState.WAITING, next_attempt_at__lte=now)
        .filter(Q(webhook__is_on=True) | Q(event=None))
        .annotate(nth=Window(RowNumber(), partition_by="webhook_id", order_by=["next_attempt_at", "id"]))
        .filter(nth__lte=AT_ONCE_A_WEBHOOK)
        .select_related("webhook")
        .order_by("next_attempt_at", "id")[:AT_ONCE]
    )
    return [delivery for delivery in due if _take(delivery, now)]


def _take(delivery: WebhookDelivery, now: datetime) -> bool:
    """Count an attempt, unless the row has changed meanwhile."""
    follows = None if delivery.is_ping else retry_at(delivery.attempts + 1, now=now)
    return bool(
        WebhookDelivery.objects.filter(
            pk=delivery.pk, state=DeliveryState.WAITING, next_attempt_at=delivery.next_attempt_at
        ).update(attempts=F("attempts") + 1, next_attempt_at=follows or now + LEASE)
    )


def is_spent(delivery: WebhookDelivery) -> bool:
    """Tell of a claimed delivery whether it had its last attempt before, which then never ended."""
    return delivery.attempts >= (1 if delivery.is_ping else MAX_ATTEMPTS)
