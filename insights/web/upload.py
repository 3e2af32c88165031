"""Upload a log: streamed to disk, looked at, kept, and handed to a worker."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import cast

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.files.uploadedfile import TemporaryUploadedFile
from django.core.files.uploadhandler import TemporaryFileUploadHandler
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import resolve_url
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods
from django_htmx.http import HttpResponseClientRedirect

from insights.ingest.errors import DaysRequired, IngestError, NoMapping, OtherDays, YearRequired
from insights.ingest.formats import FORMATS
from insights.ingest.held import is_held
from insights.ingest.recognition import AUTO, Doubt, Recognition, may_be_read_as, recognise_file
from insights.ingest.uploads import look_at, shown_file_name, take_in
from insights.models import LogImport, Source
from insights.tasks import import_log
from insights.web.source_form import FORMAT_NAMES
from insights.web.upload_form import NEW, UploadForm
from insights.words.recognised import doubt_words, found_words, other_words
from tenants.access import capabilities_of, get_tenant, tenant_view
from tenants.models import Tenant, User
from tenants.roles import Capability

FORM_OVERHEAD = 64 * 1024
"""What the other fields and the parts' headers may add to the file's own bytes."""
_BY_COLUMNS = {Doubt.TABLE: "csv", Doubt.RECORDS: "ndjson"}
"""What no server is known for and a person can explain."""


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def upload(request: HttpRequest, slug: str) -> HttpResponseBase:
    """Show the form, or take the log in.

    The right is asked before a byte of the body is read, and the body is read before the tenant's scope is
    entered: a slow upload must not hold a transaction open. Reading the CSRF token reads the body, so that
    check comes in between and not, as usual, first.
    """
    tenant = get_tenant(cast("User", request.user), slug, Capability.IMPORT)
    if request.method == "POST":
        if int(request.META.get("CONTENT_LENGTH") or 0) > settings.UPLOAD_LIMIT_BYTES + FORM_OVERHEAD:
            return _too_large(request, slug=tenant.slug)  # type: ignore[call-arg]  # tenant_view takes the slug
        request.upload_handlers = [TemporaryFileUploadHandler(request)]
    return _form(request, slug=tenant.slug)  # type: ignore[call-arg]  # tenant_view takes the slug


upload.capability = Capability.IMPORT  # type: ignore[attr-defined]  # read by the isolation tests


@csrf_protect
@tenant_view(Capability.IMPORT)
def _form(request: HttpRequest, tenant: Tenant) -> HttpResponse:
    sources = list(Source.objects.filter(shared_from=None))
    form = _made(request, tenant, sources, is_read=request.method == "POST")
    if form.is_bound and form.is_valid():
        seen = _recognised(form)
        taken = _take_in(form, tenant, cast("User", request.user)) if seen else None
        if seen and taken is not None:
            messages.info(request, seen)
            address = _next(tenant, taken)
            return HttpResponseClientRedirect(address) if _is_htmx(request) else _see(address)
    return _page(request, form, sources)


def _made(request: HttpRequest, tenant: Tenant, sources: list[Source], *, is_read: bool) -> UploadForm:
    """Return the form, filled with the body if that has been read."""
    asked = request.GET.get("source", "")
    logs = [str(source.pk) for source in sources if source.format in FORMATS]
    known = {NEW, *logs}
    return UploadForm(
        request.POST if is_read else None,
        request.FILES if is_read else None,
        tenant=tenant,
        sources=sources,
        may_create=Capability.MANAGE_SOURCES in capabilities_of(request.user, tenant),
        last_year=(timezone.now() + timedelta(days=1)).year,
        initial={"source": asked if asked in known else "" if len(logs) > 1 else [*logs, NEW][0]},
    )


def _recognised(form: UploadForm) -> str:
    """Say what the file was recognised as, and set the kind that was left open; "" with the reason on the form."""
    file = cast("TemporaryUploadedFile", form.cleaned_data["file"])
    if (file.size or 0) > settings.UPLOAD_LIMIT_BYTES:
        form.add_error("file", limit_words())
        return ""
    try:
        seen = recognise_file(Path(file.temporary_file_path()), name=shown_file_name(file.name or ""))
    except IngestError as error:
        form.add_error("file", f"{error.message} {error.hint}".strip())
        return ""
    form.seen = seen
    words = found_words(seen, FORMAT_NAMES) if seen.format else doubt_words(seen, FORMAT_NAMES)
    if form.cleaned_data["source"] == NEW and form.cleaned_data["format"] == AUTO:
        recognised = seen.format or _BY_COLUMNS.get(seen.doubt or Doubt.NOTHING)
        if recognised is None:
            form.add_error(
                "format", _("%(reason)s To read it all the same, choose the kind.") % {"reason": words}
            )
            return ""
        form.cleaned_data["format"] = recognised
    elif form.cleaned_data["source"] != NEW and _is_of_another(seen, form):
        source = form.chosen_source()
        form.add_error("source", other_words(seen, source.format, source=source.name, names=FORMAT_NAMES))
        return ""
    kind = form.chosen_source().format
    if may_be_read_as(seen, kind):
        return words
    return _("%(words)s It is read as %(kind)s, as was chosen.") % {
        "words": words,
        "kind": FORMAT_NAMES.get(kind, kind),
    }


def _is_of_another(seen: Recognition, form: UploadForm) -> bool:
    """Tell whether the file is surely not for the chosen source; a quiet day's log tells nothing of it."""
    is_other = seen.format is not None and not may_be_read_as(seen, form.chosen_source().format)
    return is_other and not form.cleaned_data["anyway"]


