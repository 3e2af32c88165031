"""How the API describes itself: OpenAPI 3.1, with the errors of every operation and the names of its parts."""

from __future__ import annotations

from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiResponse
from rest_framework.serializers import IntegerField, Serializer

from tenants.api.problems import CONTENT_TYPE, FieldErrorSerializer, ProblemSerializer

EVERYWHERE = {
    400: "A parameter or member is not known, missing or wrong; `errors` names each.",
    401: "No key, or one that is not taken.",
    403: "The key or role lacks the right for this.",
    404: "Not there, or not yours.",
    429: "Too fast; `Retry-After` says how many seconds to wait.",
}
"""What any operation may answer. An operation adds others by `extend_schema(responses={…: problem(…)})`."""


def problem(description: str) -> OpenApiResponse:
    """Declare an error that an operation may answer, for the `responses` of its `extend_schema`."""
    return OpenApiResponse(ProblemSerializer, description)


class Schema(AutoSchema):
    """Describes one operation."""


def add_problems(result: dict[str, Any], generator: Any, **_more: Any) -> dict[str, Any]:
    """Add to every operation the problems that any may answer, and give problems their media type (RFC 9457)."""
    reference = {"$ref": "#/components/schemas/Problem"}
    schemas = result["components"]["schemas"]
    schemas["FieldError"], schemas["Problem"] = (
        _described(FieldErrorSerializer),
        _described(ProblemSerializer),
    )
    schemas["Problem"]["properties"]["errors"] = {
        "type": "array",
        "items": {"$ref": "#/components/schemas/FieldError"},
    }
    for path in result["paths"].values():
        for operation in path.values():
            answers = operation["responses"]
            for status, text in EVERYWHERE.items():
                answers.setdefault(str(status), {"description": text, "content": {"": {"schema": reference}}})
            for answer in answers.values():
                for media_type, content in list(answer.get("content", {}).items()):
                    if content.get("schema") == reference:
                        answer["content"] = {CONTENT_TYPE: answer["content"].pop(media_type)}
            operation["responses"] = dict(sorted(answers.items()))
    return result


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
