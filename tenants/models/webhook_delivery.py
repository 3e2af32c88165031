"""What happened at a tenant and is told to webhooks, and how each telling went: rows first (docs/adr/0004)."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _
from uuid6 import uuid7

from tenants.models.tenant import Tenant
from tenants.models.webhook import EventType, Webhook
from tenants.scope import TenantOwned


class WebhookEvent(TenantOwned):
    """Something that happened at a tenant, written in the transaction in which it happened.

    `body` is the text that is sent and signed, byte by byte the same at every attempt and to every webhook.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    tenant = models.ForeignKey(Tenant, on_delete=models.CASCADE, related_name="+")
    type = models.CharField(_("event"), max_length=40, choices=EventType.choices)
    body = models.TextField(_("body"))
    created_at = models.DateTimeField(_("happened"))

    class Meta:
        verbose_name = _("webhook event")
        verbose_name_plural = _("webhook events")
        ordering: ClassVar = ["-created_at", "-id"]
        indexes: ClassVar = [models.Index(fields=["tenant", "created_at"], name="webhook_event_by_age")]

    def __str__(self) -> str:
        return f"{self.type} {self.created_at:%Y-%m-%d %H:%M}"


class DeliveryState(models.TextChoices):
    """Where a delivery stands. It waits before the first attempt and between attempts."""

    WAITING = "waiting", _("Waiting")
    DELIVERED = "delivered", _("Delivered")
    FAILED = "failed", _("Failed")


class WebhookDelivery(models.Model):
    """One event on its way to one webhook; without an event it is a test (`ping`), which is about no tenant.

    It stands above the tenant scope like its webhook and holds nothing of a tenant itself: the event with its body is
    behind both walls. `tries` has one object an attempt, oldest first:
    {"at", "status": int | None, "milliseconds", "address", "reason", "response"}.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    webhook = models.ForeignKey(Webhook, on_delete=models.CASCADE, related_name="deliveries")
    event = models.ForeignKey(WebhookEvent, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    state = models.CharField(
        _("state"), max_length=10, choices=DeliveryState.choices, default=DeliveryState.WAITING
    )
    # Attempts since it was made or sent again; `tries` has those before as well.
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    next_attempt_at = models.DateTimeField(_("next attempt"), null=True, blank=True)
    tries: models.JSONField[list[dict[str, Any]], list[dict[str, Any]]] = models.JSONField(default=list)
    created_at = models.DateTimeField(_("made"))
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)

    class Meta:
        verbose_name = _("webhook delivery")
        verbose_name_plural = _("webhook deliveries")
        ordering: ClassVar = ["-created_at", "-id"]
        indexes: ClassVar = [
            models.Index(fields=["webhook", "-created_at", "-id"], name="webhook_delivery_newest"),
            models.Index(
                fields=["next_attempt_at"],
                condition=models.Q(state="waiting"),
                name="webhook_delivery_due",
            ),
            models.Index(fields=["created_at"], name="webhook_delivery_by_age"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(state="waiting") ^ models.Q(next_attempt_at__isnull=True),
                name="webhook_delivery_waits_for_something",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.webhook_id} {self.state}"

    @property
    def is_ping(self) -> bool:
        """Whether it is a test."""
        return self.event_id is None
