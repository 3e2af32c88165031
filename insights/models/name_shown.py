"""How an account or an address was written when it was first seen; it is compared in another form."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from uuid6 import uuid7

from tenants.models import Tenant
from tenants.scope import TenantOwned


class NameShown(TenantOwned):
    """From the compared form (NFC, lower case) to the form of the earliest event."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    tenant = models.ForeignKey(Tenant, on_delete=models.CASCADE, related_name="+")
    name = models.TextField()
    shown = models.TextField()
    first_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tenant", "name"], name="name_shown_once_a_tenant")
        ]

    def __str__(self) -> str:
        return self.shown
