"""Who sends lines over syslog where no token says it, what of theirs was dropped, and where the listener listens."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _
from uuid6 import uuid7

from insights.models.source import Source
from tenants.models import Tenant
from tenants.models.api_key import validate_network
from tenants.scope import TenantOwned

MAX_VALUE = 255


class SenderKind(models.TextChoices):
    """How a sender is known."""

    FINGERPRINT = "fingerprint", _("Fingerprint of its certificate")
    NAME = "name", _("Name in its certificate")
    ADDRESS = "address", _("Address it sends to")


class SyslogSender(TenantOwned):
    """Lines of this sender are of this source. (Senders with a token need no row: the token is an API key.)

    `value` is a SHA-256 in lower-case hex, a subject alternative name in lower case, or an address of the listener such
    as `udp://192.0.2.1:514`, which only the operator gives out. A value that two tenants claim is believed of neither.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    tenant = models.ForeignKey(Tenant, on_delete=models.CASCADE, related_name="+")
    source = models.ForeignKey(Source, on_delete=models.CASCADE, related_name="syslog_senders")
    kind = models.CharField(_("kind"), max_length=16, choices=SenderKind.choices)
    value = models.CharField(_("known by"), max_length=MAX_VALUE)
    networks = ArrayField(
        models.CharField(max_length=43, validators=[validate_network]),
        blank=True,
        default=list,
        verbose_name=_("client networks"),
    )
    is_enabled = models.BooleanField(_("enabled"), default=True)
    created_at = models.DateTimeField(_("made"), auto_now_add=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    last_used_at = models.DateTimeField(_("last used"), null=True, blank=True, editable=False)
    last_used_from = models.GenericIPAddressField(_("last used from"), null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("syslog sender")
        verbose_name_plural = _("syslog senders")
        ordering: ClassVar = ["kind", "value"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tenant", "kind", "value"], name="syslog_sender_once_a_tenant")
        ]

    def __str__(self) -> str:
        return self.value


class SyslogDrop(TenantOwned):
    """How many messages of a source the listener took off the network and did not store, by day (UTC) and reason."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    tenant = models.ForeignKey(Tenant, on_delete=models.CASCADE, related_name="+")
    source = models.ForeignKey(Source, on_delete=models.CASCADE, related_name="syslog_drops")
    day = models.DateField(_("day"))
    reason = models.CharField(_("reason"), max_length=32)
    messages = models.BigIntegerField(_("messages"), default=0)
    last_at = models.DateTimeField(_("last"))
    last_from = models.CharField(_("from"), max_length=45, blank=True)

    class Meta:
        verbose_name = _("dropped syslog messages")
        verbose_name_plural = _("dropped syslog messages")
        ordering: ClassVar = ["-day", "reason"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["tenant", "source", "day", "reason"], name="syslog_drop_once_a_day"
            )
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.reason}"


class SyslogListener(models.Model):
    """An address at which a listener takes messages, as the listener itself says while it runs; of no tenant.

    `refused` counts what came there of senders that nobody knows, by reason, since the listener began.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    address = models.CharField(_("address"), max_length=MAX_VALUE, unique=True)
    takes_certificates = models.BooleanField(_("takes client certificates"), default=False)
    began_at = models.DateTimeField(_("began"))
    seen_at = models.DateTimeField(_("seen"))
    refused = models.JSONField(_("refused"), default=dict)

    class Meta:
        verbose_name = _("syslog listener")
        verbose_name_plural = _("syslog listeners")
        ordering: ClassVar = ["address"]

    def __str__(self) -> str:
        return self.address
