"""A provider's shared servers and inbox over the API: where events are, what waits, and giving it away."""

from __future__ import annotations

from typing import Any, ClassVar

from django.core.exceptions import ValidationError as Refused
from django.http import Http404
from django.utils import timezone
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, extend_schema, inline_serializer
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from insights.ingest.shared.assign import Subject, assign
from insights.ingest.shared.ledger import events_by_server
from insights.ingest.shared.places import customers_of, inbox_of
from insights.ingest.shared.waiting import (
    Narrowed,
    Waiting,
    WaitingAccounts,
    waiting_by_server,
    waiting_domains,
    waiting_in_all,
)
from insights.models import RuleKind, Source
from insights.models.shared import MAX_VALUE
from tenants.access import get_provider
from tenants.api.base import ApiView
from tenants.api.bodies import Body
from tenants.api.paging import limit_of, listed
from tenants.models import Provider, Tenant, User
from tenants.roles import Capability
from tenants.scope import tenant_scope

TAGS = ["Shared servers"]
NOTHING = Waiting("", 0, 0, 0, 0, None, None)
BY = ("domain", "account")
WAITS = {"messages": 304, "logins": 0, "failed_logins": 57}
SERVER = {
    "id": "01a22bc5-2c2d-7af5-a2bc-5e5b81e87323",
    "name": "hub1",
    "format": "postfix",
    "time_zone": "Europe/Berlin",
    "last_line_at": "2026-11-17T08:11:05Z",
    "events": [{"tenant": "acme", "events": 5123}],
    "waiting": WAITS,
}
GROUP = {
    "name": "newclient.example",
    "accounts": 4,
    **WAITS,
    "first_at": "2026-11-04T09:12:44Z",
    "last_at": "2026-11-17T08:11:05Z",
}


class WaitsSerializer(serializers.Serializer[Any]):
    """What waits in the inbox, of the days whose single events are kept."""

    messages = serializers.IntegerField()
    logins = serializers.IntegerField(help_text="Logins of which the server tells no message.")
    failed_logins = serializers.IntegerField()


class EventsAtSerializer(serializers.Serializer[Any]):
    """How many events of a server lie at one tenant."""

    tenant = serializers.CharField(help_text="The tenant's short name.")
    events = serializers.IntegerField(
        help_text="Submissions and failed logins, those past the days kept too."
    )


class SharedServerSerializer(serializers.Serializer[Any]):
    """A mail server that serves several tenants of the provider."""

    id = serializers.UUIDField()
    name = serializers.CharField()
    format = serializers.CharField()
    time_zone = serializers.CharField()
    last_line_at = serializers.DateTimeField(allow_null=True, help_text="By the log's own clock.")
    events = EventsAtSerializer(many=True, help_text="At the provider's tenants, the most first.")
    waiting = WaitsSerializer()


class WaitingSerializer(WaitsSerializer):
    """What waits of one domain or account; `name` is empty for accounts without a domain."""

    name = serializers.CharField(allow_blank=True)
    accounts = serializers.IntegerField()
    first_at = serializers.DateTimeField()
    last_at = serializers.DateTimeField()


class AssignBody(Body):
    """What is given to whom."""

    by = serializers.ChoiceField(choices=BY)
    name = serializers.CharField(
        max_length=MAX_VALUE, help_text="The domain or the account, as it is listed."
    )
    tenant = serializers.CharField(
        max_length=50, help_text="The short name of one of the provider's tenants."
    )
    with_rule = serializers.BooleanField(default=False, help_text="Give it what comes later as well.")


class AssignedSerializer(serializers.Serializer[Any]):
    """What an assignment did."""

    assignment = serializers.UUIDField(allow_null=True, help_text="Null where nothing could be moved.")
    events = serializers.IntegerField(help_text="Submissions and failed logins that were moved.")
    too_old = serializers.IntegerField(help_text="Those that wait on: older than the tenant keeps.")


