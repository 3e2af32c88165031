"""Reports that are built and sent by mail: asked for, followed, stopped, sent again, removed, fetched."""

from __future__ import annotations

from typing import Any, ClassVar, cast
from uuid import UUID

from django.http import FileResponse, HttpResponseBase
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework.exceptions import NotFound, PermissionDenied, Throttled, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from insights.filters import SubmissionFilters
from insights.models import SubmissionDay
from reports.api.files import CONTENT_TYPES
from reports.api.request_shapes import ASKED, CANCELLED, ORDER, SENT, OrderSerializer, RequestSerializer
from reports.files import download_name, stored_file
from reports.models import ReportRequest
from reports.queries import report_request, report_requests
from reports.request.ask import RecipientsRefused, TooManyRequests, ask_for_report
from reports.request.change import cancel, may_change, remove, send_again
from reports.request.recipients import read_addresses
from reports.tasks import deliver_report
from tenants.access import capabilities_of
from tenants.api.base import TenantApiView
from tenants.api.paging import PAGE_PARAMETERS, PAGE_SCHEMA, page, paged
from tenants.api.problems import Conflict
from tenants.api.schema import problem
from tenants.models import ApiKey, User
from tenants.roles import Capability

TAGS = ["Requested reports"]
FILES = {"csv": "details.csv", "xlsx": "details.xlsx"}
_BOTH = {"GET": Capability.VIEW, "POST": Capability.REQUEST_REPORT, "DELETE": Capability.REQUEST_REPORT}
_OURS = "Only who asked, a person or a key, and owners or keys with the scope `admin` may do this."


def _example(name: str, value: Any) -> OpenApiExample:
    return OpenApiExample(name, value, response_only=True, status_codes=["200", "201"])


class RequestView(TenantApiView):
    """An endpoint about requested reports."""

    capabilities: ClassVar = _BOTH

    def find(self, request_id: UUID) -> ReportRequest:
        """Return one of the tenant's requests with its recipients; raise NotFound."""
        found = report_request(request_id)
        if found is None:
            raise NotFound
        return found

    def find_to_change(self, request_id: UUID) -> ReportRequest:
        """Return a request that the caller may change; raise NotFound or PermissionDenied."""
        found = self.find(request_id)
        if not may_change(found, self.caller, capabilities_of(self.caller, self.tenant)):
            raise PermissionDenied("Only who asked for a report, and owners, may change the request.")
        return found

    def shown(self, request: Request, found: ReportRequest) -> dict[str, Any]:
        """Return a request as it is answered."""
        return cast("dict[str, Any]", RequestSerializer(found, context={"request": request}).data)

    def queue(self, found: ReportRequest) -> None:
        """Have the report built and sent once this is committed."""
        deliver_report.delay_on_commit(tenant_id=str(self.tenant.pk), request_id=str(found.pk))


class RequestList(RequestView):
    """The tenant's requests."""

    parameters: ClassVar = {"GET": PAGE_PARAMETERS}

    @extend_schema(
        operation_id="report_requests_list",
        tags=TAGS,
        summary="List the reports that were asked for",
        description="Newest first, of everybody at the tenant.",
        parameters=[*PAGE_SCHEMA],
        responses=paged(RequestSerializer),
        examples=[_example("One report", {"results": [SENT], "next": None})],
    )
    def get(self, request: Request, **kwargs: Any) -> Response:
        """Return a page of them."""
        rows = report_requests().prefetch_related("recipients")
        found, after = page(rows, request, order=("-created_at", "-id"))
        return Response({"results": [self.shown(request, row) for row in found], "next": after})

    @extend_schema(
        operation_id="report_requests_create",
        tags=TAGS,
        summary="Ask for a report by mail",
        description="Built and sent within moments; follow it at the address in `Location`. Who may receive it is "
        "a setting of the tenant. One person or key may ask for 30 reports an hour at one tenant.",
        request=OrderSerializer,
        responses={201: RequestSerializer},
        examples=[
            OpenApiExample("Last week", ORDER, request_only=True),
            _example("Asked for", ASKED),
        ],
    )
    def post(self, request: Request, **kwargs: Any) -> Response:
        """Store the order, and have it done."""
        order = OrderSerializer(data=request.data)
        order.is_valid(raise_exception=True)
        found = self._ask(order.validated_data)
        self.queue(found)
        made = self.find(found.pk)
        return Response(
            self.shown(request, made), status=201, headers={"Location": f"{request.path}{found.pk}/"}
        )

    def _ask(self, given: dict[str, Any]) -> ReportRequest:
        now = timezone.now()
        asked = {name: given[name] for name in ("start", "end") if given.get(name)}
        if given["sender_domain"] is not None:
            asked["sender_domain"] = given["sender_domain"] or "-"
        filters = SubmissionFilters(asked, queryset=SubmissionDay.objects.none(), tenant=self.tenant, now=now)
        if not filters.is_valid():
            raise ValidationError(filters.refused())
        selection = filters.selection()
        addresses = read_addresses("\n".join(given["recipients"]))
        if not addresses:
            raise ValidationError({"recipients": ["has no address."]})
        try:
            return ask_for_report(
                tenant=self.tenant,
                asked_by=cast("User | ApiKey", self.caller),
                name=given["name"],
                view=given["view"],
                days=selection.days,
                sender_domain=selection.sender_domain,
                addresses=addresses,
                note=given["note"],
                now=now,
            )
        except RecipientsRefused as refused:
            raise _refused(refused) from refused
        except TooManyRequests as error:
            raise Throttled(error.wait.total_seconds(), detail=str(error)) from error


