"""Webhooks: addresses of other programs that are told what happened at a tenant, or at all tenants of a provider."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _
from uuid6 import uuid7

from tenants.models.tenant import Provider, Tenant

LONGEST_URL = 500


class EventType(models.TextChoices):
    """What a webhook can be told of."""

    REPORT_SENT = "report.sent", _("A requested report was sent")
    REPORT_FAILED = "report.failed", _("A requested report was given up")
    IMPORT_FINISHED = "import.finished", _("A log was read, or refused")
    SOURCE_SILENT = "source.silent", _("A source sends nothing for longer than usual")
    SOURCE_RESUMED = "source.resumed", _("A silent source sends again")


class Webhook(models.Model):
    """An address that events are sent to.

    It stands above the tenant scope, as API keys do: whose events it gets follows from where it is. The signing secret
    is not kept: it is derived from `salt` under the pepper called `pepper` (`tenants.webhooks.secrets`), and until
    `old_until` the one before it is valid too.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    name = models.CharField(_("name"), max_length=100, help_text=_("What receives it: “PSA tickets”."))
    url = models.CharField(
        _("address"), max_length=LONGEST_URL, help_text=_("Events are sent there with POST, as JSON.")
    )
    provider = models.ForeignKey(
        Provider,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="webhooks",
        verbose_name=_("provider"),
    )
    tenant = models.ForeignKey(
        Tenant,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="webhooks",
        verbose_name=_("tenant"),
    )
    events = ArrayField(models.CharField(max_length=40, choices=EventType.choices), verbose_name=_("events"))
    is_on = models.BooleanField(
        _("on"), default=True, help_text=_("Off: nothing is sent, and nothing is kept for it.")
    )
    off_reason = models.TextField(_("why it was switched off"), blank=True, editable=False)
    # Since when every attempt has failed; null as long as the last one went well.
    failing_since = models.DateTimeField(_("failing since"), null=True, blank=True, editable=False)
    delivered_at = models.DateTimeField(_("last delivered"), null=True, blank=True, editable=False)
    salt = models.BinaryField(max_length=32, editable=False)
    pepper = models.CharField(max_length=16, editable=False)
    old_salt = models.BinaryField(max_length=32, null=True, blank=True, editable=False)
    old_pepper = models.CharField(max_length=16, blank=True, editable=False)
    old_until = models.DateTimeField(_("old secret valid until"), null=True, blank=True, editable=False)
    created_at = models.DateTimeField(_("made"), auto_now_add=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("made by"),
    )

    class Meta:
        verbose_name = _("webhook")
        verbose_name_plural = _("webhooks")
        ordering: ClassVar = ["name", "id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(provider__isnull=True) ^ models.Q(tenant__isnull=True),
                name="webhook_at_one_place",
            ),
        ]

    def __str__(self) -> str:
        return self.name
