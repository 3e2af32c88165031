"""Webhooks and what they were told, to look at; they are made and tested where their owners do it."""

from __future__ import annotations

from django.contrib import admin
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _

from tenants.admin.kinds import Long, OperatorOnly, ReadOnly, ShortPaginator
from tenants.admin.narrowing import TenantFilter
from tenants.models import Webhook, WebhookDelivery, WebhookEvent


@admin.register(Webhook)
class WebhookAdmin(ReadOnly, OperatorOnly):
    """Shows everything but what the secret is derived from."""

    list_display = ("name", "url", "provider", "tenant", "is_on", "failing_since", "delivered_at")
    list_filter = ("is_on",)
    list_select_related = ("provider", "tenant")
    search_fields = ("name", "url")
    fields = (
        *("name", "url", "provider", "tenant", "events", "is_on", "off_reason", "failing_since"),
        *("delivered_at", "old_until", "created_at", "created_by"),
    )


@admin.register(WebhookDelivery)
class WebhookDeliveryAdmin(ReadOnly, OperatorOnly):
    """How each telling went."""

    paginator = ShortPaginator
    show_full_result_count = False
    list_display = ("id", "webhook", "state", "attempts", "next_attempt_at", "created_at")
    list_filter = ("state",)
    list_select_related = ("webhook",)
    search_fields = ("webhook__name",)
    ordering = ("-created_at", "-id")
    fields = ("webhook", "state", "attempts", "next_attempt_at", "tries", "created_at", "finished_at")


@admin.register(WebhookEvent)
class WebhookEventAdmin(Long):
    """What happened at tenants while a webhook listened."""

    list_display = ("type", "tenant", "created_at", "begins")
    list_filter = (TenantFilter, "type")
    list_select_related = ("tenant",)
    search_fields = ("body",)
    ordering = ("-created_at", "-id")
    fields = ("tenant", "type", "created_at", "body")

    @admin.display(description=_("body"))
    def begins(self, event: WebhookEvent) -> str:
        """Return the beginning of the body."""
        return Truncator(event.body).chars(160)
