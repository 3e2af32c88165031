"""One tenant with its settings, and their change.

The endpoint stands here and not with the tenants, because another time zone counts the days of the roll-ups anew and
fewer kept days delete events.
"""

from __future__ import annotations

from copy import copy
from typing import Any, ClassVar

import psycopg.errors
from django.db import OperationalError
from django.utils import timezone
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from insights.ingest.feeds.destinations import lose_patience
from insights.rollups.settings import Loss, change_settings
from tenants.access import capabilities_of
from tenants.api.base import TenantApiView
from tenants.api.bodies import Body
from tenants.api.problems import Conflict, Unavailable
from tenants.api.schema import problem
from tenants.api.tenants import ACME, TenantSerializer
from tenants.models import RecipientPolicy, Tenant
from tenants.roles import Capability

DETAIL = ACME | {
    "recipient_policy": "members_and_domains",
    "events_kept_from": "2026-08-20",
    "borders_kept_before": None,
    "rights": ["view"],
}


class TenantDetailSerializer(TenantSerializer):
    """A tenant with its settings and what the caller may do with it."""

    events_kept_from = serializers.DateField(
        source="raw_from_on",
        allow_null=True,
        help_text="The first day of single events; null as long as none was deleted.",
    )
    borders_kept_before = serializers.DateField(
        allow_null=True,
        help_text="Days before this one were counted in an earlier time zone and keep their borders.",
    )
    rights = serializers.ListField(child=serializers.CharField(), read_only=True)

    class Meta(TenantSerializer.Meta):
        fields = (  # type: ignore[assignment]
            *TenantSerializer.Meta.fields,
            "recipient_policy",
            "events_kept_from",
            "borders_kept_before",
            "rights",
        )
        read_only_fields = fields  # type: ignore[assignment]


class SettingsBody(Body):
    """What is to change; what is left out stays."""

    name = serializers.CharField(max_length=200, required=False)
    time_zone = serializers.CharField(
        max_length=64, required=False, help_text="An IANA time zone; every kept day is counted anew."
    )
    retention_days = serializers.IntegerField(
        min_value=7,
        max_value=3660,
        required=False,
        help_text="Single events older than this are deleted every night.",
    )
    recipient_policy = serializers.ChoiceField(
        choices=RecipientPolicy.choices, required=False, help_text="Who may be sent reports."
    )
    confirmed_days = serializers.IntegerField(
        required=False, help_text="Repeats `retention_days` where keeping fewer days deletes events."
    )


class TenantDetail(TenantApiView):
    """One tenant."""

    capabilities: ClassVar = {"GET": Capability.VIEW, "PATCH": Capability.MANAGE_SETTINGS}

    @extend_schema(
        operation_id="tenants_read",
        summary="Read a tenant",
        responses=TenantDetailSerializer,
        examples=[OpenApiExample("For a key that reads", DETAIL, response_only=True)],
        tags=["Tenants"],
    )
    def get(self, request: Request, **kwargs: Any) -> Response:
        """Return the tenant with its settings, and what the caller may do with it."""
        return self._answer(self.tenant)

    @extend_schema(
        operation_id="tenants_update",
        summary="Change a tenant's settings",
        request=SettingsBody,
        responses={
            200: TenantDetailSerializer,
            409: problem(
                "Keeping fewer days would delete events, and `confirmed_days` does not say that it may."
            ),
            503: problem("A log is being read, and the time zone cannot be changed meanwhile."),
        },
        examples=[
            OpenApiExample("Fewer days", {"retention_days": 30, "confirmed_days": 30}, request_only=True),
            OpenApiExample(
                "Changed", DETAIL | {"retention_days": 30}, response_only=True, status_codes=["200"]
            ),
        ],
        tags=["Tenants"],
    )
    def patch(self, request: Request, **kwargs: Any) -> Response:
        """Change the name, time zone, days kept or recipient policy.

        What deletes events is refused unless `confirmed_days` is the new `retention_days`.
        """
        body = SettingsBody(data=request.data)
        body.is_valid(raise_exception=True)
        confirmed = body.validated_data.pop("confirmed_days", None)
        wanted = self._wanted(body.validated_data)
        days = wanted["retention_days"]
        loss = Loss.of(self.tenant, days=days, now=timezone.now())
        if loss is not None and confirmed != days:
            raise Conflict({"confirmed_days": [_loss_words(loss)]})
        lose_patience()
        try:
            change_settings(self.tenant, **wanted)
        except OperationalError as error:
            if not isinstance(error.__cause__, psycopg.errors.LockNotAvailable):
                raise
            raise Unavailable(
                "A log of this tenant is being read. Try again when its import has ended."
            ) from error
        return self._answer(self.tenant)

    def _wanted(self, changes: dict[str, Any]) -> dict[str, Any]:
        """Return all of the settings with these changes; raise ValidationError where the model refuses one."""
        changed = copy(self.tenant)
        for name, value in changes.items():
            setattr(changed, name, value)
        names = ("name", "time_zone", "retention_days", "recipient_policy")
        changed.clean_fields(exclude=[field.name for field in Tenant._meta.fields if field.name not in names])
        return {name: getattr(changed, name) for name in names}

    def _answer(self, tenant: Tenant) -> Response:
        tenant.rights = sorted(capabilities_of(self.caller, tenant))  # type: ignore[attr-defined]
        return Response(TenantDetailSerializer(tenant).data)


def _loss_words(loss: Loss) -> str:
    return (
        f"is {loss.days} where that is meant: keeping only {loss.days} days deletes, tonight, {loss.submissions} "
        f"submissions and {loss.failures} failed logins from before {loss.first_kept}."
    )
