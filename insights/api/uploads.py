"""Upload a log, which a worker reads; and the list of what was read."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any, ClassVar, cast

from django.conf import settings
from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.core.exceptions import ValidationError as Refused
from django.core.files.uploadedfile import TemporaryUploadedFile
from django.core.files.uploadhandler import TemporaryFileUploadHandler
from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers, status
from rest_framework.exceptions import ValidationError
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from insights.api.import_bodies import ImportSerializer, described
from insights.api.imports import LIST_PARAMETERS, LISTING, WAITING, listed_imports
from insights.ingest.days import Days, DaysFault
from insights.ingest.errors import DaysRequired, IngestError, OtherDays, YearRequired
from insights.ingest.formats import BY_DAYS, FORMATS
from insights.ingest.recognition import AUTO, Recognition, may_be_read_as, recognise_file
from insights.ingest.sources import check_source, source_named
from insights.ingest.uploads import look_at, shown_file_name, take_in
from insights.models import Source
from insights.models.source import MAX_NAME
from insights.tasks import import_log
from insights.words.recognised import doubt_words, other_words
from tenants.api.base import TenantApiView
from tenants.api.bodies import Body
from tenants.api.problems import TooLarge
from tenants.models import User
from tenants.roles import Capability

FORM_OVERHEAD = 64 * 1024
"""What the other fields and the parts' headers may add to the file's own bytes."""
FIRST_YEAR = 1970
_DAYS_FAULTS = {
    DaysFault.BEFORE_1970: {"first_day": ["is before 1970."]},
    DaysFault.TURNED: {"last_day": ["is before the first day."]},
    DaysFault.FUTURE: {"last_day": ["is in the future."]},
}


class UploadBody(Body):
    """A log file, plain or compressed by gzip or zstd, and where it comes from."""

    file = serializers.FileField(allow_empty_file=True)
    source = serializers.CharField(  # type: ignore[assignment]  # the name is the API's
        max_length=MAX_NAME, help_text="The name of the mail server that wrote it; a new one makes a source."
    )
    format = serializers.ChoiceField(
        choices=[AUTO, *FORMATS],
        required=False,
        help_text=f"Of a new source. `{AUTO}` recognises it from the content, or refuses the log with the reason; for "
        "a source that is there it refuses a log that is of another format.",
    )
    time_zone = serializers.CharField(
        max_length=64,
        required=False,
        help_text="Of a new source, for stamps without an offset; else the tenant's.",
    )
    year = serializers.IntegerField(
        min_value=FIRST_YEAR,
        required=False,
        help_text="Of the first line. Needed only where stamps carry no year and the source has read nothing yet.",
    )
    first_day = serializers.DateField(
        required=False,
        help_text=f"The first day that totals are of, in the source's zone: for {' and '.join(BY_DAYS)}, whose files "
        "do not say it.",
    )
    last_day = serializers.DateField(required=False, help_text="The last day of totals, else the first one.")


class ImportList(TenantApiView):
    """The imports of a tenant."""

    capabilities: ClassVar = {"GET": Capability.VIEW, "POST": Capability.IMPORT}
    parameters: ClassVar = {"GET": LIST_PARAMETERS}
    parser_classes = (MultiPartParser,)

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Have the file written to disk."""
        if request.method == "POST":
            request.upload_handlers = [TemporaryFileUploadHandler(request)]
        return super().dispatch(request, *args, **kwargs)

    def receive(self, request: Request) -> None:
        """Read the body, unless it says itself that it is too large."""
        if request.method != "POST":
            return
        if int(request.META.get("CONTENT_LENGTH") or 0) > settings.UPLOAD_LIMIT_BYTES + FORM_OVERHEAD:
            raise _too_large()
        try:
            _body = request.data
        except (RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent) as error:
            raise TooLarge("The form has more fields, or longer ones, than are read.") from error

    @extend_schema(**LISTING)
    def get(self, request: Request, **kwargs: Any) -> Response:
        """List the imports with their accounting, the newest first."""
        return listed_imports(self, request)

    @extend_schema(
        operation_id="imports_create",
        summary="Upload a log",
        request={"multipart/form-data": UploadBody},
        responses={201: ImportSerializer},
        examples=[
            OpenApiExample(
                "A log of mx1",
                {"file": "(the file)", "source": "mx1", "year": 2026},
                request_only=True,
                media_type="multipart/form-data",
            ),
            OpenApiExample("Waiting", WAITING, response_only=True, status_codes=["201"]),
        ],
        tags=["Sources"],
    )
    def post(self, request: Request, **kwargs: Any) -> Response:
        """Take a log in, to be read by a worker: follow `Location` until `status` is `done`.

        What can never be read is refused at once. A log that was read before can be sent again: nothing of it is stored
        twice.
        """
        body = UploadBody(data=request.data)
        body.is_valid(raise_exception=True)
        form, file = body.validated_data, cast("TemporaryUploadedFile", body.validated_data["file"])
        if (file.size or 0) > settings.UPLOAD_LIMIT_BYTES:
            raise _too_large()
        source, year = self._source(form), _year(form)
        name = shown_file_name(file.name or "")
        try:
            seen = None
            if form.get("format") == AUTO:
                seen = _recognise(source, Path(file.temporary_file_path()), name=name)
            days = _days(form, source)
            look_at(Path(file.temporary_file_path()), file_name=name, source=source, year=year, days=days)
        except YearRequired as error:
            raise ValidationError({"year": [f"{error.message} Give the year of the first line."]}) from error
        except DaysRequired as error:
            raise ValidationError(
                {"first_day": [f"{error.message} Give the first and the last day."]}
            ) from error
        except OtherDays as error:
            raise ValidationError({"first_day": [f"{error.message} {error.hint}"]}) from error
        except IngestError as error:
            raise ValidationError({"file": [f"{error.message} {error.hint}".strip()]}) from error
        if source._state.adding:
            source = source_named(self.tenant, source.name, format=source.format, time_zone=source.time_zone)
        user = self.caller if isinstance(self.caller, User) else None
        log_import = take_in(file, file_name=name, source=source, year=year, user=user, days=days, seen=seen)
        import_log.delay_on_commit(tenant_id=str(self.tenant.pk), import_id=str(log_import.pk))
        address = reverse("insights-api:import", kwargs={"tenant": self.tenant.slug, "id": log_import.pk})
        return Response(
            described(log_import),
            status.HTTP_201_CREATED,
            headers={"Location": request.build_absolute_uri(address)},
        )

    def _source(self, form: dict[str, Any]) -> Source:
        """Return the source that is named, or one that is not saved yet; raise ValidationError where it cannot be."""
        source = Source.objects.filter(name=form["source"]).first()
        if source is None:
            wanted = {
                "name": form["source"],
                "format": form.get("format", next(iter(FORMATS))),
                "time_zone": form.get("time_zone", self.tenant.time_zone),
            }
            try:
                check_source(**wanted | ({"format": next(iter(FORMATS))} if wanted["format"] == AUTO else {}))
            except Refused as error:
                said = error.message_dict
                raise ValidationError(
                    {"source" if name == "name" else name: said[name] for name in said}
                ) from error
            return Source(tenant=self.tenant, **wanted)
        if source.format not in FORMATS:
            raise ValidationError({"source": ["takes single events and no logs; use another name."]})
        others = {
            name: [f"is {getattr(source, name)} for this source; leave it out."]
            for name in ("format", "time_zone")
            if form.get(name) not in {None, getattr(source, name), *([AUTO] if name == "format" else [])}
        }
        if others:
            raise ValidationError(others)
        return source


