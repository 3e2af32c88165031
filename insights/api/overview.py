"""All tenants of the caller at a glance: one row each, the numbers of the page *All customers*."""

from __future__ import annotations

from typing import Any, ClassVar

from django.core.exceptions import PermissionDenied
from django.http import HttpResponseBase
from django.utils import timezone
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, extend_schema, inline_serializer
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from insights.api.tabular import FORMAT_SCHEMA, as_file, file_responses, format_of
from insights.filters.customers import COLUMNS, DEFAULT_SORT, SORTS, CustomerChoice, customer_row
from insights.queries import Attention, OverviewRow, OverviewTotals, overview, overview_totals
from project.tables import plain
from tenants.access import capabilities_of_key, tenants_of
from tenants.api.base import ApiView
from tenants.models import ApiKey
from tenants.roles import Capability
from tenants.scope import tenant_scope

JSON = "application/json"
LONGEST_SEARCH = 200
ACME = {
    "customer": "Acme",
    "slug": "acme",
    "needs_attention": ["old_tls"],
    "accounts": 37,
    "accounts_on_old_tls": 1,
    "messages": 5123,
    "messages_before": 4980,
    "legacy_tls": 12,
    "legacy_tls_percent": 0.2,
    "without_tls": 0,
    "without_tls_percent": 0.0,
    "basic": 4890,
    "basic_percent": 95.5,
    "failed_logins": 311,
    "last_data": "2026-11-17T08:11:05Z",
    "daily": [702, 730, 41, 12, 1201, 1216, 1221],
}
TOTALS = {
    "customers": 1,
    "accounts": 37,
    "messages": 5123,
    "messages_before": 4980,
    "legacy_tls": 12,
    "without_tls": 0,
    "basic": 4890,
    "failed_logins": 311,
    "need_attention": 1,
}
_ORDERINGS = [*sorted(SORTS), *(f"-{name}" for name in sorted(SORTS))]
PARAMETERS = [
    OpenApiParameter("search", str, description="Part of the name or short name, whatever its case."),
    OpenApiParameter("attention", bool, description="`true`: those alone that somebody should look at."),
    OpenApiParameter(
        "ordering",
        {"type": "string", "enum": _ORDERINGS, "default": DEFAULT_SORT},
        description="A column; with `-` the largest first.",
    ),
    FORMAT_SCHEMA,
]


class OverviewRowSerializer(serializers.Serializer[Any]):
    """A tenant's last seven days in its own time zone, today included; percentages are of messages."""

    customer = serializers.CharField(help_text="The tenant's name.")
    slug = serializers.CharField()
    needs_attention = serializers.ListField(child=serializers.ChoiceField(choices=list(Attention)))
    accounts = serializers.IntegerField()
    accounts_on_old_tls = serializers.IntegerField(
        help_text="Those that sent over TLS 1.1 or less, or without TLS."
    )
    messages = serializers.IntegerField()
    messages_before = serializers.IntegerField(help_text="In the seven days before.")
    legacy_tls = serializers.IntegerField(help_text="Messages over SSL 3, TLS 1.0 or TLS 1.1.")
    legacy_tls_percent = serializers.FloatField()
    without_tls = serializers.IntegerField()
    without_tls_percent = serializers.FloatField()
    basic = serializers.IntegerField(help_text="Messages whose client presented a password.")
    basic_percent = serializers.FloatField()
    failed_logins = serializers.IntegerField()
    last_data = serializers.DateTimeField(
        allow_null=True, help_text="The newest line, by the log's own clock."
    )
    daily = serializers.ListField(
        child=serializers.IntegerField(),
        min_length=7,
        max_length=7,
        help_text="Messages a day; the last is today.",
    )


class OverviewTotalsSerializer(serializers.Serializer[Any]):
    """Sums over the rows; an account of one tenant is never one of another."""

    def get_fields(self) -> dict[str, Any]:
        """Return a number for each sum."""
        return {name: serializers.IntegerField() for name in TOTALS}


class Overview(ApiView):
    """Every tenant of the caller."""

    parameters: ClassVar = {"GET": frozenset({"search", "attention", "ordering", "format"})}

    @extend_schema(
        operation_id="overview_read",
        summary="Read the overview",
        parameters=PARAMETERS,
        responses={
            (200, JSON): inline_serializer(
                "Overview",
                {"results": OverviewRowSerializer(many=True), "totals": OverviewTotalsSerializer()},
            ),
            **file_responses(),
        },
        examples=[
            OpenApiExample(
                "One tenant", {"results": [ACME], "totals": TOTALS}, response_only=True, media_type=JSON
            )
        ],
        tags=["Overview"],
    )
    def get(self, request: Request) -> HttpResponseBase:
        """Give one row a tenant that the key covers or the person may see, and their sums."""
        form, choice = format_of(request), _choice(request)
        if isinstance(self.caller, ApiKey) and Capability.VIEW not in capabilities_of_key(self.caller):
            raise PermissionDenied(f"This needs the right “{Capability.VIEW}”, which your key does not have.")
        tenants = list(tenants_of(self.caller))
        now, scope = timezone.now(), [tenant.pk for tenant in tenants]
        with tenant_scope(scope):
            rows = choice.apply(overview(tenants, now=now))
        if form != "json":
            return as_file(
                form,
                COLUMNS,
                lambda: (customer_row(row) for row in rows),
                name=f"customers-{now:%Y-%m-%d}",
                title="customers",
                scope=scope,
            )
        totals = _totals(overview_totals(rows))
        return Response({"results": [_described(row) for row in rows], "totals": totals})


def _choice(request: Request) -> CustomerChoice:
    query = request.query_params
    errors = {}
    if len(search := query.get("search", "").strip()) > LONGEST_SEARCH:
        errors["search"] = [f"is too long; at most {LONGEST_SEARCH} characters are read."]
    if (attention := query.get("attention", "false")) not in {"true", "false"}:
        errors["attention"] = ["is neither true nor false."]
    if (ordering := query.get("ordering", DEFAULT_SORT)) not in _ORDERINGS:
        known = ", ".join(sorted(SORTS))
        errors["ordering"] = [f"is no column to sort by; it can be {known}, with a leading “-” to descend."]
    if errors:
        raise ValidationError(errors)
    return CustomerChoice(search=search, attention_only=attention == "true", sort=ordering)


def _described(row: OverviewRow) -> dict[str, Any]:
    values = {name: plain(value) for name, value in customer_row(row).items()}
    return values | {"needs_attention": list(row.attention), "daily": row.daily}


def _totals(totals: OverviewTotals) -> dict[str, int]:
    names = {"legacy_tls": "legacy", "failed_logins": "failures"}
    return {name: getattr(totals, names.get(name, name)) for name in TOTALS}
