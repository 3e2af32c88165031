"""Long lists a page at a time, by keyset: every page costs the same, and rows that come meanwhile move nothing.

A view knows `PAGE_PARAMETERS`, calls `page`, and answers `{"results": […], "next": url | null}`.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from django.core.exceptions import ValidationError as InvalidValue
from django.core.signing import BadSignature, Signer
from django.db.models import F, Model, Q, QuerySet, Value
from django.db.models.fields.tuple_lookups import TupleGreaterThan, TupleLessThan
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, inline_serializer
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request

DEFAULT_LIMIT = 100
MAX_LIMIT = 1_000
PAGE_PARAMETERS = frozenset({"cursor", "limit"})
"""The query parameters of a list in pages, for `ApiView.parameters`."""
PAGE_SCHEMA = (
    OpenApiParameter(
        "cursor",
        OpenApiTypes.STR,
        description="Where the page begins; taken from `next` of the page before, never made up.",
    ),
    OpenApiParameter(
        "limit",
        {"type": "integer", "minimum": 1, "maximum": MAX_LIMIT, "default": DEFAULT_LIMIT},
        description="How many rows a page has at most.",
    ),
)
"""The same for the `parameters` of `extend_schema`."""

_R = TypeVar("_R")
_BAD_CURSOR = "is no cursor of this list; take it from `next` of the page before, or leave it out."
_BAD_LIMIT = f"is not a number from 1 to {MAX_LIMIT}."


def page(rows: QuerySet[Any, _R], request: Request, *, order: Sequence[str]) -> tuple[list[_R], str | None]:
    """Return the rows of the page that `request` asks for, and the address of the next page or None. One query.

    `order` are columns of the model, none of them nullable, together unique, either all ascending or all descending
    (“-”), so that an index of them serves. `rows` are instances or dicts that hold these columns. Raises
    ValidationError (400) that names `cursor` or `limit`.
    """
    if len({name.startswith("-") for name in order}) != 1:
        raise ValueError("A keyset goes in one direction.")
    limit, after = limit_of(request), request.query_params.get("cursor")
    chosen = rows.order_by(*order)
    if after is not None:
        chosen = chosen.filter(_beyond(rows.model, order, _read(after, rows.model, order)))
    found = list(chosen[: limit + 1])
    if len(found) <= limit:
        return found, None
    query = request.query_params.copy()
    query["cursor"] = _write(found[limit - 1], order)
    address = request.build_absolute_uri(request.path)
    return found[:limit], f"{address}?{query.urlencode()}"


def limit_of(request: Request) -> int:
    """Return how many rows are asked for, 100 where nothing is said; raise ValidationError that names `limit`."""
    text = request.query_params.get("limit", str(DEFAULT_LIMIT))
    limit = int(text) if text.isascii() and text.isdigit() and len(text) <= 4 else 0
    if not 1 <= limit <= MAX_LIMIT:
        raise ValidationError({"limit": [_BAD_LIMIT]})
    return limit


def paged(row: type[serializers.BaseSerializer[Any]]) -> serializers.Serializer[Any]:
    """Return the shape of a page of `row`, for the `responses` of `extend_schema`."""
    name = row.__name__.removesuffix("Serializer")
    nothing_more = "The address of the next page; null on the last."
    return inline_serializer(
        f"{name}Page",
        {"results": row(many=True), "next": serializers.URLField(allow_null=True, help_text=nothing_more)},
    )


def listed(row: type[serializers.BaseSerializer[Any]]) -> serializers.Serializer[Any]:
    """Return the shape of a short list of `row`, which has no pages."""
    return inline_serializer(f"{row.__name__.removesuffix('Serializer')}List", {"results": row(many=True)})


def _beyond(model: type[Model], order: Sequence[str], values: Sequence[Any]) -> Q:
    descends = order[0].startswith("-")
    names = [name.removeprefix("-") for name in order]
    # The first column by itself as well: PostgreSQL prunes partitions by it, not by a comparison of rows.
    first = Q(**{f"{names[0]}__{'lte' if descends else 'gte'}": values[0]})
    compare = TupleLessThan if descends else TupleGreaterThan
    return first & Q(compare(tuple(F(name) for name in names), tuple(Value(value) for value in values)))


def _signer(order: Sequence[str]) -> Signer:
    return Signer(salt=f"tenants.api.paging {' '.join(order)}", sep=".")


def _write(row: Any, order: Sequence[str]) -> str:
    names = [name.removeprefix("-") for name in order]
    values = [row[name] if isinstance(row, dict) else getattr(row, name) for name in names]
    plain = [value.isoformat() if isinstance(value, datetime) else value for value in values]
    return _signer(order).sign_object([str(value) if isinstance(value, UUID) else value for value in plain])


def _read(cursor: str, model: type[Model], order: Sequence[str]) -> list[Any]:
    """Return the values of the last row; a cursor that was made up has a wrong signature and goes no further."""
    try:
        values = _signer(order).unsign_object(cursor)
        columns = {field.name: field for field in model._meta.concrete_fields}
        names = [name.removeprefix("-") for name in order]
        return [columns[name].to_python(value) for name, value in zip(names, values, strict=True)]
    except (BadSignature, InvalidValue, ValueError) as error:
        raise ValidationError({"cursor": [_BAD_CURSOR]}) from error
