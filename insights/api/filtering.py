"""The filters of reports and events as parameters of the API: checked, and described."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request

from insights.filters import EventFilters
from insights.filters.fields import DayField, MechanismsField, TextField, WordsField
from tenants.models import Tenant

NOT_OF_FAILURES = dict.fromkeys(
    ("sender_domain", "sender", "tls_version", "auth_class"),
    "does not narrow failed logins, which carry no sender, no TLS version and no auth class; leave it out.",
)
"""Why failed logins cannot be narrowed by what only submissions have, for `ApiView.elsewhere`."""


def checked(
    request: Request,
    filters: type[EventFilters],
    *,
    queryset: QuerySet[Any],
    tenant: Tenant,
    orderings: Collection[str] = (),
) -> EventFilters:
    """Return the filters that the query string asks for; raise ValidationError (400) that names what is wrong.

    Runs within the tenant's scope; a query where a source is named.
    """
    found = filters(
        request.query_params, queryset=queryset, tenant=tenant, now=timezone.now(), orderings=orderings
    )
    if not found.is_valid():
        raise ValidationError(found.refused())
    return found


def filter_schema(
    filters: type[EventFilters],
    *,
    orderings: Collection[str] = (),
    default_order: str = "",
    without: Collection[str] = (),
) -> list[OpenApiParameter]:
    """Describe the filters for the `parameters` of `extend_schema`."""
    found = [
        OpenApiParameter(name, _schema(one.field), description=one.extra["help_text"], **_several(one.field))
        for name, one in filters.base_filters.items()
        if name != "ordering" and name not in without
    ]
    if orderings:
        both = sorted(orderings) + [f"-{name}" for name in sorted(orderings)]
        schema = {"type": "string", "enum": both, "default": default_order}
        found.append(
            OpenApiParameter("ordering", schema, description="A column; with `-` the largest first.")
        )
    return found


def _schema(field: Any) -> dict[str, Any]:
    if isinstance(field, DayField):
        return {"type": "string", "pattern": r"^([0-9]{4}-[0-9]{2}-[0-9]{2}|-[0-9]{1,4}d|today|)$"}
    if isinstance(field, WordsField):
        return {"type": "array", "items": {"type": "string", "enum": list(field.words)}}
    if isinstance(field, MechanismsField):
        return {"type": "array", "items": {"type": "string"}}
    return {"type": "string", "maxLength": field.max_length} if isinstance(field, TextField) else {}


def _several(field: Any) -> dict[str, Any]:
    is_list = isinstance(field, WordsField | MechanismsField)
    return {"style": "form", "explode": False} if is_list else {}
