"""`POST …/sources/{source}/lines`: raw log lines of one source, as text or wrapped in JSON by a log shipper."""

from __future__ import annotations

from typing import Any, ClassVar

from django.utils import timezone
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from insights.api.ingest.view import IngestView, refusals
from insights.ingest.feeds.destinations import SourceWanted
from insights.ingest.feeds.lines import Lines, take_lines
from insights.ingest.feeds.shippers import log_lines
from insights.ingest.formats import FORMATS

JSON = frozenset({"application/json", "application/x-ndjson", "application/ndjson", "application/jsonl"})
# The last two are what curl and programs say that were told nothing.
TEXT = frozenset({"text/plain", "application/octet-stream", "application/x-www-form-urlencoded"})


class SourceLines(IngestView):
    """Log lines of one source."""

    parameters: ClassVar = {"POST": frozenset({"format", "time_zone", "year"})}
    media_types = JSON | TEXT

    def post(self, request: Request, **kwargs: Any) -> Response:
        """Take lines in."""
        body, media_type = self.body(request)
        with refusals():
            found = log_lines(body, is_json=media_type in JSON)
        lines = Lines(
            wanted=SourceWanted(
                name=str(kwargs["source"]),
                format=_format(request),
                time_zone=request.query_params.get("time_zone") or None,
            ),
            lines=found,
            size=len(body),
            year=_year(request),
        )
        asked = self.asked(request, body, media_type)
        return self.answer(lambda: take_lines(self.tenant, lines, asked, clock=timezone.now))


def _format(request: Request) -> str | None:
    name = request.query_params.get("format")
    if name is not None and name not in FORMATS:
        raise ValidationError({"format": [f"can be {', '.join(sorted(FORMATS))}."]})
    return name


def _year(request: Request) -> int | None:
    text = request.query_params.get("year")
    last = timezone.now().year + 1
    if text is None:
        return None
    if not (text.isascii() and text.isdigit() and len(text) == 4 and 1970 <= int(text) <= last):
        raise ValidationError({"year": [f"is a year from 1970 to {last}."]})
    return int(text)