def _take_in(form: UploadForm, tenant: Tenant, user: User) -> LogImport | None:
    """Return the import that now waits, for a worker or for its columns, or None with the reason on the form."""
    file = cast("TemporaryUploadedFile", form.cleaned_data["file"])
    name = shown_file_name(file.name or "")
    source, year, days = form.chosen_source(), form.cleaned_data["year"], form.days()
    try:
        look_at(Path(file.temporary_file_path()), file_name=name, source=source, year=year, days=days)
    except NoMapping:
        pass  # a person says on the next page which column is what
    except YearRequired as error:
        form.add_error("year", _("%(reason)s Give the year of the first line.") % {"reason": error.message})
    except DaysRequired as error:
        form.add_error(
            "first_day", _("%(reason)s Give the first and the last day.") % {"reason": error.message}
        )
    except OtherDays as error:
        form.add_error("first_day", f"{error.message} {error.hint}")
    except IngestError as error:
        form.add_error("file", f"{error.message} {error.hint}".strip())
    if form.errors:
        return None
    if source._state.adding:
        source, _is_new = Source.objects.get_or_create(
            tenant=tenant, name=source.name, defaults={"format": source.format, "time_zone": source.time_zone}
        )
    log_import = take_in(file, file_name=name, source=source, year=year, user=user, days=days, seen=form.seen)
    if not is_held(log_import):
        import_log.delay_on_commit(tenant_id=str(tenant.pk), import_id=str(log_import.pk))
    return log_import


def _next(tenant: Tenant, taken: LogImport) -> str:
    """Return the address of the page that follows: that of the import, or of its columns where it waits for them."""
    if is_held(taken):
        return resolve_url("insights:import_columns", slug=tenant.slug, held_id=taken.pk)
    return resolve_url("insights:import", slug=tenant.slug, import_id=taken.pk)


@tenant_view(Capability.IMPORT)
def _too_large(request: HttpRequest, tenant: Tenant) -> HttpResponse:
    """Refuse by the announced size; the body is not read, so nothing else of the form is known."""
    sources = list(Source.objects.filter(shared_from=None))
    form = _made(request, tenant, sources, is_read=False)
    page = _page(request, form, sources)
    page.context_data = {**(page.context_data or {}), "refusal": limit_words()}
    page.status_code = 200 if _is_htmx(request) else 413
    return page


def limit_words() -> str:
    """Say how large a file may be."""
    megabytes = settings.UPLOAD_LIMIT_BYTES // (1024 * 1024)
    return _(
        "The file is larger than the %(limit)d MB that can be uploaded. Compress it with gzip or zstd, cut "
        "it, or read it on the server with the ingest command."
    ) % {"limit": megabytes}


def _page(request: HttpRequest, form: UploadForm, sources: list[Source]) -> TemplateResponse:
    context = {
        "nav_active": "sources",
        "form": form,
        "sources": sources,
        "limit_bytes": settings.UPLOAD_LIMIT_BYTES,
        "limit_words": limit_words(),
        "new_source_value": NEW,
        "is_for_new": form["source"].value() == NEW,
        "may_insist": form.is_bound and ("source" in form.errors or bool(form["anyway"].value())),
    }
    return TemplateResponse(request, "insights/upload.html", context)


def _is_htmx(request: HttpRequest) -> bool:
    return request.headers.get("HX-Request") == "true"


def _see(address: str) -> HttpResponse:
    return HttpResponse(status=303, headers={"Location": address})
