"""Write down that something happened, for every webhook that wants to know; sending it is the sender's work."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.db.models import Q
from django.urls import reverse

from tenants.models import EventType, Tenant, Webhook, WebhookDelivery, WebhookEvent


def announce(
    tenant: Tenant, event: EventType, tell: Callable[[], Mapping[str, Any]], *, now: datetime
) -> int:
    """Tell every webhook of the tenant and of its provider that is on and wants `event`; return how many there are.

    Must run in the tenant's scope, and in the transaction that makes it true: both are committed or neither. `tell` is
    asked only where somebody listens; it gives JSON types, days and datetimes (written in UTC), and the tenant's short
    name is added. One query where nobody listens, three otherwise.
    """
    at_place = Q(tenant=tenant.pk)
    if tenant.provider_id is not None:
        at_place |= Q(provider=tenant.provider_id)
    listening = list(
        Webhook.objects.filter(at_place, is_on=True, events__contains=[event.value]).values_list(
            "pk", flat=True
        )
    )
    if not listening:
        return 0
    happened = WebhookEvent.objects.create(
        tenant=tenant,
        type=event,
        created_at=now,
        body=body_of(event.value, {"tenant": tenant.slug, **tell()}, now=now),
    )
    WebhookDelivery.objects.bulk_create(
        WebhookDelivery(webhook_id=webhook_id, event=happened, created_at=now, next_attempt_at=now)
        for webhook_id in listening
    )
    return len(listening)


def body_of(event: str, data: Mapping[str, Any], *, now: datetime) -> str:
    """Return the text of a message about `event`."""
    message = {"type": event, "timestamp": iso(now), "data": dict(data)}
    return json.dumps(message, ensure_ascii=False, separators=(",", ":"), default=_plain)


def page_url(route: str, **arguments: Any) -> str:
    """Return the absolute address of a page, for people who read about an event elsewhere."""
    return f"{settings.SITE_URL}{reverse(route, kwargs=arguments)}"


def iso(instant: datetime) -> str:
    """Return an aware instant as in the API: 2026-11-17T08:11:05Z."""
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _plain(value: Any) -> str:
    return iso(value) if isinstance(value, datetime) else str(value)
