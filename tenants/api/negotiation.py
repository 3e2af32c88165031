"""Which form of body is read and written."""

from __future__ import annotations

from collections.abc import Iterable

from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.parsers import BaseParser
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request
from rest_framework.utils.mediatypes import media_type_matches


class AlwaysJson(BaseContentNegotiation):
    """Answers in JSON whatever `Accept` says: a table's other forms are asked for by `format=csv`, in plain sight."""

    def select_parser(self, request: Request, parsers: Iterable[BaseParser]) -> BaseParser | None:
        """Return the parser of the body's media type, None (415) where there is none."""
        return next(
            (one for one in parsers if media_type_matches(one.media_type, request.content_type)), None
        )

    def select_renderer(
        self, request: Request, renderers: Iterable[BaseRenderer], format_suffix: str | None = None
    ) -> tuple[BaseRenderer, str]:
        """Return the view's first renderer."""
        first = next(iter(renderers))
        return first, first.media_type
