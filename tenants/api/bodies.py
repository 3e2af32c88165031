"""Bodies of requests: JSON of bounded size and depth, and no member that would be ignored."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from typing import IO, Any

from django.utils.datastructures import MultiValueDict
from rest_framework import serializers
from rest_framework.exceptions import ParseError, ValidationError
from rest_framework.parsers import JSONParser

from tenants.api.problems import TooLarge

MAX_BODY = 1024 * 1024
"""The bytes that JSON about settings and requests may have; endpoints that take data in have limits of their own."""


class BoundedJson(JSONParser):
    """Reads JSON (RFC 8259, without NaN and Infinity) of at most `MAX_BODY` bytes."""

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        """Return what the body holds; raise TooLarge, or ParseError where it is no JSON or nested too deeply."""
        body = stream.read(MAX_BODY + 1)
        if len(body) > MAX_BODY:
            raise TooLarge(f"The body is larger than {MAX_BODY} bytes. Nothing of it was stored.")
        try:
            return super().parse(io.BytesIO(body), media_type, dict(parser_context or {}))
        except RecursionError as error:
            raise ParseError("JSON parse error - it is nested too deeply.") from error


class Body(serializers.Serializer[Any]):
    """Checks a body: no member that it does not know, and no value of another type than is described."""

    def to_internal_value(self, data: Any) -> Any:
        """Return the values; raise ValidationError with everything that is wrong, unknown members included."""
        errors: dict[str, Any] = {}
        values: Any = None
        if isinstance(data, Mapping):
            if not isinstance(data, MultiValueDict):  # forms know no types
                for name, field in self.fields.items():
                    errors |= {place: [why] for place, why in _wrong_types(name, field, data.get(name))}
            takes = ", ".join(sorted(name for name, field in self.fields.items() if not field.read_only))
            errors |= {
                str(name): [f"is not a member here; it can be {takes}."]
                for name in data
                if name not in self.fields or self.fields[name].read_only
            }
        try:
            values = super().to_internal_value(data)
        except ValidationError as error:
            if not isinstance(error.detail, dict):
                raise
            errors = error.detail | errors
        if errors:
            raise ValidationError(errors)
        return values


_TYPES: tuple[tuple[type[serializers.Field[Any, Any, Any, Any]], type, str], ...] = (
    (serializers.BooleanField, bool, "is neither true nor false."),
    (serializers.IntegerField, int, "is no whole number."),
    (serializers.ChoiceField, str, "is no text."),
    (serializers.CharField, str, "is no text."),
)


def _wrong_types(
    name: str, field: serializers.Field[Any, Any, Any, Any], value: Any
) -> Iterator[tuple[str, str]]:
    """Yield the places of values of a wrong type, with what is wrong: fields would turn 0 into "0" or false.

    What is null or no list is left to the field.
    """
    if isinstance(field, serializers.ListField):
        for at, one in enumerate(value if isinstance(value, list) else ()):
            yield from _wrong_types(f"{name}.{at}", field.child, one)
    elif value is not None:
        for kind, type_, reason in _TYPES:
            if isinstance(field, kind):
                if not isinstance(value, type_) or (isinstance(value, bool) and type_ is not bool):
                    yield name, reason
                return