def _refused(refused: RecipientsRefused) -> ValidationError:
    return ValidationError({"recipients": [f"{one.address}: {one.refusal}." for one in refused.refused]})


class RequestDetail(RequestView):
    """One request."""

    @extend_schema(
        operation_id="report_requests_read",
        tags=TAGS,
        summary="Follow a report that was asked for",
        description="Its status, each recipient's, and where its files are.",
        responses=RequestSerializer,
        examples=[_example("Sent", SENT)],
    )
    def get(self, request: Request, **kwargs: Any) -> Response:
        """Return it."""
        return Response(self.shown(request, self.find(kwargs["id"])))

    @extend_schema(
        operation_id="report_requests_delete",
        tags=TAGS,
        summary="Remove a request, its files and its links",
        description=f"One that is not done is stopped. {_OURS}",
        responses={204: None},
    )
    def delete(self, request: Request, **kwargs: Any) -> Response:
        """Remove it."""
        remove(self.find_to_change(kwargs["id"]))
        return Response(status=204)


class RequestCancel(RequestView):
    """Stop a request."""

    @extend_schema(
        operation_id="report_requests_cancel",
        tags=TAGS,
        summary="Stop a request that is not done",
        description=f"A mail on its way is not called back. {_OURS}",
        request=None,
        responses={200: RequestSerializer, 409: problem("It was done already.")},
        examples=[_example("Stopped", CANCELLED)],
    )
    def post(self, request: Request, **kwargs: Any) -> Response:
        """Stop it."""
        found = self.find_to_change(kwargs["id"])
        if not cancel(found, now=timezone.now()):
            raise Conflict("This request was done already.")
        return Response(self.shown(request, self.find(kwargs["id"])))


class RequestAgain(RequestView):
    """Send a report again."""

    @extend_schema(
        operation_id="report_requests_send_again",
        tags=TAGS,
        summary="Build a report anew and send it again",
        description=f"From today's data, to those whom it did not reach, or else to all. {_OURS}",
        request=None,
        responses={200: RequestSerializer, 409: problem("It is not done yet.")},
        examples=[_example("Waiting", ASKED)],
    )
    def post(self, request: Request, **kwargs: Any) -> Response:
        """Have it done again."""
        found = self.find_to_change(kwargs["id"])
        try:
            is_asked = send_again(found, tenant=self.tenant, now=timezone.now())
        except RecipientsRefused as refused:
            raise _refused(refused) from refused
        if not is_asked:
            raise Conflict("This request is not done yet.")
        self.queue(found)
        return Response(self.shown(request, self.find(kwargs["id"])))


class RequestDownload(RequestView):
    """The detailed files of a report."""

    parameters: ClassVar = {"GET": frozenset({"format"})}

    @extend_schema(
        operation_id="report_requests_download",
        tags=TAGS,
        summary="Fetch the detailed counts of a report",
        description="The file that the mail carried or linked to: one row a day, sender address and client. 404 before "
        "it is built and after its time is over.",
        parameters=[
            OpenApiParameter(
                "format",
                {"type": "string", "enum": list(FILES), "default": "csv"},
                description="Which of the two files.",
            )
        ],
        responses={
            (200, "text/csv"): OpenApiResponse(OpenApiTypes.STR, "The file."),
            (200, CONTENT_TYPES["xlsx"]): OpenApiResponse(OpenApiTypes.BINARY, "The file."),
        },
    )
    def get(self, request: Request, **kwargs: Any) -> HttpResponseBase:
        """Return the file."""
        form = request.query_params.get("format", "csv")
        if form not in FILES:
            raise ValidationError({"format": [f"is not known; it can be {', '.join(FILES)}."]})
        found = self.find(kwargs["id"])
        try:
            file = stored_file(found, FILES[form], now=timezone.now())
        except FileNotFoundError as error:
            raise NotFound("This report has no files, or not any more.") from error
        name = download_name(FILES[form], tenant_slug=self.tenant.slug, days=found.days)
        response = FileResponse(file, as_attachment=True, filename=name, content_type=CONTENT_TYPES[form])
        response["Cache-Control"] = "private, no-store"
        return response
