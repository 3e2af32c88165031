"""Who has which role at a provider or at a tenant."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from uuid6 import uuid7

from tenants.models.tenant import Provider, Tenant
from tenants.roles import Role


class Membership(models.Model):
    """A person's role at one provider or one tenant.

    It stands above the tenant scope, because it is what tells which scope a person may enter.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="memberships", verbose_name=_("user")
    )
    provider = models.ForeignKey(
        Provider,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="memberships",
        verbose_name=_("provider"),
    )
    tenant = models.ForeignKey(
        Tenant,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="memberships",
        verbose_name=_("tenant"),
    )
    role = models.CharField(_("role"), max_length=12, choices=Role.choices)
    sees_all = models.BooleanField(
        _("sees every tenant"),
        default=True,
        help_text=_("Provider staff only: without it they see the tenants that they are also members of."),
    )

    class Meta:
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(provider__isnull=True) ^ models.Q(tenant__isnull=True),
                name="membership_at_one_place",
            ),
            models.UniqueConstraint(fields=["user", "provider"], name="membership_once_a_provider"),
            models.UniqueConstraint(fields=["user", "tenant"], name="membership_once_a_tenant"),
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.provider or self.tenant} · {self.get_role_display()}"
