"""Where a tenant's data comes from: its sources with their figures, and its imports."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.http import require_http_methods, require_safe

from insights.ingest.columns import is_unmapped
from insights.ingest.formats import BY_COLUMNS
from insights.ingest.sources import SourceBusy, change_source
from insights.models import LogImport, Source
from insights.queries import Selection, today_of
from insights.queries.sources import SourceFigures, SourceState, running_by_source, source_figures
from insights.web.columns_form import mapped_columns
from insights.web.import_state import State, state_of
from insights.web.skip_words import Unrecognised, in_words
from insights.web.source_form import FORMAT_NAMES, SourceForm
from insights.words.tls_hints import TlsHint, tls_hint
from project.periods import DayRange
from tenants.access import tenant_view
from tenants.models import Tenant
from tenants.roles import Capability

DAYS = 7
IMPORTS_A_PAGE = 25
POLL_SECONDS = 3


class Card(NamedTuple):
    """What the card of a source shows."""

    figures: SourceFigures
    light: str
    word: str | Promise
    kind: str | Promise
    unrecognised: list[Unrecognised]
    tls_hint: TlsHint | None
    lacks_columns: bool


class ImportRow(NamedTuple):
    """A line of the list of imports."""

    log_import: LogImport
    state: State

    @property
    def duplicates(self) -> int:
        """The events that were stored before."""
        return self.log_import.submissions_duplicate + self.log_import.failures_duplicate


@require_safe
@tenant_view(Capability.VIEW)
def show(request: HttpRequest, tenant: Tenant) -> HttpResponse:
    """Show the sources and the newest imports, of one source if `?source=` names it."""
    now = timezone.now()
    figures = source_figures(Selection(DayRange.last_days(DAYS, today=today_of(tenant, now=now))))
    chosen = next((one.source for one in figures if str(one.source.pk) == request.GET.get("source")), None)
    imports = LogImport.objects.select_related("source", "created_by")
    if chosen is not None:
        imports = imports.filter(source=chosen)
    page = Paginator(imports, IMPORTS_A_PAGE).get_page(request.GET.get("page"))
    rows = _rows(list(page.object_list), now)
    context = {
        "nav_active": "sources",
        "now": now,
        "cards": [_card(one, now) for one in figures],
        "chosen": chosen,
        "page": page,
        "rows": rows,
        "poll_seconds": POLL_SECONDS if any(row.state.poll_seconds for row in rows) else 0,
    }
    is_poll = request.headers.get("HX-Target") == "imports"
    template = "insights/imports.html" if is_poll else "insights/sources.html"
    return TemplateResponse(request, template, context, headers={"Vary": "HX-Target"})


def _rows(imports: Sequence[LogImport], now: datetime) -> list[ImportRow]:
    running = running_by_source([log_import.source_id for log_import in imports])
    return [
        ImportRow(log_import, state_of(log_import, running=running.get(log_import.source_id), now=now))
        for log_import in imports
    ]


def _card(figures: SourceFigures, now: datetime) -> Card:
    light, word = _LIGHTS[figures.state(now=now)]
    return Card(
        figures=figures,
        light=light,
        word=word,
        kind=FORMAT_NAMES.get(figures.source.format, figures.source.format),
        unrecognised=in_words(figures.unrecognised),
        tls_hint=tls_hint(figures.source.format, known=figures.messages_tls_known, messages=figures.messages),
        lacks_columns=is_unmapped(figures.source) and figures.source.shared_from is None,
    )


_LIGHTS: dict[SourceState, tuple[str, str | Promise]] = {
    SourceState.WAITING: ("state-busy", _lazy("an import waits")),
    SourceState.RUNNING: ("state-busy", _lazy("being read")),
    SourceState.UNDOING: ("state-busy", _lazy("an import is being undone")),
    SourceState.REFUSED: ("state-bad", _lazy("the last import was refused")),
    SourceState.FAILED: ("state-bad", _lazy("the last import failed")),
    SourceState.NO_LINE: ("", _lazy("no line yet")),
    SourceState.SILENT: ("state-warn", _lazy("silent")),
    SourceState.STALE: ("state-warn", _lazy("no recent line")),
    SourceState.UP_TO_DATE: ("state-good", _lazy("up to date")),
}
"""The light and the word for how a source stands."""


@require_http_methods(["GET", "HEAD", "POST"])
@tenant_view(Capability.MANAGE_SOURCES)
def new(request: HttpRequest, tenant: Tenant) -> HttpResponse:
    """Name a source before its first log comes, for instance by the ingest command."""
    form = SourceForm(
        request.POST if request.method == "POST" else None,
        zone=tenant.time_zone,
        instead_of=None,
        initial={"time_zone": tenant.time_zone},
    )
    if form.is_bound and form.is_valid():
        source = Source.objects.create(tenant=tenant, **form.cleaned_data)
        messages.success(request, _("“%(name)s” is there. Upload its first log.") % {"name": source.name})
        return redirect("insights:sources", slug=tenant.slug)
    return _form_page(request, {"form": form, "source": None})


@require_http_methods(["GET", "HEAD", "POST"])
@tenant_view(Capability.MANAGE_SOURCES)
def edit(request: HttpRequest, tenant: Tenant, source_id: UUID) -> HttpResponse:
    """Change a source: its name at any time, its kind and time zone as long as it holds no events."""
    source = get_object_or_404(Source, pk=source_id)
    form = SourceForm(
        request.POST if request.method == "POST" else None,
        zone=source.time_zone,
        instead_of=source,
        initial={"name": source.name, "format": source.format, "time_zone": source.time_zone},
    )
    if form.is_bound and form.is_valid() and _changed(source, form):
        messages.success(request, _("The source “%(name)s” is saved.") % {"name": source.name})
        return redirect("insights:sources", slug=tenant.slug)
    mapped = mapped_columns(source.mapping or {})
    return _form_page(
        request,
        {"form": form, "source": source, "mapped": mapped, "is_by_columns": _has_columns(source)},
    )


def _has_columns(source: Source) -> bool:
    """Tell whether somebody here says which column is what; what a shared server tells is said at the provider's."""
    return source.format in BY_COLUMNS and source.shared_from is None


def _changed(source: Source, form: SourceForm) -> bool:
    """Change the source as the form says; False with the reason on the form where something came in between."""
    try:
        change_source(source, **form.cleaned_data)
    except (SourceBusy, ValidationError) as refusal:
        form.add_error(None, refusal if isinstance(refusal, ValidationError) else str(refusal))
    return form.is_valid()


def _form_page(request: HttpRequest, context: dict[str, Any]) -> HttpResponse:
    return TemplateResponse(request, "insights/source_form.html", {"nav_active": "sources", **context})
