"""Say which column of a table is what: for an upload that waits for it, or for a source at any time."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple, cast
from uuid import UUID
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.http import require_http_methods, require_POST

from insights.ingest.columns import fixed_columns_words, map_columns
from insights.ingest.errors import IngestError
from insights.ingest.first_rows.head import Head
from insights.ingest.first_rows.preview import Becomes, Preview, ReadRow, preview
from insights.ingest.first_rows.propose import proposed, values_of
from insights.ingest.formats import BY_COLUMNS, factory_of
from insights.ingest.formats.columns.mapping import ColumnMapping, Field, header_of
from insights.ingest.formats.columns.parser import MappedParser
from insights.ingest.held import head_of_upload, is_held, put_away, uploads_waiting
from insights.ingest.shared.places import read_span
from insights.ingest.sources import SourceBusy, change_source, holds_events
from insights.ingest.texts import text_of
from insights.models import LogImport, Source
from insights.tasks import import_log
from insights.web.columns_form import FIELD_NAMES, ColumnsForm, entered
from insights.web.skip_words import REASONS
from tenants.access import tenant_view
from tenants.models import Tenant
from tenants.roles import Capability

ROWS_SHOWN = 8
COLUMNS_SHOWN = 40
CELL_SHOWN = 80
_VALUES_SHOWN = 12

_BECOMES: dict[Becomes, tuple[str, str | Promise]] = {
    Becomes.SUBMISSION: ("state-good", _lazy("Submission")),
    Becomes.LOGIN: ("state-good", _lazy("Login")),
    Becomes.FAILURE: ("state-good", _lazy("Refused login")),
    Becomes.OTHER: ("", _lazy("Left out")),
    Becomes.UNREAD: ("state-bad", _lazy("Not read")),
}
"""The light and the word for what a row becomes."""


class ShownRow(NamedTuple):
    """A row of the preview, in words."""

    row: ReadRow
    light: str
    word: str | Promise
    faults: list[str]


@require_http_methods(["GET", "HEAD", "POST"])
@tenant_view(Capability.MANAGE_SOURCES)
def of_upload(request: HttpRequest, tenant: Tenant, held_id: UUID) -> HttpResponse:
    """Show the first rows of a held upload, propose what is what, show how they are read then, and have it imported."""
    log_import = get_object_or_404(LogImport.objects.select_related("source"), pk=held_id)
    if not is_held(log_import):
        return redirect("insights:import", slug=tenant.slug, import_id=log_import.pk)
    try:
        head = head_of_upload(log_import)
    except (IngestError, OSError):
        messages.error(request, _("The file cannot be opened any more: upload it again."))
        put_away(log_import, now=timezone.now())
        return redirect("insights:import", slug=tenant.slug, import_id=log_import.pk)
    source = log_import.source
    asked = request.POST if request.method == "POST" else None
    shown = entered(proposed(head)) | {"time_zone": source.time_zone}
    form, tried = (
        ColumnsForm(
            data,
            columns=head.columns,
            may_choose=True,
            zone=source.time_zone,
            header=head.header,
            initial=shown,
        )
        for data in (asked, asked or shown)
    )
    is_preview = request.headers.get("HX-Target") == "preview"
    if form.is_bound and not is_preview and "preview" not in request.POST and form.is_valid():
        if _read_by(source, form):
            _import_waiting(source)
            return redirect("insights:import", slug=tenant.slug, import_id=log_import.pk)
        tried = form
    context = {
        "nav_active": "sources",
        "is_preview": is_preview,
        "log_import": log_import,
        "source": source,
        "form": form,
        "head": head,
        "shown_columns": head.columns[:COLUMNS_SHOWN],
        "columns_left": max(0, len(head.columns) - COLUMNS_SHOWN),
        "cells": [
            [text_of(cell, CELL_SHOWN) for cell in row[:COLUMNS_SHOWN]] for row in head.rows[:ROWS_SHOWN]
        ],
        **_previewed(tried, head, source=source, tenant=tenant, now=timezone.now()),
    }
    template = "insights/columns_preview.html" if is_preview else "insights/columns_upload.html"
    return TemplateResponse(request, template, context, headers={"Vary": "HX-Target"})


@require_POST
@tenant_view(Capability.MANAGE_SOURCES)
def discard(request: HttpRequest, tenant: Tenant, held_id: UUID) -> HttpResponse:
    """Put a held upload away with its file."""
    log_import = get_object_or_404(LogImport.objects.select_related("source"), pk=held_id)
    if put_away(log_import, now=timezone.now()):
        messages.success(request, _("The file is put away; nothing of it was read."))
    return redirect("insights:import", slug=tenant.slug, import_id=log_import.pk)


@require_http_methods(["GET", "HEAD", "POST"])
@tenant_view(Capability.MANAGE_SOURCES)
def of_source(request: HttpRequest, tenant: Tenant, table_id: UUID) -> HttpResponse:
    """Show the mapping of a source and change it; before there is one, lead to the upload that waits for it."""
    source = get_object_or_404(Source, pk=table_id, format__in=BY_COLUMNS, shared_from=None)
    waiting = uploads_waiting(source) if source.mapping is None else []
    if waiting:
        return redirect("insights:import_columns", slug=tenant.slug, held_id=waiting[0].pk)
    now_so = source.mapping or {}
    header = now_so.get("header", "")
    form = ColumnsForm(
        request.POST if request.method == "POST" else None,
        columns=(),
        may_choose=False,
        zone=None,
        header=header,
        initial=entered(now_so),
    )
    if form.is_bound and form.is_valid() and _read_by(source, form):
        _import_waiting(source)
        messages.success(request, _("The columns of “%(name)s” are saved.") % {"name": source.name})
        return redirect("insights:source", slug=tenant.slug, source_id=source.pk)
    context = {
        "nav_active": "sources",
        "source": source,
        "form": form,
        "known": _known_columns(now_so),
        "fixed": fixed_columns_words() if holds_events(source) else "",
    }
    return TemplateResponse(request, "insights/columns_source.html", context)


def _known_columns(mapping: dict[str, Any]) -> list[str]:
    """Return the names that are worth a proposal: those of the header, else those that are mapped."""
    header = header_of(mapping.get("header", ""))[0]
    return list(dict.fromkeys([*mapping.get("columns", {}).values(), *header]))


def _read_by(source: Source, form: ColumnsForm) -> bool:
    """Read the source as the form says from now on; False with the reason on the form where that cannot be."""
    zone = form.cleaned_data.get("time_zone", source.time_zone)
    try:
        with transaction.atomic():
            if zone != source.time_zone:
                change_source(source, name=source.name, format=source.format, time_zone=zone)
            map_columns(source, cast("ColumnMapping", form.mapping))
    except (SourceBusy, ValidationError) as refusal:
        form.add_error(None, refusal.messages if isinstance(refusal, ValidationError) else str(refusal))
    return form.is_valid()


def _import_waiting(source: Source) -> None:
    for log_import in uploads_waiting(source):
        import_log.delay_on_commit(tenant_id=str(source.tenant_id), import_id=str(log_import.pk))


def _previewed(
    form: ColumnsForm, head: Head, *, source: Source, tenant: Tenant, now: datetime
) -> dict[str, Any]:
    """Return how the first rows are read by what the form says, or what it still lacks."""
    outcome = form["column_outcome"].value() or ""
    values = values_of(head.values(outcome))
    told: dict[str, Any] = {
        "outcome_values": list(values.items())[:_VALUES_SHOWN] if outcome else [],
        "outcome_more": max(0, len(values) - _VALUES_SHOWN),
    }
    if not form.is_valid() or form.mapping is None:
        lacking = [
            (form.fields[name].label if name in form.fields else "", " ".join(map(str, errors)))
            for name, errors in form.errors.items()
        ]
        return told | {"lacking": lacking}
    span = read_span(tenant, now=now)
    parser = factory_of(source.format, mapping=form.mapping.dump())(
        source_key="",
        zone=ZoneInfo(form.cleaned_data["time_zone"]),
        year=None,
        earliest=span.earliest,
        latest=span.latest,
    )
    read = preview(head, cast("MappedParser", parser))
    return told | {"read": [_shown(row) for row in read.rows[:ROWS_SHOWN]], "totals": _totals(read)}


def _shown(row: ReadRow) -> ShownRow:
    light, word = _BECOMES[row.becomes]
    return ShownRow(
        row, light, word, [_fault(fault.field, REASONS[fault.reason].label) for fault in row.faults]
    )


def _fault(field: Field | None, words: str | Promise) -> str:
    return str(words) if field is None else f"{FIELD_NAMES[field]}: {words}"


def _totals(read: Preview) -> list[tuple[str, str | Promise, int]]:
    """Return the light, the word and the number of rows of each kind that there is."""
    return [(*_BECOMES[becomes], read.counted[becomes]) for becomes in Becomes if read.counted[becomes]]
