"""Keys for programs: what they may do, where, until when and from which networks."""

from __future__ import annotations

from datetime import datetime
from ipaddress import ip_address, ip_network
from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _
from uuid6 import uuid7

from tenants.models.tenant import Provider, Tenant
from tenants.roles import Scope


def validate_network(text: str) -> None:
    """Raise ValidationError unless `text` is an address or a network such as 192.0.2.0/24."""
    try:
        ip_network(text)
    except ValueError as error:
        raise ValidationError(
            _("“%(text)s” is no address or network, for instance 192.0.2.0/24."), params={"text": text}
        ) from error


class ApiKey(models.Model):
    """A key of one tenant, or of a provider for all or some of its tenants.

    It stands above the tenant scope, because it is what tells which scope a program may enter. The secret itself is
    not kept: `digest` is its HMAC-SHA256 under the pepper called `pepper`.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    name = models.CharField(_("name"), max_length=100, help_text=_("Where it is used: “mx1 rsyslog”."))
    prefix = models.CharField(_("begins with"), max_length=8, unique=True, editable=False)
    digest = models.BinaryField(max_length=32, editable=False)
    pepper = models.CharField(max_length=16, editable=False)
    provider = models.ForeignKey(
        Provider,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="api_keys",
        verbose_name=_("provider"),
    )
    tenant = models.ForeignKey(
        Tenant,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="api_keys",
        verbose_name=_("tenant"),
    )
    all_tenants = models.BooleanField(
        _("every tenant of the provider"), default=False, help_text=_("Including those that come later.")
    )
    tenants = models.ManyToManyField(Tenant, blank=True, related_name="+", verbose_name=_("tenants"))
    scopes = ArrayField(models.CharField(max_length=20, choices=Scope.choices), verbose_name=_("scopes"))
    networks = ArrayField(
        models.CharField(max_length=43, validators=[validate_network]),
        blank=True,
        default=list,
        verbose_name=_("client networks"),
        help_text=_("Addresses or networks that may use it; none: any."),
    )
    expires_at = models.DateTimeField(_("expires"), null=True, blank=True)
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True, editable=False)
    last_used_at = models.DateTimeField(_("last used"), null=True, blank=True, editable=False)
    last_used_from = models.GenericIPAddressField(_("last used from"), null=True, blank=True, editable=False)
    created_at = models.DateTimeField(_("made"), auto_now_add=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("made by"),
    )

    made_with = models.ForeignKey(
        "self",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="made",
        verbose_name=_("made with the key"),
    )

    class Meta:
        verbose_name = _("API key")
        verbose_name_plural = _("API keys")
        ordering: ClassVar = ["name", "prefix"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(provider__isnull=True) ^ models.Q(tenant__isnull=True),
                name="key_at_one_place",
            ),
            models.CheckConstraint(
                condition=models.Q(tenant__isnull=True) | models.Q(all_tenants=False),
                name="tenant_key_is_of_one",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"

    @property
    def shown_prefix(self) -> str:
        """What the key's text begins with, which is no secret."""
        return f"sai_{self.prefix}"

    def state(self, now: datetime) -> str:
        """Return "revoked", "expired" or "active"."""
        if self.revoked_at is not None:
            return "revoked"
        return "expired" if self.expires_at is not None and self.expires_at <= now else "active"

    def admits(self, address: str) -> bool:
        """Tell whether the key may be used from a client address; an address that cannot be read may not."""
        if not self.networks:
            return True
        try:
            client = ip_address(address)
        except ValueError:
            return False
        return any(client in ip_network(network) for network in self.networks)
