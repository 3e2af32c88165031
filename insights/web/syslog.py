"""How a source is fed over syslog: its senders, where the listener listens, and what was dropped."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from insights.ingest.listening.drops import KEPT_DAYS
from insights.ingest.listening.registration import register_sender
from insights.models import SenderKind, Source, SyslogDrop, SyslogSender
from insights.queries.syslog import (
    dropped_messages,
    syslog_drops,
    syslog_listeners,
    syslog_senders,
)
from insights.web.syslog_form import KINDS, SenderForm
from insights.words.syslog_drops import Words, drop_words
from project.periods import DayRange
from tenants.access import tenant_view
from tenants.models import Tenant, User
from tenants.roles import Capability


class SenderRow(NamedTuple):
    """A sender, and whether people of the tenant may remove it."""

    sender: SyslogSender
    is_theirs: bool


class DropRow(NamedTuple):
    """What was dropped on a day for a reason, in words."""

    drop: SyslogDrop
    words: Words


@require_safe
@tenant_view(Capability.VIEW)
def show(request: HttpRequest, tenant: Tenant, source_id: UUID) -> HttpResponse:
    """Show the senders, the listeners and the drops of the kept days."""
    return _page(request, get_object_or_404(Source, pk=source_id), SenderForm())


@require_POST
@tenant_view(Capability.MANAGE_SOURCES)
def add(request: HttpRequest, tenant: Tenant, source_id: UUID) -> HttpResponse:
    """Let lines of a sender be this source's."""
    source = get_object_or_404(Source, pk=source_id)
    form = SenderForm(request.POST)
    if not (form.is_valid() and _register(request, source, form)):
        return _page(request, source, form)
    messages.success(request, _("The listener takes its lines within seconds."))
    return redirect("insights:syslog", slug=tenant.slug, source_id=source.pk)


@require_POST
@tenant_view(Capability.MANAGE_SOURCES)
def remove(request: HttpRequest, tenant: Tenant, source_id: UUID, sender_id: UUID) -> HttpResponse:
    """Take a sender's lines no more; doing it twice changes nothing. An address is the operator's."""
    source = get_object_or_404(Source, pk=source_id)
    SyslogSender.objects.filter(source=source, pk=sender_id, kind__in=KINDS).delete()
    messages.success(request, _("Its lines are refused within seconds."))
    return redirect("insights:syslog", slug=tenant.slug, source_id=source.pk)


def part_of_source_page(source: Source, days: DayRange) -> dict[str, Any]:
    """Return what the page of a source says of syslog: two queries."""
    return {"syslog_senders": syslog_senders(source), "syslog_dropped": dropped_messages(source, days)}


def _register(request: HttpRequest, source: Source, form: SenderForm) -> bool:
    chosen = form.cleaned_data
    try:
        register_sender(
            source,
            kind=SenderKind(chosen["kind"]),
            value=chosen["value"],
            networks=chosen["networks"],
            created_by=request.user if isinstance(request.user, User) else None,
        )
    except ValidationError as error:
        form.add_error("value", error)
    return form.is_valid()


def _page(request: HttpRequest, source: Source, form: SenderForm) -> HttpResponse:
    now = timezone.now()
    kept = _kept(now)
    context = {
        "nav_active": "sources",
        "now": now,
        "source": source,
        "form": form,
        "senders": [SenderRow(one, one.kind in KINDS) for one in syslog_senders(source)],
        "listeners": syslog_listeners(now=now),
        "drops": [DropRow(one, drop_words(one.reason)) for one in syslog_drops(source, kept)],
        "kept": kept,
    }
    return TemplateResponse(request, "insights/syslog.html", context)


def _kept(now: datetime) -> DayRange:
    return DayRange.last_days(KEPT_DAYS, today=now.astimezone(UTC).date())
