"""The tenants that a caller may see."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from tenants.access import tenants_of
from tenants.api.base import ApiView
from tenants.api.paging import listed
from tenants.models import Tenant

ACME = {
    "slug": "acme",
    "name": "Acme",
    "provider": "north",
    "time_zone": "Europe/Berlin",
    "retention_days": 90,
    "created_at": "2026-08-19T07:30:00Z",
}
GLOBEX = ACME | {"slug": "globex", "name": "Globex", "time_zone": "America/New_York"}


class TenantSerializer(serializers.ModelSerializer[Tenant]):
    """A tenant as everybody sees it who sees it at all."""

    provider: serializers.SlugRelatedField[Any] = serializers.SlugRelatedField(
        "slug", read_only=True, allow_null=True
    )

    class Meta:
        model = Tenant
        fields = ("slug", "name", "provider", "time_zone", "retention_days", "created_at")
        read_only_fields = fields


class TenantList(ApiView):
    """Every tenant that the key covers or the person may see."""

    @extend_schema(
        operation_id="tenants_list",
        summary="List the tenants",
        responses=listed(TenantSerializer),
        examples=[OpenApiExample("Two", {"results": [ACME, GLOBEX]}, response_only=True)],
        tags=["Tenants"],
    )
    def get(self, request: Request) -> Response:
        """List the tenants, by name."""
        tenants = tenants_of(self.caller).select_related("provider").order_by("name", "slug")
        return Response({"results": TenantSerializer(tenants, many=True).data})
