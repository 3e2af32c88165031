"""What lies under /api/ and is no endpoint, and what goes wrong before or beyond one: problems, as everywhere else."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponseBase, JsonResponse
from django.urls import URLPattern, is_valid_path, path, re_path
from django.views import defaults
from django.views.decorators.csrf import csrf_exempt

from tenants.api.problems import CONTENT_TYPE, type_of

ROOT = "/api/"
_NOWHERE = "nowhere"
app_name = "nowhere-api"


@csrf_exempt
def nowhere(request: HttpRequest) -> JsonResponse:
    """Say that there is no such endpoint: a redirect would turn what is sent without the last slash into a GET."""
    with_slash = f"{request.path_info}/"
    found = is_valid_path(with_slash) if not request.path_info.endswith("/") else False
    hint = (
        f"The endpoint is {with_slash}, with a slash at its end."
        if found and found.url_name != _NOWHERE
        else "There is no such endpoint. All of them are described at /api/v1/docs/."
    )
    return _problem(HTTPStatus.NOT_FOUND, hint)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponseBase:
    """Answer what Django refuses before it reaches a view, such as a host that is not ours."""
    if request.path.startswith(ROOT):
        return _problem(HTTPStatus.BAD_REQUEST, "The request cannot be read.")
    return defaults.bad_request(request, exception)


def server_error(request: HttpRequest) -> HttpResponseBase:
    """Answer what went wrong with us; Django has logged it."""
    if request.path.startswith(ROOT):
        return _problem(
            HTTPStatus.INTERNAL_SERVER_ERROR,
            "Something went wrong on this side, and was logged. Nothing was stored.",
        )
    return defaults.server_error(request)


def _problem(status: HTTPStatus, detail: str) -> JsonResponse:
    body: dict[str, Any] = {
        "type": type_of(status),
        "title": status.phrase,
        "status": int(status),
        "detail": detail,
        "errors": [],
    }
    return JsonResponse(body, status=status, content_type=CONTENT_TYPE)


urlpatterns: list[URLPattern] = [
    path("", nowhere, name=_NOWHERE),
    re_path(r"^[\s\S]+$", nowhere, name=_NOWHERE),
]
