"""API keys, to look at and to see when they were used; they are made and revoked where their owners do it."""

from __future__ import annotations

from django.contrib import admin

from tenants.admin.kinds import OperatorOnly, ReadOnly
from tenants.models import ApiKey


@admin.register(ApiKey)
class ApiKeyAdmin(ReadOnly, OperatorOnly):
    """Shows everything but the digest."""

    list_display = (
        "name",
        "prefix",
        "provider",
        "tenant",
        "scopes",
        "expires_at",
        "revoked_at",
        "last_used_at",
    )
    list_filter = ("revoked_at",)
    list_select_related = ("provider", "tenant")
    search_fields = ("name", "prefix")
    fields = (
        *("name", "prefix", "provider", "tenant", "all_tenants", "tenants", "scopes", "networks"),
        *("expires_at", "revoked_at", "last_used_at", "last_used_from", "created_at", "created_by"),
    )
