"""The tenants that a caller may see."""

from __future__ import annotations

from typing import Any, ClassVar

from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from tenants.access import capabilities_of, tenants_of
from tenants.api.base import ApiView, TenantApiView
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


class TenantDetailSerializer(TenantSerializer):
    """A tenant with what the caller may do with it."""

    rights = serializers.ListField(child=serializers.CharField(), read_only=True)

    class Meta(TenantSerializer.Meta):
        fields = (*TenantSerializer.Meta.fields, "rights")  # type: ignore[assignment]
        read_only_fields = fields  # type: ignore[assignment]


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


class TenantDetail(TenantApiView):
    """One tenant."""

    parameters: ClassVar[dict[str, frozenset[str]]] = {}

    @extend_schema(
        operation_id="tenants_read",
        summary="Read a tenant",
        responses=TenantDetailSerializer,
        examples=[OpenApiExample("For a key", ACME | {"rights": ["view"]}, response_only=True)],
        tags=["Tenants"],
    )
    def get(self, request: Request, **kwargs: Any) -> Response:
        """Return the tenant and what the caller may do with it."""
        self.tenant.rights = sorted(capabilities_of(self.caller, self.tenant))  # type: ignore[attr-defined]
        return Response(TenantDetailSerializer(self.tenant).data)
