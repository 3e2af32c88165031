"""`POST …/sources/{source}/lines`: raw log lines of one source, as text or wrapped in JSON by a log shipper."""

from __future__ import annotations

from typing import Any, ClassVar

from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from insights.api.ingest import described
from insights.api.ingest.view import IngestView, refusals
from insights.ingest.feeds.answers import BODIES_KEPT
from insights.ingest.feeds.destinations import SourceWanted, format_of
from insights.ingest.feeds.limits import MAX_LINES
from insights.ingest.feeds.lines import DEFAULT_FORMAT, take_lines
from insights.ingest.feeds.shippers import log_lines
from insights.ingest.feeds.stored_lines import Lines
from insights.ingest.formats import BY_LINE

JSON = frozenset({"application/json", *described.NDJSON})
# The last two are what curl and programs say that were told nothing.
TEXT = frozenset({"text/plain", "application/octet-stream", "application/x-www-form-urlencoded"})

_DESCRIPTION = f"""Takes up to {MAX_LINES:,} complete log lines of one source, in their order, as text or as log
shippers wrap them in JSON: Fluent Bit (`Format json` or `json_lines`), Vector, rsyslog's omhttp, journald.

They are read by the source's parser, which remembers the sessions that are open from request to request. Lines that
begin more than a minute before the newest one read are taken for an older log, with sessions of its own. The very
same body again, if it has more than one line, gets the first answer and is not read twice, as long as it is among the
newest {BODIES_KEPT} of the source. A line sent alone that tells of a refused login counts each time: give such requests
an `Idempotency-Key`. What the answer counts is committed."""
_SOURCE = OpenApiParameter(
    "source",
    location=OpenApiParameter.PATH,
    description="The name of the source: one for each server. It is made when it is new.",
)
_FORMAT = OpenApiParameter(
    "format",
    enum=sorted(BY_LINE),
    description="What writes the log; fixed once the source is there.",
    default="postfix",
)
_YEAR = OpenApiParameter(
    "year",
    OpenApiTypes.INT,
    description="The year of the first stamp without one, by default the latest that is not in the future.",
)


class SourceLines(IngestView):
    """Log lines of one source."""

    parameters: ClassVar = {"POST": frozenset({"format", "time_zone", "year"})}
    media_types = JSON | TEXT

    @extend_schema(
        operation_id="lines_send",
        summary="Send log lines",
        description=_DESCRIPTION,
        tags=[described.TAG],
        parameters=[_SOURCE, _FORMAT, described.TIME_ZONE, _YEAR, *described.HEADERS],
        request=described.LINES_REQUEST,
        responses=described.answers(described.LINES_ANSWER),
        examples=described.LINES_EXAMPLES,
    )
    def post(self, request: Request, **kwargs: Any) -> Response:
        """Take lines in."""
        body, media_type = self.body(request)
        wanted = SourceWanted(
            name=str(kwargs["source"]),
            format=_format(request),
            time_zone=request.query_params.get("time_zone") or None,
        )
        # What is text alone is read without asking for the source, which is done again when it is held.
        is_asked = b"{" in body
        log_format = format_of(self.tenant, wanted, default_format=DEFAULT_FORMAT) if is_asked else ""
        with refusals():
            found = log_lines(body, is_json=media_type in JSON, log_format=log_format)
        lines = Lines(
            wanted=wanted,
            lines=found,
            size=len(body),
            year=_year(request),
        )
        asked = self.asked(request, body, media_type)
        return self.answer(lambda: take_lines(self.tenant, lines, asked, clock=timezone.now))


def _format(request: Request) -> str | None:
    name = request.query_params.get("format")
    if name is not None and name not in BY_LINE:
        raise ValidationError({"format": [f"can be {', '.join(sorted(BY_LINE))}."]})
    return name


def _year(request: Request) -> int | None:
    text = request.query_params.get("year")
    last = timezone.now().year + 1
    if text is None:
        return None
    if not (text.isascii() and text.isdigit() and len(text) == 4 and 1970 <= int(text) <= last):
        raise ValidationError({"year": [f"is a year from 1970 to {last}."]})
    return int(text)
