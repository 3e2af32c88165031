"""Who sends over syslog, what was dropped of it, and where the listener listens."""

from __future__ import annotations

from django.contrib import admin

from insights.models import SyslogDrop, SyslogListener, SyslogSender
from tenants.admin.kinds import Long, OperatorOnly, ReadOnly
from tenants.admin.narrowing import TenantFilter


@admin.register(SyslogSender)
class SyslogSenderAdmin(ReadOnly):
    """Senders; they are made on the page of their source, addresses by `syslog_address`."""

    list_display = ("value", "kind", "tenant", "source", "is_enabled", "last_used_at", "last_used_from")
    list_filter = (TenantFilter, "kind", "is_enabled")
    list_select_related = ("tenant", "source")
    search_fields = ("value", "source__name")


@admin.register(SyslogDrop)
class SyslogDropAdmin(Long):
    """What the listener could not keep, by day and reason."""

    list_display = ("day", "reason", "messages", "tenant", "source", "last_at", "last_from")
    list_filter = (TenantFilter, "reason")
    list_select_related = ("tenant", "source")
    search_fields = ("source__name", "last_from")


@admin.register(SyslogListener)
class SyslogListenerAdmin(ReadOnly, OperatorOnly):
    """Listeners as they say themselves; of no tenant, so for the operator alone."""

    list_display = ("address", "takes_certificates", "began_at", "seen_at")
    search_fields = ("address",)
