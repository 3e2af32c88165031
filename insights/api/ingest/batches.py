"""`POST …/submissions:batch` and `…/login-failures:batch`: single events, as a JSON array or NDJSON."""

from __future__ import annotations

from typing import Any, ClassVar, TypeVar

from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from insights.api.ingest import described
from insights.api.ingest.view import IngestView, refusals
from insights.ingest.feeds.batches import FailureBatch, SubmissionBatch, take_batch
from insights.ingest.feeds.destinations import SourceWanted
from insights.ingest.feeds.limits import MAX_RECORDS
from insights.ingest.feeds.records import LoginFailureIn, Refused, SubmissionIn, records_in

JSON = frozenset({"application/json", *described.NDJSON})
ERRORS_TOLD = 100
_DESCRIPTION = """Takes up to {many} {what}, as a JSON array or a record a line (NDJSON), for one source.

What is accepted is committed before the answer is sent. Records that cannot be are named in `rejected`, the others
are stored; 400 when none can be read. The same event again is a duplicate and changes nothing: it is the same by its
`id` and time, or else by all its members, within its source."""
_SOURCE = OpenApiParameter(
    "source",
    required=True,
    description="The name of the source: one for each server. It is made when it is new, and takes events alone.",
)

_In = TypeVar("_In", SubmissionIn, LoginFailureIn)


class _Batch(IngestView):
    """A batch of events for the source that `source` names."""

    parameters: ClassVar = {"POST": frozenset({"source", "time_zone"})}
    media_types = JSON

    def wanted(self, request: Request) -> SourceWanted:
        """Return the source that is meant."""
        name = request.query_params.get("source", "")
        if not name:
            raise ValidationError({"source": ["is required: one name for each server."]})
        return SourceWanted(name=name, time_zone=request.query_params.get("time_zone") or None)

    def records(self, body: bytes, kind: type[_In]) -> tuple[list[_In], list[int], list[Refused]]:
        """Return what the body holds; raise when it holds no record that can be read."""
        with refusals():
            found, places, refused = records_in(body, kind)
        if not found:
            raise ValidationError(_errors(refused) if refused else "The body holds no records.")
        return found, places, refused


class SubmissionBatches(_Batch):
    """Submissions."""

    @extend_schema(
        operation_id="submissions_send",
        summary="Send submissions",
        description=_DESCRIPTION.format(what="submissions", many=f"{MAX_RECORDS:,}"),
        tags=[described.TAG],
        parameters=[_SOURCE, described.TIME_ZONE, *described.HEADERS],
        request=described.SUBMISSIONS_REQUEST,
        responses=described.answers(described.BATCH_ANSWER),
        examples=described.batch_examples(described.SUBMISSION, "client_ip"),
    )
    def post(self, request: Request, **kwargs: Any) -> Response:
        """Take submissions in."""
        wanted = self.wanted(request)
        body, media_type = self.body(request)
        asked = self.asked(request, body, media_type)
        batch = SubmissionBatch(wanted, *self.records(body, SubmissionIn), size=len(body))
        return self.answer(lambda: take_batch(self.tenant, batch, asked, clock=timezone.now))


class LoginFailureBatches(_Batch):
    """Refused logins."""

    @extend_schema(
        operation_id="login_failures_send",
        summary="Send refused logins",
        description=_DESCRIPTION.format(what="refused logins", many=f"{MAX_RECORDS:,}"),
        tags=[described.TAG],
        parameters=[_SOURCE, described.TIME_ZONE, *described.HEADERS],
        request=described.FAILURES_REQUEST,
        responses=described.answers(described.BATCH_ANSWER),
        examples=described.batch_examples(described.LOGIN_FAILURE, "client_ip"),
    )
    def post(self, request: Request, **kwargs: Any) -> Response:
        """Take refused logins in."""
        wanted = self.wanted(request)
        body, media_type = self.body(request)
        asked = self.asked(request, body, media_type)
        batch = FailureBatch(wanted, *self.records(body, LoginFailureIn), size=len(body))
        return self.answer(lambda: take_batch(self.tenant, batch, asked, clock=timezone.now))


def _errors(refused: list[Refused]) -> dict[str, list[str]]:
    """Return the first mistakes of a batch in which every record has one."""
    told = refused[:ERRORS_TOLD]
    errors = {
        ".".join(part for part in (str(one.index), one.field) if part): [f"{one.reason}."] for one in told
    }
    if len(refused) > len(told):
        errors[""] = [f"None of {len(refused)} records can be read; the first {len(told)} are named."]
    return errors
