"""Upload a log of a shared server: streamed to disk, looked at, kept, and handed to a worker."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any, cast
from uuid import UUID

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.files.uploadedfile import TemporaryUploadedFile
from django.core.files.uploadhandler import TemporaryFileUploadHandler
from django.core.validators import MaxValueValidator
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import resolve_url
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods
from django_htmx.http import HttpResponseClientRedirect

from insights.ingest.errors import IngestError, NoMapping, YearRequired
from insights.ingest.recognition import Recognition, may_be_read_as, recognise_file
from insights.ingest.uploads import look_at, shown_file_name, take_in
from insights.models import Source
from insights.tasks import import_log
from insights.web.shared.place import Place, page, shared_view
from insights.web.shared.server import find_server
from insights.web.source_form import FORMAT_NAMES
from insights.web.upload import FORM_OVERHEAD, limit_words
from insights.web.upload_form import FIRST_YEAR
from insights.words.recognised import found_words, other_words
from tenants.access import get_provider
from tenants.models import User
from tenants.roles import Capability


class SharedUploadForm(forms.Form):
    """A log file of one server, and the year that its time stamps may lack."""

    file = forms.FileField(label=gettext_lazy("Log file"), allow_empty_file=True)
    year = forms.IntegerField(
        label=gettext_lazy("Year of the first line"),
        required=False,
        min_value=FIRST_YEAR,
        help_text=gettext_lazy("Needed only where time stamps carry no year, such as “Nov 17 09:12:44”."),
        error_messages={"invalid": gettext_lazy("Write a year of four digits.")},
    )
    anyway = forms.BooleanField(
        label=gettext_lazy("Read it all the same, as the kind of the source"), required=False
    )

    def __init__(self, *args: Any, last_year: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["year"].validators.append(MaxValueValidator(last_year))
        self.fields["year"].widget.attrs["max"] = last_year


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def upload(request: HttpRequest, provider: str, server_id: UUID) -> HttpResponseBase:
    """Show the form, or take the log in; the right is asked before the body is read, as in `insights.web.upload`."""
    get_provider(cast("User", request.user), provider, Capability.IMPORT)
    if request.method == "POST":
        if int(request.META.get("CONTENT_LENGTH") or 0) > settings.UPLOAD_LIMIT_BYTES + FORM_OVERHEAD:
            return _too_large(request, provider=provider, server_id=server_id)
        request.upload_handlers = [TemporaryFileUploadHandler(request)]
    return _form(request, provider=provider, server_id=server_id)


upload.capability = Capability.IMPORT  # type: ignore[attr-defined]  # read by the isolation tests


@csrf_protect
@shared_view(Capability.IMPORT)
def _form(request: HttpRequest, place: Place, server_id: UUID) -> HttpResponse:
    server = find_server(place, server_id)
    form = _made(request, is_read=request.method == "POST")
    taken = _take_in(form, place, server, request) if form.is_bound and form.is_valid() else ""
    if taken:
        address = resolve_url("insights:shared_import", provider=place.provider.slug, import_id=taken)
        if request.headers.get("HX-Request") == "true":
            return HttpResponseClientRedirect(address)
        return HttpResponse(status=303, headers={"Location": address})
    return _page(request, place, server, form)


@shared_view(Capability.IMPORT)
def _too_large(request: HttpRequest, place: Place, server_id: UUID) -> HttpResponse:
    """Refuse by the announced size; the body is not read, so nothing else of the form is known."""
    answer = _page(
        request, place, find_server(place, server_id), _made(request, is_read=False), refusal=limit_words()
    )
    answer.status_code = 200 if request.headers.get("HX-Request") == "true" else 413
    return answer


def _made(request: HttpRequest, *, is_read: bool) -> SharedUploadForm:
    last_year = (timezone.now() + timedelta(days=1)).year
    return SharedUploadForm(
        request.POST if is_read else None, request.FILES if is_read else None, last_year=last_year
    )


def _take_in(form: SharedUploadForm, place: Place, server: Source, request: HttpRequest) -> str:
    """Return the id of the import that now waits, or "" with the reason on the form."""
    file = cast("TemporaryUploadedFile", form.cleaned_data["file"])
    if (file.size or 0) > settings.UPLOAD_LIMIT_BYTES:
        form.add_error("file", limit_words())
        return ""
    name, path, year = (
        shown_file_name(file.name or ""),
        Path(file.temporary_file_path()),
        form.cleaned_data["year"],
    )
    seen: Recognition | None = None
    try:
        seen = recognise_file(path, name=name)
        if _is_of_another(seen, server) and not form.cleaned_data["anyway"]:
            form.add_error("file", other_words(seen, server.format, source=server.name, names=FORMAT_NAMES))
            return ""
        look_at(path, file_name=name, source=server, year=year)
    except NoMapping as error:
        hint = _("Read the first of its tables with the ingest command: --provider, and --mapping FILE.json.")
        form.add_error("file", f"{error.message} {hint}")
    except YearRequired as error:
        form.add_error("year", _("%(reason)s Give the year of the first line.") % {"reason": error.message})
    except IngestError as error:
        form.add_error("file", f"{error.message} {error.hint}".strip())
    if form.errors or seen is None:
        return ""
    user = cast("User", request.user)
    log_import = take_in(file, file_name=name, source=server, year=year, user=user, seen=seen)
    import_log.delay_on_commit(tenant_id=str(place.home.pk), import_id=str(log_import.pk))
    if seen.format:
        messages.info(request, found_words(seen, FORMAT_NAMES))
    return str(log_import.pk)


def _is_of_another(seen: Recognition, server: Source) -> bool:
    return seen.format is not None and not may_be_read_as(seen, server.format)


def _page(
    request: HttpRequest, place: Place, server: Source, form: SharedUploadForm, *, refusal: str = ""
) -> HttpResponse:
    context = {
        "form": form,
        "server": server,
        "limit_bytes": settings.UPLOAD_LIMIT_BYTES,
        "limit_words": limit_words(),
        "refusal": refusal,
        "may_insist": form.is_bound and ("file" in form.errors or bool(form["anyway"].value())),
    }
    return page(request, "insights/shared/upload.html", place, "shared", context)
