"""Makers of webhooks and events, and a clock that can be moved."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from tenants.models import EventType, Provider, Tenant, Webhook, WebhookDelivery
from tenants.scope import tenant_scope
from tenants.webhooks import announce
from tenants.webhooks.manage import make_webhook
from tenants.webhooks.send import send_due

EVENTS = [event.value for event in EventType]


@dataclass(slots=True)
class Clock:
    """Gives the instant that it was set to; starts at the real now, because receivers check how old a message is."""

    now: datetime

    @classmethod
    def at_now(cls) -> Clock:
        """Return a clock that stands at the next full second, by which what was just asked for is due."""
        return cls(datetime.now(UTC).replace(microsecond=0) + timedelta(seconds=1))

    def __call__(self) -> datetime:
        return self.now

    def on(self, **time: float) -> datetime:
        """Move on and return the new now."""
        self.now += timedelta(**time)
        return self.now


def hook(place: Tenant | Provider, url: str, *, events: list[str] | None = None) -> tuple[Webhook, str]:
    """Make a webhook for all events, or some, and return it with its secret."""
    at: dict[str, Any] = {"tenant": place} if isinstance(place, Tenant) else {"provider": place}
    return make_webhook(name="tickets", url=url, events=EVENTS if events is None else events, **at)


def happen(tenant: Tenant, now: datetime, event: EventType = EventType.REPORT_SENT, **data: Any) -> int:
    """Announce an event at a tenant; return how many webhooks are told."""
    with tenant_scope([tenant.pk]):
        return announce(tenant, event, lambda: data, now=now)


def drain(clock: Clock) -> int:
    """Send what is due by the clock; return the attempts made."""
    return send_due(clock=clock)


def only_delivery() -> WebhookDelivery:
    """Return the one delivery there is."""
    return WebhookDelivery.objects.select_related("webhook").get()
