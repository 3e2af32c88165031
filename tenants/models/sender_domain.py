"""The sender domains seen in a tenant's mail, and which of them are its own."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _
from uuid6 import uuid7

from tenants.models.tenant import Tenant
from tenants.scope import TenantOwned


class SenderDomain(TenantOwned):
    """A domain, IDNA lower case; discovered from data, accepted when the tenant says that it is its own."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    tenant = models.ForeignKey(Tenant, on_delete=models.CASCADE, related_name="sender_domains")
    domain = models.CharField(_("domain"), max_length=255)
    is_accepted = models.BooleanField(_("accepted"), default=False)
    first_seen_at = models.DateTimeField(_("first seen"), null=True, blank=True)

    class Meta:
        verbose_name = _("sender domain")
        verbose_name_plural = _("sender domains")
        ordering: ClassVar = ["domain"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tenant", "domain"], name="sender_domain_once_a_tenant"),
        ]

    def __str__(self) -> str:
        return self.domain
