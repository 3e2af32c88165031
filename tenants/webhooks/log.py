"""What a webhook was told and how that went, for as long as it is kept."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from tenants.models import Tenant, Webhook, WebhookDelivery, WebhookEvent
from tenants.scope import tenant_scope
from tenants.webhooks.announce import body_of

KEPT_FOR = timedelta(days=30)
PING = "ping"


@dataclass(frozen=True, slots=True)
class Told:
    """A delivery with what is, or was, sent: `event` is the type, `tenant` whom it is about, None for a test.

    `body` is None where the event is about a tenant that the webhook does not cover any more.
    """

    delivery: WebhookDelivery
    event: str
    tenant: Tenant | None
    body: str | None

    @property
    def message_id(self) -> str:
        """The header `webhook-id`: the same at every attempt, so that the receiver can tell it from another."""
        return f"msg_{(self.delivery.event_id or self.delivery.pk).hex}"

    @property
    def last_try(self) -> dict[str, Any]:
        """The newest attempt, empty before the first."""
        return self.delivery.tries[-1] if self.delivery.tries else {}


def tenants_covered(webhooks: Iterable[Webhook]) -> QuerySet[Tenant]:
    """Return the tenants whose events go to any of `webhooks`."""
    hooks = list(webhooks)
    own = Tenant.objects.filter(pk__in=[hook.tenant_id for hook in hooks if hook.tenant_id])
    of_providers = Tenant.objects.filter(
        provider__in=[hook.provider_id for hook in hooks if hook.provider_id]
    )
    return own | of_providers


def told(deliveries: Iterable[WebhookDelivery]) -> list[Told]:
    """Join deliveries, fetched with their webhook, to their events, each in the scope of what its webhook covers.

    Two queries beside those of the scope.
    """
    rows = list(deliveries)
    covered = tenants_covered({row.webhook_id: row.webhook for row in rows}.values()).in_bulk()
    with tenant_scope(covered):
        events = WebhookEvent.objects.in_bulk([row.event_id for row in rows if row.event_id])
    return [_joined(row, events, covered) for row in rows]


def _joined(row: WebhookDelivery, events: dict[UUID, WebhookEvent], covered: dict[UUID, Tenant]) -> Told:
    if row.event_id is None:
        data = {"webhook": row.webhook_id, "name": row.webhook.name}
        return Told(row, PING, None, body_of(PING, data, now=row.created_at))
    event = events.get(row.event_id)
    tenant = covered.get(event.tenant_id) if event else None
    if event is None or tenant is None or not _covers(row.webhook, tenant):
        return Told(row, "", None, None)
    return Told(row, event.type, tenant, event.body)


def _covers(webhook: Webhook, tenant: Tenant) -> bool:
    if webhook.tenant_id is not None:
        return webhook.tenant_id == tenant.pk
    return webhook.provider_id == tenant.provider_id


def forget(*, now: datetime) -> int:
    """Delete the deliveries and events that are older than `KEPT_FOR`; return how many deliveries there were."""
    before = now - KEPT_FOR
    deleted, _by_model = WebhookDelivery.objects.filter(created_at__lt=before).delete()
    with tenant_scope(Tenant.objects.values_list("pk", flat=True)):
        WebhookEvent.objects.filter(created_at__lt=before).delete()
    return deleted
