"""How the API describes itself: OpenAPI 3.1, with the errors of every operation and the names of its parts."""

from __future__ import annotations

from collections.abc import Iterator
from http import HTTPStatus
from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiResponse
from rest_framework.serializers import IntegerField, Serializer

from tenants.api.about import CHAPTERS, DESCRIPTION, IN_PATHS
from tenants.api.problems import CONTENT_TYPE, FieldErrorSerializer, ProblemSerializer, type_of
from tenants.roles import SCOPE_CAPABILITIES

EVERYWHERE = {
    400: "A parameter or member is not known, missing or wrong; `errors` names each.",
    401: "No key, or one that is not taken.",
    403: "The key or role lacks the right for this.",
    404: "Not there, or not yours.",
    429: "Too fast; `Retry-After` says how many seconds to wait.",
}
"""What any operation may answer. An operation adds others by `extend_schema(responses={…: problem(…)})`."""
WITH_BODY = {
    413: "The body is too large. Nothing of it was stored.",
    415: "The body has a media type that is not read here.",
}
"""What any operation that takes a body may answer besides."""

_MISTAKES = {
    400: ("“start” is wrong.", [{"field": "start", "reason": "is no day; write 2026-11-17, -30d or today."}]),
    401: ("Authentication credentials were not provided.", []),
    403: ("This needs the right “view”, which your key does not have.", []),
    404: ("Not found.", []),
    413: (WITH_BODY[413], []),
    415: ("Unsupported media type “text/plain” in request.", []),
    429: ("Request was throttled. Expected available in 3 seconds.", []),
}
_SECONDS = {"Retry-After": {"description": "Seconds to wait.", "schema": {"type": "integer", "minimum": 1}}}
_HEADERS = {
    401: {"WWW-Authenticate": {"description": "The way in (RFC 6750).", "schema": {"type": "string"}}},
    429: _SECONDS,
    503: _SECONDS,
}
_PROBLEM = {"$ref": "#/components/schemas/Problem"}


def problem(description: str) -> OpenApiResponse:
    """Declare an error that an operation may answer, for the `responses` of its `extend_schema`."""
    return OpenApiResponse(ProblemSerializer, description)


class Schema(AutoSchema):
    """Describes one operation, and says which keys may call it."""

    def get_description(self) -> str:  # type: ignore[override]  # spectacular's own signature
        """Return the operation's own description and the right it needs, where the view declares one."""
        own: str = super().get_description()
        capability = getattr(self.view, "capabilities", {}).get(self.method)
        if capability is None:
            return own
        scopes = [f"`{scope}`" for scope, granted in SCOPE_CAPABILITIES.items() if capability in granted]
        return f"{own}\n\nNeeds the right `{capability}`: a key with the scope {' or '.join(scopes)}.".strip()


def add_problems(result: dict[str, Any], generator: Any, **_more: Any) -> dict[str, Any]:
    """Add to every operation the problems that any may answer, and give problems their media type (RFC 9457)."""
    parts = result["components"]
    parts.setdefault("schemas", {}).update(
        FieldError=_described(FieldErrorSerializer), Problem=_described(ProblemSerializer)
    )
    parts["schemas"]["Problem"]["properties"]["errors"] = {
        "type": "array",
        "items": {"$ref": "#/components/schemas/FieldError"},
    }
    parts["responses"] = {
        _name(status): _answer(status, text) for status, text in (EVERYWHERE | WITH_BODY).items()
    }
    for operation in operations(result):
        answers = operation["responses"]
        for status in EVERYWHERE | (WITH_BODY if "requestBody" in operation else {}):
            answers.setdefault(str(status), {"$ref": f"#/components/responses/{_name(status)}"})
        for status, answer in answers.items():
            if any(content.get("schema") == _PROBLEM for content in answer.get("content", {}).values()):
                answers[status] = _answer(int(status), answer["description"], answer["content"])
        operation["responses"] = dict(sorted(answers.items()))
    return result


def introduce(result: dict[str, Any], generator: Any, **_more: Any) -> dict[str, Any]:
    """Add the introduction, the chapters that are used, and the meaning of names in paths."""
    result["info"]["description"] = DESCRIPTION
    used = {tag for operation in operations(result) for tag in operation.get("tags", ())}
    result["tags"] = [{"name": name, "description": text} for name, text in CHAPTERS.items() if name in used]
    for operation in operations(result):
        for parameter in operation.get("parameters", ()):
            if parameter["in"] == "path" and parameter["name"] in IN_PATHS:
                parameter.setdefault("description", IN_PATHS[parameter["name"]])
    return result


def operations(result: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield every operation of a description."""
    for path in result["paths"].values():
        yield from path.values()


def _name(status: int) -> str:
    return HTTPStatus(status).phrase.title().replace(" ", "")


def _answer(status: int, description: str, declared: dict[str, Any] | None = None) -> dict[str, Any]:
    """Return the response of a problem; what was `declared` may have examples of its own."""
    content: dict[str, Any] = next(iter((declared or {"": {}}).values()))
    if "examples" not in content and "example" not in content:
        detail, errors = _MISTAKES.get(status, (description, []))
        title = HTTPStatus(status).phrase
        example = {
            "type": type_of(status),
            "title": title,
            "status": status,
            "detail": detail,
            "errors": errors,
        }
        content = {"example": example}
    headers = {"headers": _HEADERS[status]} if status in _HEADERS else {}
    return {"description": description, **headers, "content": {CONTENT_TYPE: {"schema": _PROBLEM} | content}}


def _described(serializer: type[Serializer[Any]]) -> dict[str, Any]:
    fields = serializer().fields
    return {
        "type": "object",
        "description": (serializer.__doc__ or "").strip(),
        "properties": {
            name: {"type": "integer" if isinstance(field, IntegerField) else "string"}
            for name, field in fields.items()
        },
        "required": list(fields),
    }


class KeyScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """Describes `KeyAuthentication`."""

    target_class = "tenants.api.auth.KeyAuthentication"
    name = "key"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, Any]:
        """Return the security scheme."""
        return {"type": "http", "scheme": "bearer", "description": "An API key, `sai_…`."}


class SessionScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """Describes the session of a person; the same wherever the site is served, so that the description is."""

    target_class = "tenants.api.auth.SessionWithToken"
    name = "session"
    priority = 1

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, Any]:
        """Return the security scheme."""
        return {
            "type": "apiKey",
            "in": "cookie",
            "name": "__Host-session",
            "description": "A person who is logged in to the site, in the browser; what changes something needs the "
            "header `X-CSRFToken` as well. The cookie is called `session` where the site is served without TLS.",
        }
