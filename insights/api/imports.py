"""The imports of a tenant: list, read and undo them, read what they could not make use of."""

from __future__ import annotations

from typing import Any, ClassVar
from uuid import UUID

from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, extend_schema
from rest_framework import status
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from insights.api.import_bodies import (
    FINISHED,
    SAMPLE,
    ImportDetailSerializer,
    ImportSerializer,
    SampleSerializer,
    described,
    with_overlaps,
)
from insights.api.tabular import FORMAT_SCHEMA, as_file, file_responses, format_of
from insights.ingest.sources import find_source
from insights.ingest.undo import ask_undo
from insights.ingest.uploads import ask_again
from insights.models import ImportKind, ImportStatus, LogImport
from insights.tasks import import_log, undo_log_import
from tenants.api.base import TenantApiView
from tenants.api.paging import PAGE_PARAMETERS, PAGE_SCHEMA, page, paged
from tenants.api.problems import Conflict
from tenants.api.schema import problem
from tenants.roles import Capability

JSON = "application/json"
FILTERS = [
    OpenApiParameter("source", str, description="The name of a source."),
    OpenApiParameter("status", str, enum=ImportStatus.values, description="Where the import stands."),
    OpenApiParameter(
        "kind", str, enum=ImportKind.values, description="A file, or what came over the API in a day."
    ),
]
_COLUMNS = tuple(SAMPLE)
_CHUNK = 500
UNDOING = FINISHED | {"status": "undoing", "can_undo": False}
WAITING = FINISHED | {"status": "waiting", "can_undo": False, "finished_at": None}


class ImportView(TenantApiView):
    """An endpoint about one import, which the path names by its id."""

    def found(self, import_id: UUID) -> LogImport:
        """Return the import; raise Http404 where the tenant has none of that id."""
        return get_object_or_404(LogImport.objects.select_related("source", "created_by"), pk=import_id)


def listed_imports(view: TenantApiView, request: Request) -> Response:
    """Return a page of the imports that the query string asks for, the newest first."""
    imports = LogImport.objects.select_related("source", "created_by")
    for name, known in (("status", ImportStatus.values), ("kind", ImportKind.values)):
        asked = request.query_params.get(name)
        if asked is not None and asked not in known:
            raise ValidationError({name: [f"is not known; it can be {', '.join(known)}."]})
        imports = imports.filter(**{name: asked}) if asked else imports
    if (named := request.query_params.get("source")) is not None:
        source = find_source(named)
        if source is None:
            raise ValidationError({"source": ["is no source here; GET …/sources/ lists them."]})
        imports = imports.filter(source=source)
    found, after = page(imports, request, order=("-created_at", "-id"))
    return Response({"results": [described(one) for one in found], "next": after})


LISTING: dict[str, Any] = {
    "operation_id": "imports_list",
    "summary": "List the imports",
    "parameters": [*FILTERS, *PAGE_SCHEMA],
    "responses": paged(ImportSerializer),
    "examples": [OpenApiExample("The last page", {"results": [FINISHED], "next": None}, response_only=True)],
    "tags": ["Sources"],
}
LIST_PARAMETERS = frozenset({"source", "status", "kind"}) | PAGE_PARAMETERS


class ImportDetail(ImportView):
    """One import."""

    @extend_schema(
        operation_id="imports_read",
        summary="Read an import",
        responses=ImportDetailSerializer,
        examples=[
            OpenApiExample("Done", FINISHED | {"stored_before": [], "stored_by_this": []}, response_only=True)
        ],
        tags=["Sources"],
    )
    def get(self, request: Request, id: UUID, **kwargs: Any) -> Response:  # noqa: A002
        """Return an import with its accounting, which is exact at any moment, and whose events it shares."""
        return Response(with_overlaps(self.found(id)))


class ImportUndo(ImportView):
    """The undoing of an import."""

    capabilities: ClassVar = {"POST": Capability.UNDO_IMPORT}

    @extend_schema(
        operation_id="imports_undo",
        summary="Undo an import",
        request=None,
        responses={
            202: ImportSerializer,
            409: problem("The import has not ended, was refused, or is undone already."),
        },
        examples=[OpenApiExample("Begun", UNDOING, response_only=True, status_codes=["202"])],
        tags=["Sources"],
    )
    def post(self, request: Request, id: UUID, **kwargs: Any) -> Response:  # noqa: A002
        """Have the events of an import removed and their days counted again; reading it shows when that is done."""
        log_import = self.found(id)
        if not ask_undo(log_import, now=timezone.now()):
            raise Conflict(f"This import is {log_import.status} and cannot be undone.")
        undo_log_import.delay_on_commit(tenant_id=str(self.tenant.pk), import_id=str(log_import.pk))
        return Response(described(self.found(id)), status.HTTP_202_ACCEPTED)


class ImportRetry(ImportView):
    """The going on of an import that failed."""

    capabilities: ClassVar = {"POST": Capability.IMPORT}

    @extend_schema(
        operation_id="imports_retry",
        summary="Go on with a failed import",
        request=None,
        responses={202: ImportSerializer, 409: problem("The import has not failed, or its file is gone.")},
        examples=[OpenApiExample("Waiting", WAITING, response_only=True, status_codes=["202"])],
        tags=["Sources"],
    )
    def post(self, request: Request, id: UUID, **kwargs: Any) -> Response:  # noqa: A002
        """Let a failed import go on where it stopped. Uploading its file again does as well."""
        log_import = self.found(id)
        if not ask_again(log_import):
            raise Conflict(f"This import is {log_import.status}, or its file is gone: upload it again.")
        import_log.delay_on_commit(tenant_id=str(self.tenant.pk), import_id=str(log_import.pk))
        return Response(described(self.found(id)), status.HTTP_202_ACCEPTED)


class ImportUnrecognised(ImportView):
    """Samples of what an import could not make use of."""

    parameters: ClassVar = {"GET": PAGE_PARAMETERS | {"format"}}

    @extend_schema(
        operation_id="imports_unrecognised",
        summary="List lines that were not recognised",
        parameters=[*PAGE_SCHEMA, FORMAT_SCHEMA],
        responses={(200, JSON): paged(SampleSerializer), **file_responses()},
        examples=[
            OpenApiExample("One", {"results": [SAMPLE], "next": None}, response_only=True, media_type=JSON)
        ],
        tags=["Sources"],
    )
    def get(self, request: Request, id: UUID, **kwargs: Any) -> HttpResponseBase:  # noqa: A002
        """List samples of the lines that were not recognised, up to a thousand an import, by their number."""
        form, log_import = format_of(request, paged=True), self.found(id)
        samples = log_import.skipped_lines.values(*_COLUMNS, "id")
        if form != "json":
            return as_file(
                form,
                _COLUMNS,
                lambda: (row for row in samples.order_by("line_number", "id").iterator(_CHUNK)),
                name=f"unrecognised-{log_import.pk}",
                title="unrecognised",
                scope=[self.tenant.pk],
            )
        found, after = page(samples, request, order=("line_number", "id"))
        return Response({"results": [{name: row[name] for name in _COLUMNS} for row in found], "next": after})
