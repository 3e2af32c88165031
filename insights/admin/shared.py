"""Whose the events of shared servers are: rules and assignments of the providers' inboxes."""

from __future__ import annotations

from django.contrib import admin

from insights.models import Assignment, SharedRule
from tenants.admin.kinds import Long, ReadOnly
from tenants.admin.narrowing import TenantFilter


@admin.register(SharedRule)
class SharedRuleAdmin(ReadOnly):
    """Rules; they are made on the provider's page of shared servers."""

    list_display = ("value", "kind", "customer", "tenant", "source", "created_at", "created_by")
    list_filter = (TenantFilter, "kind")
    list_select_related = ("tenant", "customer", "source", "created_by")
    search_fields = ("value", "customer__name")


@admin.register(Assignment)
class AssignmentAdmin(Long):
    """What was assigned by hand; taking it back is the inbox's matter."""

    list_display = ("subject", "tenant", "events", "created_at", "created_by", "undone_at")
    list_select_related = ("tenant", "created_by")
    search_fields = ("subject",)
