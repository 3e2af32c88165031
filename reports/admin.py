"""The operator's page of requested reports: for looking; resending is the requests page's matter."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from reports.models import ReportRecipient, ReportRequest
from tenants.admin.kinds import Long
from tenants.admin.narrowing import TenantFilter


class RecipientInline(admin.TabularInline[ReportRecipient, ReportRequest]):
    """To whom the report goes, and how far each mail has come."""

    model = ReportRecipient
    extra = 0
    fields = ("address", "status", "reason", "attempts", "sent_at", "message_id")

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(ReportRequest)
class ReportRequestAdmin(Long):
    """Requested reports with their recipients."""

    list_display = (
        "name",
        "tenant",
        "start_on",
        "end_on",
        "status",
        "requested_by",
        "created_at",
        "attempts",
    )
    list_filter = (TenantFilter, "status")
    list_select_related = ("tenant", "requested_by", "requested_key")
    search_fields = ("name", "recipients__address", "reason")
    ordering = ("-created_at", "-id")
    inlines = (RecipientInline,)
    fields = (
        "tenant",
        "name",
        "view",
        "start_on",
        "end_on",
        "sender_domain",
        "note",
        "requested_by",
        "requested_key",
        "created_at",
        "status",
        "reason",
        "attempts",
        "next_attempt_at",
        "finished_at",
        "built_at",
        "subject",
        "messages",
        "expires_at",
    )
