"""Upload a log: streamed to disk, looked at, kept, and handed to a worker."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import cast

from django.conf import settings
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

from insights.ingest.errors import IngestError, YearRequired
from insights.ingest.formats import FORMATS
from insights.ingest.uploads import look_at, shown_file_name, take_in
from insights.models import Source
from insights.tasks import import_log
from insights.web.upload_form import NEW, UploadForm
from tenants.access import capabilities_of, get_tenant, tenant_view
from tenants.models import Tenant, User
from tenants.roles import Capability

FORM_OVERHEAD = 64 * 1024
"""What the other fields and the parts' headers may add to the file's own bytes."""


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
    sources = list(Source.objects.all())
    form = _made(request, tenant, sources, is_read=request.method == "POST")
    if form.is_bound and form.is_valid():
        taken = _take_in(form, tenant, cast("User", request.user))
        if taken is not None:
            address = resolve_url("insights:import", slug=tenant.slug, import_id=taken)
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


def _take_in(form: UploadForm, tenant: Tenant, user: User) -> str | None:
    """Return the id of the import that now waits, or None with the reason on the form."""
    file = cast("TemporaryUploadedFile", form.cleaned_data["file"])
    name = shown_file_name(file.name or "")
    source, year = form.chosen_source(), form.cleaned_data["year"]
    if (file.size or 0) > settings.UPLOAD_LIMIT_BYTES:
        form.add_error("file", _limit_words())
        return None
    try:
        look_at(Path(file.temporary_file_path()), file_name=name, source=source, year=year)
    except YearRequired as error:
        form.add_error("year", _("%(reason)s Give the year of the first line.") % {"reason": error.message})
    except IngestError as error:
        form.add_error("file", f"{error.message} {error.hint}".strip())
    if form.errors:
        return None
    if source._state.adding:
        source, _is_new = Source.objects.get_or_create(
            tenant=tenant, name=source.name, defaults={"format": source.format, "time_zone": source.time_zone}
        )
    log_import = take_in(file, file_name=name, source=source, year=year, user=user)
    import_log.delay_on_commit(tenant_id=str(tenant.pk), import_id=str(log_import.pk))
    return str(log_import.pk)


@tenant_view(Capability.IMPORT)
def _too_large(request: HttpRequest, tenant: Tenant) -> HttpResponse:
    """Refuse by the announced size; the body is not read, so nothing else of the form is known."""
    sources = list(Source.objects.all())
    form = _made(request, tenant, sources, is_read=False)
    page = _page(request, form, sources)
    page.context_data = {**(page.context_data or {}), "refusal": _limit_words()}
    page.status_code = 200 if _is_htmx(request) else 413
    return page


def _limit_words() -> str:
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
        "limit_words": _limit_words(),
        "new_source_value": NEW,
        "is_for_new": form["source"].value() == NEW,
    }
    return TemplateResponse(request, "insights/upload.html", context)


def _is_htmx(request: HttpRequest) -> bool:
    return request.headers.get("HX-Request") == "true"


def _see(address: str) -> HttpResponse:
    return HttpResponse(status=303, headers={"Location": address})
