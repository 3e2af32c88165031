"""Sources, imports, events and roll-ups.

Events and roll-ups are written by the ingest alone, and only together; changed here they would differ.
"""

from __future__ import annotations

import json
from typing import Any, ClassVar

from django.contrib import admin
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from insights.models import (
    ImportOverlap,
    IngestAnswer,
    LogImport,
    LoginFailure,
    LoginFailureDay,
    NameShown,
    RollupCheck,
    SkippedLine,
    Source,
    Submission,
    SubmissionDay,
)
from tenants.admin.kinds import Big, Long, ReadOnly
from tenants.admin.narrowing import DayFilter, OneTenantFilter, TenantFilter, TimeFilter


def _as_json(value: Any) -> SafeString:
    return format_html("<pre>{}</pre>", json.dumps(value, indent=2, ensure_ascii=False, default=str))


@admin.register(Source)
class SourceAdmin(ReadOnly):
    """Sources; they are made and changed on the tenant's own page."""

    list_display = ("name", "tenant", "format", "time_zone", "last_line_at", "last_received_at")
    list_filter = (TenantFilter, "format")
    list_select_related = ("tenant",)
    search_fields = ("name", "tenant__name")


@admin.register(LogImport)
class LogImportAdmin(Long):
    """Imports with their accounting; undoing one is the sources page's matter."""

    list_display = (
        "file_name",
        "tenant",
        "source",
        "status",
        "created_at",
        "lines",
        "lines_unrecognised",
        "submissions_stored",
        "failures_stored",
    )
    list_filter = (TenantFilter, "status")
    list_select_related = ("tenant", "source")
    search_fields = ("file_name", "message")
    ordering = ("-created_at", "-id")
    fields = (
        "tenant",
        "source",
        "file_name",
        "size_bytes",
        "year",
        "status",
        "message",
        "created_by",
        "created_at",
        "finished_at",
        "accounting_shown",
    )

    @admin.display(description=_("accounting"))
    def accounting_shown(self, log_import: LogImport) -> SafeString:
        """Return the accounting as it is printed by the command."""
        return _as_json(log_import.accounting())


@admin.register(IngestAnswer)
class IngestAnswerAdmin(Long):
    """What programs were told that send with an `Idempotency-Key`, for a day."""

    list_display = ("key", "tenant", "caller", "created_at")
    list_filter = (TenantFilter,)
    list_select_related = ("tenant",)
    search_fields = ("key", "caller")
    ordering = ("-created_at", "-id")
    fields = ("tenant", "caller", "key", "created_at", "answer_shown")

    @admin.display(description=_("answer"))
    def answer_shown(self, answer: IngestAnswer) -> SafeString:
        """Return what was answered."""
        return _as_json(answer.answer)


@admin.register(SkippedLine)
class SkippedLineAdmin(Long):
    """Samples of lines that were not recognised."""

    list_display = ("line_number", "reason", "text", "log_import", "tenant")
    list_filter = (TenantFilter, "reason")
    list_select_related = ("tenant", "log_import")
    search_fields = ("text",)
    ordering = ("-id",)


@admin.register(ImportOverlap)
class ImportOverlapAdmin(Long):
    """Which imports brought the same events."""

    list_display = ("log_import", "earlier", "events", "tenant")
    list_select_related = ("tenant", "log_import", "earlier")
    ordering = ("-id",)


@admin.register(NameShown)
class NameShownAdmin(Long):
    """How accounts and addresses were first written."""

    list_display = ("name", "shown", "first_at")
    list_filter = (OneTenantFilter,)
    search_fields = ("name", "shown")
    ordering = ("-id",)


@admin.register(RollupCheck)
class RollupCheckAdmin(Long):
    """When days were counted again, and what differed."""

    list_display = ("day", "tenant", "checked_at", "differences_found")
    list_filter = (TenantFilter,)
    list_select_related = ("tenant",)
    ordering = ("-day", "-id")

    @admin.display(description=_("differences"))
    def differences_found(self, check: RollupCheck) -> int:
        """Return how many rows differed."""
        return len(check.differences)


@admin.register(Submission)
class SubmissionAdmin(Big):
    """Single submissions."""

    placed_by = "occurred_at"
    list_display = (
        "occurred_at",
        "account",
        "sender_address",
        "client_ip",
        "tls_version",
        "mechanism",
        "messages",
        "recipients",
        "host",
    )
    list_filter = (OneTenantFilter, TimeFilter)
    search_fields = (
        "account__contains",
        "sender_address__contains",
        "client_ip__startswith",
        "queue_id__exact",
    )
    search_help_text = _(
        "Part of an account or sender as logged, the beginning of a client address, a queue id"
    )
    ordering = ("-occurred_at", "-id")
    readonly_fields: ClassVar[Any] = ("customer",)


@admin.register(LoginFailure)
class LoginFailureAdmin(Big):
    """Single failed logins."""

    placed_by = "occurred_at"
    list_display = ("occurred_at", "account", "client_ip", "mechanism", "reason", "detail", "host")
    list_filter = (OneTenantFilter, TimeFilter)
    search_fields = ("account__contains", "client_ip__startswith")
    search_help_text = _("Part of a user name as given, or the beginning of a client address")
    ordering = ("-occurred_at", "-id")
    readonly_fields: ClassVar[Any] = ("customer",)


@admin.register(SubmissionDay)
class SubmissionDayAdmin(Big):
    """What reports read: submissions by day."""

    placed_by = "day"
    list_display = (
        "day",
        "account",
        "sender_address",
        "client_ip",
        "tls_version",
        "mechanism",
        "messages",
        "recipients",
    )
    list_filter = (OneTenantFilter, DayFilter)
    search_fields = ("account__contains", "sender_address__contains", "client_ip__startswith")
    search_help_text = _("Part of an account or sender in lower case, or the beginning of a client address")
    ordering = ("-day", "-id")
    readonly_fields: ClassVar[Any] = ("customer",)


@admin.register(LoginFailureDay)
class LoginFailureDayAdmin(Big):
    """What reports read: failed logins by day."""

    placed_by = "day"
    list_display = ("day", "account", "client_ip", "mechanism", "reason", "failures")
    list_filter = (OneTenantFilter, DayFilter)
    search_fields = ("account__contains", "client_ip__startswith")
    search_help_text = _("Part of a user name as given, or the beginning of a client address")
    ordering = ("-day", "-id")
    readonly_fields: ClassVar[Any] = ("customer",)
