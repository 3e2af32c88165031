"""One import: its progress while it runs, its accounting, its unrecognised lines, and its undoing."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from insights.ingest.held import is_held
from insights.ingest.recognition import load
from insights.ingest.undo import ask_undo
from insights.ingest.uploads import ask_again, can_retry
from insights.models import ImportOverlap, ImportStatus, LogImport, SkippedLine
from insights.queries import kept_days
from insights.queries.sources import running_by_source
from insights.tasks import import_log, undo_log_import
from insights.web.import_state import can_undo, state_of
from insights.web.skip_words import REASONS, in_words
from insights.web.source_form import FORMAT_NAMES
from insights.words.recognised import doubt_words, found_words
from project.periods import DayRange, day_of
from project.tables import csv_lines
from tenants.access import tenant_view
from tenants.models import Tenant
from tenants.roles import Capability

SAMPLES_SHOWN = 10
SAMPLE_COLUMNS = ("line_number", "reason", "text")


@require_safe
@tenant_view(Capability.VIEW)
def show(request: HttpRequest, tenant: Tenant, import_id: UUID) -> HttpResponse:
    """Show an import; while it runs the page asks for its middle part again and again."""
    log_import = _find(import_id)
    now = timezone.now()
    running = running_by_source([log_import.source_id]).get(log_import.source_id)
    context = {
        "nav_active": "sources",
        "now": now,
        "log_import": log_import,
        "state": state_of(log_import, running=running, now=now),
        "accounting": log_import.accounting(),
        "submissions_read": log_import.submissions_stored + log_import.submissions_duplicate,
        "failures_read": log_import.failures_stored + log_import.failures_duplicate,
        "unrecognised": in_words(log_import.unrecognised),
        "samples": samples_of(log_import),
        "stored_before": overlaps_of(log_import),
        "stored_by_this": overlapped_by(log_import),
        "days": reported_days(log_import, tenant, now=now),
        "can_undo": can_undo(log_import),
        "can_retry": can_retry(log_import),
        "is_held": is_held(log_import),
        "recognised": recognised_words(log_import),
    }
    is_poll = request.headers.get("HX-Target") == "import"
    template = "insights/import_live.html" if is_poll else "insights/import.html"
    return TemplateResponse(request, template, context, headers={"Vary": "HX-Target"})


@require_safe
@tenant_view(Capability.VIEW)
def unrecognised(request: HttpRequest, tenant: Tenant, import_id: UUID) -> HttpResponse:
    """Give the samples of unrecognised lines, at most a thousand, as a file."""
    log_import = _find(import_id)
    source = slugify(log_import.source.name) or "source"
    name = f"unrecognised-{source}-{log_import.created_at:%Y%m%d-%H%M%S}.csv"
    return HttpResponse(
        "".join(csv_lines(SAMPLE_COLUMNS, log_import.skipped_lines.values(*SAMPLE_COLUMNS))),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


@require_http_methods(["GET", "HEAD", "POST"])
@tenant_view(Capability.UNDO_IMPORT)
def undo(request: HttpRequest, tenant: Tenant, import_id: UUID) -> HttpResponse:
    """Say what undoing would do, and have it done."""
    log_import = _find(import_id)
    if request.method == "POST" and ask_undo(log_import, now=timezone.now()):
        undo_log_import.delay_on_commit(tenant_id=str(tenant.pk), import_id=str(log_import.pk))
    if request.method == "POST" or not can_undo(log_import):
        if not can_undo(log_import):
            status = log_import.get_status_display().lower()
            messages.warning(
                request, _("This import is %(status)s and cannot be undone.") % {"status": status}
            )
        return redirect("insights:import", slug=tenant.slug, import_id=log_import.pk)
    days = imported_days(log_import, tenant)
    context = {
        "nav_active": "sources",
        "log_import": log_import,
        "accounting": log_import.accounting(),
        "days": days,
        "beyond_retention": bool(days and tenant.raw_from_on and days.start < tenant.raw_from_on),
        "stored_by_this": overlapped_by(log_import),
    }
    return TemplateResponse(request, "insights/import_undo.html", context)


@require_POST
@tenant_view(Capability.IMPORT)
def retry(request: HttpRequest, tenant: Tenant, import_id: UUID) -> HttpResponse:
    """Let a failed import go on where it stopped, as long as its file is there."""
    log_import = _find(import_id)
    if ask_again(log_import):
        import_log.delay_on_commit(tenant_id=str(tenant.pk), import_id=str(log_import.pk))
    elif not can_retry(log_import):
        messages.warning(request, _("The file is no longer there: upload it again. Nothing is stored twice."))
    return redirect("insights:import", slug=tenant.slug, import_id=log_import.pk)


def recognised_words(log_import: LogImport) -> str:
    """Say what the format was recognised as and how sure, or why it was not; "" where nobody looked."""
    if log_import.recognised is None:
        return ""
    seen = load(log_import.recognised)
    return (found_words if seen.format else doubt_words)(seen, FORMAT_NAMES)


def imported_days(log_import: LogImport, tenant: Tenant) -> DayRange | None:
    """Return the tenant's days that the import brought events for, None without any."""
    if log_import.first_at is None or log_import.last_at is None:
        return None
    first, last = (day_of(at, tenant.zone) for at in (log_import.first_at, log_import.last_at))
    return DayRange.inclusive(first, last)


def reported_days(log_import: LogImport, tenant: Tenant, *, now: datetime) -> DayRange | None:
    """Return those of the imported days that a report can show, None where all are past the days kept."""
    days, kept = imported_days(log_import, tenant), kept_days(tenant, now=now)
    if days is None or days.end <= kept.start or days.start >= kept.end:
        return None
    return DayRange(max(days.start, kept.start), min(days.end, kept.end))


def _find(import_id: UUID) -> LogImport:
    return get_object_or_404(LogImport.objects.select_related("source", "created_by"), pk=import_id)


def samples_of(log_import: LogImport) -> list[dict[str, Any]]:
    """Return the first samples of unrecognised lines with their reasons in words. One query."""
    labels = {str(reason): words.label for reason, words in REASONS.items()}
    lines: list[SkippedLine] = list(log_import.skipped_lines.all()[:SAMPLES_SHOWN])
    return [{"line": line, "label": labels.get(line.reason, line.reason)} for line in lines]


def overlaps_of(log_import: LogImport) -> list[ImportOverlap]:
    """Return the imports that had stored events of this one before."""
    return list(log_import.overlaps.select_related("earlier").order_by("-events"))


def overlapped_by(log_import: LogImport) -> list[ImportOverlap]:
    """Return the imports that hold events which this one had stored before, undone ones left out."""
    return list(
        log_import.overlapped_by.exclude(log_import__status=ImportStatus.UNDONE)
        .select_related("log_import")
        .order_by("-events")
    )
