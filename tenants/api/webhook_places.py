"""Whose webhooks an endpoint is about: a tenant's, or a provider's."""

from __future__ import annotations

from typing import Any, ClassVar
from uuid import UUID

from django.db.models import QuerySet
from django.http import Http404
from rest_framework.request import Request

from tenants.access import get_provider
from tenants.api.base import ApiView, TenantApiView
from tenants.models import Provider, Tenant, Webhook, WebhookDelivery
from tenants.roles import Capability

MANAGES = dict.fromkeys(("GET", "POST", "PATCH", "DELETE"), Capability.MANAGE_WEBHOOKS)


class WebhookView(ApiView):
    """What the endpoints of both places have in common."""

    capabilities: ClassVar[dict[str, Capability]] = MANAGES

    def place(self) -> dict[str, Tenant | Provider]:
        """Return the tenant or the provider, under the name that webhooks have for it."""
        raise NotImplementedError

    def webhooks(self) -> QuerySet[Webhook]:
        """Return the webhooks of the place, by name."""
        return Webhook.objects.filter(**self.place()).order_by("name", "id")

    def webhook(self, webhook_id: UUID) -> Webhook:
        """Return one of them or raise Http404."""
        found = self.webhooks().filter(pk=webhook_id).first()
        if found is None:
            raise Http404("No such webhook.")
        return found

    def deliveries(self, webhook_id: UUID) -> QuerySet[WebhookDelivery]:
        """Return what one of them was told, or raise Http404."""
        return self.webhook(webhook_id).deliveries.select_related("webhook")

    def delivery(self, webhook_id: UUID, delivery_id: UUID) -> WebhookDelivery:
        """Return one of those or raise Http404."""
        found = self.deliveries(webhook_id).filter(pk=delivery_id).first()
        if found is None:
            raise Http404("No such delivery.")
        return found


class OfTenant(WebhookView, TenantApiView):
    """The webhooks of the tenant in the path."""

    capabilities: ClassVar[dict[str, Capability]] = MANAGES

    def place(self) -> dict[str, Tenant | Provider]:
        return {"tenant": self.tenant}


class OfProvider(WebhookView):
    """The webhooks of the provider in the path, which get the events of all its tenants."""

    provider: Provider

    def enter(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Find the provider and check the right for all its tenants."""
        self.provider = get_provider(self.caller, str(self.kwargs["provider"]), Capability.MANAGE_WEBHOOKS)

    def place(self) -> dict[str, Tenant | Provider]:
        return {"provider": self.provider}
