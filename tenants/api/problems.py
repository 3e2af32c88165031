"""Errors in one shape for the whole API: problem details (RFC 9457) with the field and the reason of each mistake.

{"type": "urn:smtp-auth-insights:problem:invalid", "title": "…", "status": 400, "detail": "…",
"errors": [{"field": "start", "reason": "is not a day of the calendar …"}]}
"""

from __future__ import annotations

from collections.abc import Iterator
from http import HTTPStatus
from typing import Any

import structlog
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404
from rest_framework import exceptions, serializers
from rest_framework.response import Response

log = structlog.get_logger(__name__)

TYPE = "urn:smtp-auth-insights:problem:"
CONTENT_TYPE = "application/problem+json"
_NAMES = {
    400: "invalid",
    401: "unauthenticated",
    403: "forbidden",
    404: "not-found",
    405: "method-not-allowed",
    406: "not-acceptable",
    409: "conflict",
    413: "too-large",
    415: "unsupported-media-type",
    422: "idempotency-key-reused",
    429: "too-many-requests",
    500: "internal",
    503: "unavailable",
}


class FieldErrorSerializer(serializers.Serializer[Any]):
    """One mistake: `field` is the parameter, header or member to blame, "" where it is the whole request."""

    field = serializers.CharField()
    reason = serializers.CharField()


class ProblemSerializer(serializers.Serializer[Any]):
    """What every answer from 400 on says."""

    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField()
    errors = FieldErrorSerializer(many=True)  # type: ignore[assignment]  # the name is the standard's


class Conflict(exceptions.APIException):
    """What is asked does not go with the state of things."""

    status_code = HTTPStatus.CONFLICT
    default_detail = "This is not possible in the present state."


class TooLarge(exceptions.APIException):
    """The body, or what it expands to, is over a limit; nothing of it was stored."""

    status_code = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    default_detail = "The body is too large. Nothing of it was stored."


class KeyReused(exceptions.APIException):
    """An `Idempotency-Key` came again with another body."""

    status_code = HTTPStatus.UNPROCESSABLE_ENTITY
    default_detail = "This Idempotency-Key was used with another body. Nothing was stored."


class Unavailable(exceptions.APIException):
    """It would work later; `wait` are the seconds for Retry-After."""

    status_code = HTTPStatus.SERVICE_UNAVAILABLE
    default_detail = "Not possible at the moment. Try again."
    wait = 5


def handle(error: Exception, context: dict[str, Any]) -> Response | None:
    """Turn an exception into a problem; None (a 500) for those of our own making."""
    if isinstance(error, Http404):
        error = exceptions.NotFound()
    elif isinstance(error, PermissionDenied):
        error = exceptions.PermissionDenied(*error.args)
    elif isinstance(error, ValidationError):
        error = exceptions.ValidationError(as_detail(error))
    if not isinstance(error, exceptions.APIException):
        return None
    named = {
        "WWW-Authenticate": getattr(error, "auth_header", None),
        "Retry-After": getattr(error, "wait", None),
    }
    headers = {name: str(value) for name, value in named.items() if value}
    return Response(problem(error), status=error.status_code, headers=headers, content_type=CONTENT_TYPE)


def type_of(status: int) -> str:
    """Return the URN that names the kind of problem."""
    return TYPE + _NAMES.get(status, "error")


def problem(error: exceptions.APIException) -> dict[str, Any]:
    """Return the body for an error."""
    status = int(error.status_code)
    found = list(_errors(error.detail, ""))
    whole = " ".join(one["reason"] for one in found if not one["field"])
    named = [one for one in found if one["field"]]
    only = ": ".join(named[0].values()) if len(named) == 1 else ""
    return {
        "type": type_of(status),
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": whole or only or f"{len(named)} things cannot be taken as they are.",
        "errors": named,
    }


def as_detail(error: ValidationError) -> Any:
    """Return a Django error's messages, by field where it has them."""
    if hasattr(error, "error_dict"):
        return {
            "" if name == "__all__" else name: list(messages) for name, messages in error.message_dict.items()
        }
    return list(error.messages)


def _errors(detail: Any, field: str) -> Iterator[dict[str, str]]:
    if isinstance(detail, dict):
        for name, more in detail.items():
            plain = "" if name == "non_field_errors" else str(name)
            yield from _errors(more, ".".join(part for part in (field, plain) if part))
    elif isinstance(detail, list):
        nested = any(isinstance(one, dict | list) for one in detail)
        for index, one in enumerate(detail):
            yield from _errors(one, f"{field}.{index}".lstrip(".") if nested else field)
    else:
        yield {"field": field, "reason": str(detail)}
