"""An import of a shared server: its progress, its lines and events, at whom they lie, and its undoing."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from insights.ingest.shared.ledger import events_of_import
from insights.ingest.undo import ask_undo
from insights.ingest.uploads import ask_again, can_retry
from insights.models import ImportKind, LogImport
from insights.queries.sources import running_by_source
from insights.tasks import import_log, undo_log_import
from insights.web.import_state import can_undo, state_of
from insights.web.imports import overlapped_by, overlaps_of, samples_of
from insights.web.shared.place import Place, page
from insights.web.skip_words import in_words


def show(request: HttpRequest, place: Place, import_id: UUID) -> HttpResponse:
    """Show an import; while it runs the page asks for its middle part again and again."""
    log_import, now = _find(place, import_id), timezone.now()
    running = running_by_source([log_import.source_id]).get(log_import.source_id)
    names = {**place.names, place.home.pk: ""}
    lying = sorted(
        events_of_import(log_import.pk).items(), key=lambda one: (one[0] == place.home.pk, -one[1])
    )
    context: dict[str, Any] = {
        "now": now,
        "log_import": log_import,
        "state": state_of(log_import, running=running, now=now),
        "accounting": log_import.accounting(),
        "submissions_read": log_import.submissions_stored + log_import.submissions_duplicate,
        "failures_read": log_import.failures_stored + log_import.failures_duplicate,
        "unrecognised": in_words(log_import.unrecognised),
        "samples": samples_of(log_import),
        "stored_before": [(one, one.earlier) for one in overlaps_of(log_import)],
        "stored_by_this": [(one, one.log_import) for one in overlapped_by(log_import)],
        "lying": [(names[tenant], events) for tenant, events in lying if tenant in names],
        "lying_total": sum(events for _tenant, events in lying),
        "can_undo": can_undo(log_import),
        "can_retry": can_retry(log_import),
    }
    is_poll = request.headers.get("HX-Target") == "import"
    template = "insights/shared/import_live.html" if is_poll else "insights/shared/import.html"
    response: TemplateResponse = page(request, template, place, "shared", context)
    response["Vary"] = "HX-Target"
    return response


def undo(request: HttpRequest, place: Place, import_id: UUID) -> HttpResponse:
    """Say what undoing would do, and have it done."""
    log_import = _find(place, import_id)
    if request.method == "POST" and ask_undo(log_import, now=timezone.now()):
        undo_log_import.delay_on_commit(tenant_id=str(place.home.pk), import_id=str(log_import.pk))
    elif request.method == "POST" or not can_undo(log_import):
        status = log_import.get_status_display().lower()
        messages.warning(request, _("This import is %(status)s and cannot be undone.") % {"status": status})
    if request.method == "POST" or not can_undo(log_import):
        return redirect("insights:shared_import", provider=place.provider.slug, import_id=log_import.pk)
    context = {
        "log_import": log_import,
        "accounting": log_import.accounting(),
        "lying": len(set(events_of_import(log_import.pk)) - {place.home.pk}),
        "stored_by_this": [(one, one.log_import) for one in overlapped_by(log_import)],
    }
    return page(request, "insights/shared/import_undo.html", place, "shared", context)


def retry(request: HttpRequest, place: Place, import_id: UUID) -> HttpResponse:
    """Let a failed import go on where it stopped, as long as its file is there."""
    log_import = _find(place, import_id)
    if ask_again(log_import):
        import_log.delay_on_commit(tenant_id=str(place.home.pk), import_id=str(log_import.pk))
    elif not can_retry(log_import):
        messages.warning(request, _("The file is no longer there: upload it again. Nothing is stored twice."))
    return redirect("insights:shared_import", provider=place.provider.slug, import_id=log_import.pk)


def _find(place: Place, import_id: UUID) -> LogImport:
    """Return the import itself; shares are no page of their own."""
    imports = LogImport.objects.exclude(kind=ImportKind.SHARED).select_related("source", "created_by")
    return get_object_or_404(imports, tenant=place.home, pk=import_id)