class SharedView(ApiView):
    """An endpoint of the provider in the path; without an inbox it has no rows."""

    capability: ClassVar[Capability] = Capability.VIEW
    provider: Provider
    inbox: Tenant | None
    customers: list[Tenant]

    def enter(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Find the provider, check the right for all its tenants, and find these."""
        self.provider = get_provider(self.caller, str(self.kwargs["provider"]), self.capability)
        self.inbox = inbox_of(self.provider)
        self.customers = customers_of(self.inbox) if self.inbox else []


class SharedServers(SharedView):
    """The shared servers of a provider."""

    @extend_schema(
        operation_id="shared_servers_list",
        summary="List the shared servers",
        responses=listed(SharedServerSerializer),
        examples=[OpenApiExample("One", {"results": [SERVER]}, response_only=True)],
        tags=TAGS,
    )
    def get(self, request: Request, **kwargs: Any) -> Response:
        """List the servers that serve several tenants, by name: where their events are, and what of them waits."""
        if self.inbox is None:
            return Response({"results": []})
        slugs = {tenant.pk: tenant.slug for tenant in self.customers}
        with tenant_scope([self.inbox.pk, *slugs]):
            events, waiting = events_by_server(), waiting_by_server(self.inbox)
            servers = list(Source.objects.filter(tenant=self.inbox))
        results = []
        for server in servers:
            lying = [(slugs[at], count) for at, count in events.get(server.pk, {}).items() if at in slugs]
            lying.sort(key=lambda one: (-one[1], one[0]))
            fields = {
                name: getattr(server, name) for name in ("id", "name", "format", "time_zone", "last_line_at")
            }
            results.append(
                fields
                | {
                    "events": [{"tenant": slug, "events": count} for slug, count in lying],
                    "waiting": _waits(waiting.get(server.pk, NOTHING)),
                }
            )
        return Response({"results": SharedServerSerializer(results, many=True).data})


class Inbox(SharedView):
    """What waits in the inbox of a provider."""

    parameters: ClassVar = {"GET": frozenset({"by", "search", "limit"})}

    @extend_schema(
        operation_id="inbox_list",
        summary="List what waits in the inbox",
        parameters=[
            OpenApiParameter(
                "by", {"type": "string", "enum": list(BY), "default": "domain"}, description="Grouping."
            ),
            OpenApiParameter("search", str, description="Part of a domain or an account, whatever its case."),
            OpenApiParameter(
                "limit",
                {"type": "integer", "minimum": 1, "maximum": 1000, "default": 100},
                description="How many groups are given at most, those with the most messages first.",
            ),
        ],
        responses=inline_serializer(
            "Inbox",
            {
                "results": WaitingSerializer(many=True),
                "count": serializers.IntegerField(help_text="How many groups there are."),
                "total": WaitsSerializer(help_text="All that waits, whatever is searched for."),
            },
        ),
        examples=[
            OpenApiExample("One domain", {"results": [GROUP], "count": 1, "total": WAITS}, response_only=True)
        ],
        tags=TAGS,
    )
    def get(self, request: Request, **kwargs: Any) -> Response:
        """List what no tenant's domain or rule fits, by domain or account, the most messages first."""
        query, limit = request.query_params, limit_of(request)
        by, search = query.get("by", "domain"), query.get("search", "")
        errors = {}
        if by not in BY:
            errors["by"] = [f"can be {' or '.join(BY)}."]
        if len(search) > MAX_VALUE:
            errors["search"] = [f"is too long; at most {MAX_VALUE} characters are read."]
        if errors:
            raise ValidationError(errors)
        if self.inbox is None:
            return Response({"results": [], "count": 0, "total": _waits(NOTHING)})
        narrowed = Narrowed(search=search.strip())
        with tenant_scope([self.inbox.pk]):
            total = waiting_in_all(self.inbox)
            if by == "account":
                accounts = WaitingAccounts(self.inbox, narrowed, sort="-messages")
                count, found = len(accounts), accounts[:limit]
            else:
                domains, _written = waiting_domains(self.inbox, narrowed)
                domains.sort(key=lambda one: (-one.messages, one.name))
                count, found = len(domains), domains[:limit]
        results = [
            {name: getattr(one, name) for name in ("name", "accounts", "first_at", "last_at")} | _waits(one)
            for one in found
        ]
        return Response(
            {"results": WaitingSerializer(results, many=True).data, "count": count, "total": _waits(total)}
        )


class InboxAssign(SharedView):
    """Giving what waits to a tenant."""

    capability = Capability.MANAGE_SHARED

    @extend_schema(
        operation_id="inbox_assign",
        summary="Assign what waits",
        request=AssignBody,
        responses=AssignedSerializer,
        examples=[
            OpenApiExample(
                "A domain, from now on too",
                {"by": "domain", "name": "newclient.example", "tenant": "acme", "with_rule": True},
                request_only=True,
            ),
            OpenApiExample(
                "Assigned",
                {"assignment": "01a22bc5-2c2d-7af5-a2bc-5e5b81e87324", "events": 361, "too_old": 0},
                response_only=True,
            ),
        ],
        tags=TAGS,
    )
    def post(self, request: Request, **kwargs: Any) -> Response:
        """Give all that waits of a domain or an account to a tenant, at once. Asked again it finds nothing left."""
        body = AssignBody(data=request.data)
        body.is_valid(raise_exception=True)
        wish = body.validated_data
        customer = next((one for one in self.customers if one.slug == wish["tenant"]), None)
        if self.inbox is None:
            raise Http404("This provider shares no server yet.")
        if customer is None:
            raise ValidationError({"tenant": ["is no tenant of this provider."]})
        try:
            done = assign(
                self.inbox,
                Subject(RuleKind(wish["by"]), wish["name"]),
                customer,
                person=self.caller if isinstance(self.caller, User) else None,
                now=timezone.now(),
                with_rule=wish["with_rule"],
            )
        except Refused as error:
            raise ValidationError({"name": error.messages}) from error
        answer = {
            "assignment": done.assignment.pk if done.assignment else None,
            "events": done.events,
            "too_old": done.too_old,
        }
        return Response(AssignedSerializer(answer).data)


def _waits(waiting: Waiting) -> dict[str, int]:
    return {"messages": waiting.messages, "logins": waiting.logins, "failed_logins": waiting.failures}
