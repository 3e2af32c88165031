"""The domains that a tenant's mail was sent from, and which of them are its own."""

from __future__ import annotations

from typing import Any, ClassVar

from django.core.exceptions import ValidationError as Refused
from django.http import Http404
from django.utils import timezone
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from insights.ingest.own_domains import decide_domain, read_domain
from insights.queries import DomainRow, Selection, kept_days, sender_domains
from tenants.api.base import TenantApiView
from tenants.api.bodies import Body
from tenants.api.paging import listed
from tenants.roles import Capability

ACME = {"domain": "acme.example", "is_accepted": True, "messages": 51230}
LISTS = {"domain": "lists.example", "is_accepted": False, "messages": 12}


class SenderDomainSerializer(serializers.Serializer[Any]):
    """A domain in IDNA lower case; an empty one stands for senders without any, which nobody can accept."""

    domain = serializers.CharField(allow_blank=True)
    is_accepted = serializers.BooleanField(help_text="Whether the tenant says that it is its own.")
    messages = serializers.IntegerField(help_text="Messages in the days that are kept.")


class DecisionBody(Body):
    """What the tenant says of a domain."""

    is_accepted = serializers.BooleanField()


class SenderDomainList(TenantApiView):
    """The sender domains of a tenant."""

    @extend_schema(
        operation_id="sender_domains_list",
        summary="List the sender domains",
        responses=listed(SenderDomainSerializer),
        examples=[OpenApiExample("Two", {"results": [ACME, LISTS]}, response_only=True)],
        tags=["Sender domains"],
    )
    def get(self, request: Request, **kwargs: Any) -> Response:
        """List every domain ever seen or accepted, with its messages in the kept days, most first."""
        return Response({"results": [_described(row) for row in _rows(self)]})


class SenderDomainDetail(TenantApiView):
    """One sender domain."""

    capabilities: ClassVar = {"GET": Capability.VIEW, "PUT": Capability.MANAGE_DOMAINS}

    @extend_schema(
        operation_id="sender_domains_read",
        summary="Read a sender domain",
        responses=SenderDomainSerializer,
        examples=[OpenApiExample("Accepted", ACME, response_only=True)],
        tags=["Sender domains"],
    )
    def get(self, request: Request, domain: str, **kwargs: Any) -> Response:
        """Return a domain that was seen or accepted, with its messages in the kept days."""
        try:
            return self._answer(read_domain(domain))
        except Refused as error:
            raise Http404("No such domain.") from error

    @extend_schema(
        operation_id="sender_domains_decide",
        summary="Accept or refuse a sender domain",
        request=DecisionBody,
        responses=SenderDomainSerializer,
        examples=[
            OpenApiExample("It is ours", {"is_accepted": True}, request_only=True),
            OpenApiExample("Accepted", ACME, response_only=True),
        ],
        tags=["Sender domains"],
    )
    def put(self, request: Request, domain: str, **kwargs: Any) -> Response:
        """Say whether a domain is the tenant's own; it need not have been seen yet. Doing it twice changes nothing."""
        body = DecisionBody(data=request.data)
        body.is_valid(raise_exception=True)
        try:
            name = read_domain(domain)
        except Refused as error:
            raise ValidationError({"domain": error.messages}) from error
        decide_domain(self.tenant, name, is_accepted=body.validated_data["is_accepted"])
        return self._answer(name)

    def _answer(self, name: str) -> Response:
        row = next((row for row in _rows(self) if row.domain == name), None)
        if row is None:
            raise Http404("No such domain.")
        return Response(_described(row))


def _rows(view: TenantApiView) -> list[DomainRow]:
    return sender_domains(Selection(kept_days(view.tenant, now=timezone.now())))


def _described(row: DomainRow) -> dict[str, Any]:
    return {"domain": row.domain, "is_accepted": row.is_accepted, "messages": row.messages}
