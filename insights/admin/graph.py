"""Connections to Microsoft 365 without their secrets, and what message trace told."""

from __future__ import annotations

from django.contrib import admin

from insights.models import GraphConnection, GraphTraceDay
from tenants.admin.kinds import Long, ReadOnly
from tenants.admin.narrowing import TenantFilter


@admin.register(GraphConnection)
class GraphConnectionAdmin(ReadOnly):
    """Connections; they are made and changed on the page of their source."""

    list_display = (
        "directory_id",
        "tenant",
        "source",
        "is_enabled",
        "succeeded_at",
        "failures",
        "next_poll_at",
    )
    list_filter = (TenantFilter, "is_enabled", "cloud")
    list_select_related = ("tenant", "source")
    search_fields = ("source__name", "last_error")
    # The sealed secret is not among them.
    fields = (
        "tenant",
        "source",
        "cloud",
        "directory_id",
        "client_id",
        "certificate",
        "secret_expires_on",
        "reads_non_interactive",
        "reads_trace",
        "is_enabled",
        "created_at",
        "created_by",
        "read_until",
        "polled_at",
        "succeeded_at",
        "next_poll_at",
        "failing_since",
        "failures",
        "last_error",
        "trace_error",
    )


@admin.register(GraphTraceDay)
class GraphTraceDayAdmin(Long):
    """Messages of accounts, at most, by day."""

    list_display = ("day", "account", "messages", "tenant", "source", "asked_at")
    list_filter = (TenantFilter,)
    list_select_related = ("tenant", "source")
    search_fields = ("account",)
