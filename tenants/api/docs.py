"""The description of the API for programs (OpenAPI 3.1), and two ways to read it in the browser.

Anybody may read it: it says what the source code says and nothing about who uses it. Nothing is loaded from elsewhere.
"""

from __future__ import annotations

import json
from functools import cache
from hashlib import sha256
from typing import Any, ClassVar

from csp.constants import UNSAFE_INLINE
from csp.decorators import csp_update
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.decorators import method_decorator
from django.utils.translation import override
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import condition, require_safe
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.renderers import OpenApiYamlRenderer
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request

from tenants.api.base import ApiView

MEDIA_TYPES = {"yaml": "application/vnd.oai.openapi", "json": "application/vnd.oai.openapi+json"}


@cache
def description(form: str) -> bytes:
    """Return the description as `yaml` or `json`; it is worked out once in a process, which takes a second."""
    with override("en"):
        generator: Any = SchemaGenerator()  # type: ignore[no-untyped-call]  # the package is typed in part
        found: Any = generator.get_schema(request=None, public=True)
    renderer: Any = OpenApiYamlRenderer()
    if form == "json":
        return json.dumps(found, ensure_ascii=False, separators=(",", ":")).encode()
    return bytes(renderer.render(found, renderer_context={}))


def _form(request: HttpRequest) -> str:
    return request.GET.get("format", "yaml")


def _etag(request: HttpRequest, **kwargs: Any) -> str | None:
    form = _form(request)
    return f'"{sha256(description(form)).hexdigest()[:32]}"' if form in MEDIA_TYPES else None


class Description(ApiView):
    """The description itself: `?format=yaml` (where nothing is said) or `json`."""

    authentication_classes = ()  # type: ignore[assignment]  # nobody is asked who they are
    permission_classes = ()  # type: ignore[assignment]
    parameters: ClassVar[dict[str, frozenset[str]]] = {"GET": frozenset({"format"})}
    caching = "public, no-cache"

    @extend_schema(exclude=True)
    @method_decorator(condition(etag_func=_etag))
    def get(self, request: Request) -> HttpResponse:
        """Return it, or 304 to who has it."""
        form = _form(request)
        if form not in MEDIA_TYPES:
            raise ValidationError({"format": ["is not yaml or json."]})
        headers = {"Content-Disposition": f'inline; filename="openapi.{form}"'}
        return HttpResponse(description(form), content_type=MEDIA_TYPES[form], headers=headers)


@require_safe
@ensure_csrf_cookie
def workbench(request: HttpRequest) -> HttpResponseBase:
    """Show Swagger UI: read, fill in and send. Whoever is logged in sends with the rights of that session."""
    return render(request, "tenants/api/workbench.html", {"shown": "workbench"})


@require_safe
# Redoc writes its style sheets into the page and reads its search index in a worker that it makes itself.
@csp_update({"style-src": [UNSAFE_INLINE], "worker-src": ["blob:"]})
def reference(request: HttpRequest) -> HttpResponseBase:
    """Show Redoc: one long page to read and to search."""
    return render(request, "tenants/api/reference.html", {"shown": "reference"})
