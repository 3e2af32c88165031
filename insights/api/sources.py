"""Where a tenant's data comes from: list, make, read and change its sources."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import IntegrityError, transaction
from django.http import Http404
from django.utils import timezone
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from insights.api.columns import GATEWAY, MappingField, ShownMappingField, set_mapping
from insights.ingest.formats import FORMATS
from insights.ingest.sources import FORMAT_NAMES, SourceBusy, change_source, check_source, find_source
from insights.models import Source
from insights.models.source import MAX_NAME
from insights.queries import Selection, today_of
from insights.queries.sources import SourceFigures, SourceState, source_figures
from project.periods import DayRange
from project.tables import plain
from tenants.api.base import TenantApiView
from tenants.api.bodies import Body
from tenants.api.paging import listed
from tenants.api.problems import Conflict
from tenants.api.schema import problem
from tenants.roles import Capability

DAYS = 7
MX1 = {
    "id": "0193380c-1c52-7a3e-b0d4-5e1f6f1f7a10",
    "name": "mx1",
    "format": "postfix",
    "time_zone": "Europe/Berlin",
    "mapping": None,
    "state": "up_to_date",
    "created_at": "2026-08-19T07:30:00Z",
    "last_line_at": "2026-11-17T08:11:05Z",
    "last_received_at": "2026-11-17T08:12:31Z",
    "imports": 2,
    "lines": {
        "read": 41859,
        "matched": 32343,
        "other": 8151,
        "unrecognised": 1365,
        "unrecognised_by_reason": {"before_retention": 1290, "no_stamp": 75},
    },
    "messages": 612,
    "messages_tls_known": 598,
}


_MAPPING_HELP = (
    "For `csv` and `ndjson`: which column, or path, is what. Nothing of the source is read before. What the ids of "
    "events rest on stays once an event is stored."
)


class LinesSerializer(serializers.Serializer[Any]):
    """The lines of every import that was not undone: read = matched + other + unrecognised."""

    read = serializers.IntegerField()
    matched = serializers.IntegerField(help_text="Lines that tell of an event, or are evidence for one.")
    other = serializers.IntegerField()
    unrecognised = serializers.IntegerField()
    unrecognised_by_reason = serializers.DictField(child=serializers.IntegerField())


class SourceSerializer(serializers.Serializer[Any]):
    """A source with what it brought."""

    id = serializers.UUIDField()
    name = serializers.CharField()
    format = serializers.CharField(help_text="`events` where single events are sent instead of log lines.")
    time_zone = serializers.CharField(help_text="For time stamps that carry no offset.")
    mapping = ShownMappingField(
        allow_null=True, help_text="Which column of a table is what. Null for logs, and until it is said."
    )
    state = serializers.ChoiceField(
        choices=list(SourceState), help_text="What goes on, else what went wrong, else how old the data is."
    )
    created_at = serializers.DateTimeField()
    last_line_at = serializers.DateTimeField(allow_null=True, help_text="By the log's own clock.")
    last_received_at = serializers.DateTimeField(allow_null=True, help_text="When something came for it.")
    imports = serializers.IntegerField(help_text="Files, and days of the API, that were not undone.")
    lines = LinesSerializer()
    messages = serializers.IntegerField(
        help_text=f"Messages of the last {DAYS} days in the tenant's time zone."
    )
    messages_tls_known = serializers.IntegerField(help_text="Those of them whose TLS version is known.")


class SourceBody(Body):
    """A new source."""

    name = serializers.CharField(max_length=MAX_NAME, help_text="What you call this mail server.")
    format = serializers.ChoiceField(choices=list(FORMAT_NAMES), default=next(iter(FORMATS)))
    time_zone = serializers.CharField(
        max_length=64, required=False, help_text="An IANA time zone; the tenant's where it is left out."
    )
    mapping = MappingField(required=False, help_text=_MAPPING_HELP)


class SourceChange(Body):
    """What of a source is to change; what is left out stays."""

    name = serializers.CharField(max_length=MAX_NAME, required=False)
    format = serializers.ChoiceField(choices=list(FORMAT_NAMES), required=False)
    time_zone = serializers.CharField(max_length=64, required=False)
    mapping = MappingField(required=False, help_text=_MAPPING_HELP)


class SourceList(TenantApiView):
    """The sources of a tenant."""

    capabilities: ClassVar = {"GET": Capability.VIEW, "POST": Capability.MANAGE_SOURCES}

    @extend_schema(
        operation_id="sources_list",
        summary="List the sources",
        responses=listed(SourceSerializer),
        examples=[OpenApiExample("One", {"results": [MX1]}, response_only=True)],
        tags=["Sources"],
    )
    def get(self, request: Request, **kwargs: Any) -> Response:
        """List the sources with what they brought, by name."""
        return Response({"results": [_described(one) for one in _figures(self)]})

    @extend_schema(
        operation_id="sources_create",
        summary="Make a source",
        request=SourceBody,
        responses={201: SourceSerializer},
        examples=[
            OpenApiExample(
                "A Postfix server", {"name": "mx1", "time_zone": "Europe/Berlin"}, request_only=True
            ),
            OpenApiExample(
                "A table",
                {"name": "gateway", "format": "csv", "mapping": GATEWAY},
                request_only=True,
            ),
            OpenApiExample("Made", MX1, response_only=True, status_codes=["201"]),
        ],
        tags=["Sources"],
    )
    def post(self, request: Request, **kwargs: Any) -> Response:
        """Make a source. Sending lines or events under a new name makes one as well."""
        body = SourceBody(data=request.data)
        body.is_valid(raise_exception=True)
        wanted = {"time_zone": self.tenant.time_zone, **body.validated_data}
        mapping = wanted.pop("mapping", None)
        check_source(**wanted)
        try:
            with transaction.atomic():
                source = Source.objects.create(tenant=self.tenant, **wanted)
                if mapping is not None:
                    set_mapping(source, mapping)
        except IntegrityError:
            check_source(**wanted)  # which says that somebody was quicker
            raise
        return Response(_described(SourceFigures(source)), status.HTTP_201_CREATED)


class SourceDetail(TenantApiView):
    """One source."""

    capabilities: ClassVar = {"GET": Capability.VIEW, "PATCH": Capability.MANAGE_SOURCES}

    @extend_schema(
        operation_id="sources_read",
        summary="Read a source",
        responses=SourceSerializer,
        examples=[OpenApiExample("mx1", MX1, response_only=True)],
        tags=["Sources"],
    )
    def get(self, request: Request, source: str, **kwargs: Any) -> Response:
        """Return a source with what it brought. It is named by its name or its id."""
        return self._answer(_found(source))

    @extend_schema(
        operation_id="sources_update",
        summary="Change a source",
        request=SourceChange,
        responses={200: SourceSerializer, 409: problem("The source is being read at the moment.")},
        examples=[
            OpenApiExample("Another name", {"name": "mx1-old"}, request_only=True),
            OpenApiExample("Changed", MX1 | {"name": "mx1-old"}, response_only=True),
        ],
        tags=["Sources"],
    )
    def patch(self, request: Request, source: str, **kwargs: Any) -> Response:
        """Change name and mapping at any time, format and time zone as long as no event of the source is stored.

        Of the mapping, too, stays then what ids of events rest on: the time and its format, the id with host and
        account, and the outcomes. Uploads that wait for the mapping are read once it is set.
        """
        found = _found(source)
        body = SourceChange(data=request.data)
        body.is_valid(raise_exception=True)
        now = {"name": found.name, "format": found.format, "time_zone": found.time_zone}
        wanted = dict(body.validated_data)
        mapping = wanted.pop("mapping", None)
        try:
            with transaction.atomic():
                change_source(found, **now | wanted)
                if mapping is not None:
                    set_mapping(found, mapping)
        except SourceBusy as busy:
            raise Conflict(str(busy)) from busy
        return self._answer(found)

    def _answer(self, source: Source) -> Response:
        return Response(next(_described(one) for one in _figures(self) if one.source == source))


def _found(written: str) -> Source:
    source = find_source(written)
    if source is None:
        raise Http404("No such source.")
    return source


def _figures(view: TenantApiView) -> list[SourceFigures]:
    today = today_of(view.tenant, now=timezone.now())
    return source_figures(Selection(DayRange.last_days(DAYS, today=today)))


def _described(figures: SourceFigures) -> dict[str, Any]:
    source = figures.source
    return {
        "id": str(source.pk),
        "name": source.name,
        "format": source.format,
        "time_zone": source.time_zone,
        "mapping": source.mapping,
        "state": figures.state(now=timezone.now()),
        "created_at": plain(source.created_at),
        "last_line_at": plain(source.last_line_at),
        "last_received_at": plain(source.last_received_at),
        "imports": figures.imports,
        "lines": {
            "read": figures.lines,
            "matched": figures.matched,
            "other": figures.other,
            "unrecognised": figures.lines_unrecognised,
            "unrecognised_by_reason": dict(sorted(figures.unrecognised.items())),
        },
        "messages": figures.messages,
        "messages_tls_known": figures.messages_tls_known,
    }
