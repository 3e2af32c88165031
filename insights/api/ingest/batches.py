"""`POST …/submissions:batch` and `…/login-failures:batch`: single events, as a JSON array or NDJSON."""

from __future__ import annotations

from typing import Any, ClassVar, TypeVar

from django.utils import timezone
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from insights.api.ingest.view import IngestView, refusals
from insights.ingest.feeds.batches import FailureBatch, SubmissionBatch, take_batch
from insights.ingest.feeds.destinations import SourceWanted
from insights.ingest.feeds.records import LoginFailureIn, Refused, SubmissionIn, records_in

JSON = frozenset({"application/json", "application/x-ndjson", "application/ndjson", "application/jsonl"})
ERRORS_TOLD = 100

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

    def post(self, request: Request, **kwargs: Any) -> Response:
        """Take submissions in."""
        wanted = self.wanted(request)
        body, media_type = self.body(request)
        asked = self.asked(request, body, media_type)
        batch = SubmissionBatch(wanted, *self.records(body, SubmissionIn), size=len(body))
        return self.answer(lambda: take_batch(self.tenant, batch, asked, clock=timezone.now))


class LoginFailureBatches(_Batch):
    """Refused logins."""

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
