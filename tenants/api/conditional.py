"""ETag and If-None-Match (RFC 9110, 8.8.3 and 13.1.2): an answer that the caller has already is not sent again.

Tags are weak: the same content may be packed differently on its way.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from typing import Any

from django.http import HttpResponseBase, HttpResponseNotModified
from django.utils.cache import patch_vary_headers
from django.utils.http import parse_etags
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse
from rest_framework.request import Request
from rest_framework.response import Response

NOT_MODIFIED = OpenApiResponse(description="What `If-None-Match` names is still so; there is no body.")
"""Declares the 304, for the `responses` of `extend_schema`."""
CONDITION = [
    OpenApiParameter(
        "If-None-Match",
        OpenApiTypes.STR,
        OpenApiParameter.HEADER,
        description="The `ETag` of an earlier answer: 304 without a body where nothing has changed since.",
    ),
    OpenApiParameter(
        "ETag",
        OpenApiTypes.STR,
        OpenApiParameter.HEADER,
        response=[200, 304],
        description="Names this content; send it in `If-None-Match` the next time.",
    ),
]
"""Declares the headers, for the `parameters` of `extend_schema`."""


def digest() -> hashlib.blake2b:
    """Return what a tag is made with."""
    return hashlib.blake2b(digest_size=16)


def conditional(request: Request, tag: str, answer: Callable[[], HttpResponseBase]) -> HttpResponseBase:
    """Return `answer()`, or a 304 where the caller has the content with this `tag` (hexadecimal) already."""
    asked = {one.removeprefix("W/") for one in parse_etags(request.META.get("HTTP_IF_NONE_MATCH", ""))}
    is_known = bool(asked & {"*", f'"{tag}"'})
    response = HttpResponseNotModified() if is_known else answer()
    response["ETag"] = f'W/"{tag}"'
    response["Cache-Control"] = "private, no-cache"
    patch_vary_headers(response, ["Authorization", "Cookie"])
    return response


def conditional_json(request: Request, content: dict[str, Any]) -> HttpResponseBase:
    """Return JSON of plain values, or a 304."""
    made = digest()
    made.update(json.dumps(content, sort_keys=True).encode())
    return conditional(request, made.hexdigest(), lambda: Response(content))