def _recognise(source: Source, path: Path, *, name: str) -> Recognition:
    """Return what a log is, and set the format of a new source.

    Raises ValidationError where that, or the format of a source that is there, is not the log's; and what
    `recognise_file` raises.
    """
    seen = recognise_file(path, name=name)
    if source._state.adding:
        if seen.format is None:
            raise ValidationError(
                {"format": [f"cannot be recognised. {doubt_words(seen, {})} Give it to read the log."]}
            )
        source.format = seen.format
    elif not may_be_read_as(seen, source.format):
        raise ValidationError({"format": [other_words(seen, source.format, source=source.name, names={})]})
    return seen


def _year(form: dict[str, Any]) -> int | None:
    year: int | None = form.get("year")
    last = (timezone.now() + timedelta(days=1)).year
    if year is not None and year > last:
        raise ValidationError({"year": [f"is in the future; it can be {FIRST_YEAR} to {last}."]})
    return year


def _days(form: dict[str, Any], source: Source) -> Days | None:
    """Return the days that totals are of; raise ValidationError where they cannot be, or the log is none of totals."""
    first: date | None = form.get("first_day")
    last: date | None = form.get("last_day", first)
    if first is None or last is None:
        if last is not None:
            raise ValidationError({"first_day": ["is missing: give it with the last day."]})
        return None
    if source.format not in BY_DAYS:
        raise ValidationError({"first_day": [f"is for the format {' or '.join(BY_DAYS)}; leave it out."]})
    days = Days(first, last)
    fault = days.fault(today=timezone.localdate())
    if fault is not None:
        raise ValidationError(_DAYS_FAULTS[fault])
    return days


def _too_large() -> TooLarge:
    megabytes = settings.UPLOAD_LIMIT_BYTES // (1024 * 1024)
    return TooLarge(
        f"The file is larger than the {megabytes} MB that can be uploaded. Compress it with gzip or zstd, cut it, or "
        "read it on the server with the ingest command. Nothing of it was stored."
    )
