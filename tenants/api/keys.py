"""API keys over the API: made, listed and revoked by who owns the place, or by a key with the scope `admin`."""

from __future__ import annotations

from typing import Any, ClassVar
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.http import Http404
from django.utils import timezone
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, extend_schema
from rest_framework.exceptions import PermissionDenied, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from tenants.access import capabilities_of_key, providers_with, tenants_with
from tenants.api.base import ApiView
from tenants.api.key_bodies import KeyEndSerializer, KeySerializer, KeyWishSerializer, NewKeySerializer
from tenants.api.paging import listed
from tenants.api_keys import make_key, revoke_key
from tenants.key_reach import check_key, check_reach, managed_keys, providers_to_name
from tenants.models import ApiKey, Provider, Tenant, User
from tenants.roles import Capability

STATES = ("active", "expired", "revoked")
TAGS = ["Keys"]
_ID = "0197a6c2-4b1e-7c7e-9a51-3f2f5d1c9b10"
_KEY: dict[str, Any] = {
    "id": _ID,
    "name": "mx1 rsyslog",
    "begins_with": "sai_Zk3rT9aQ",
    "state": "active",
    "tenant": "acme",
    "provider": None,
    "tenants": None,
    "scopes": ["ingest"],
    "networks": ["192.0.2.0/24"],
    "expires_at": "2027-11-17T00:00:00Z",
    "revoked_at": None,
    "last_used_at": "2026-11-17T08:11:05Z",
    "last_used_from": "192.0.2.25",
    "created_at": "2026-11-16T15:02:40Z",
    "created_by": "alice@north.example",
    "made_with": None,
}
_WISH = {
    "name": "mx1 rsyslog",
    "tenant": "acme",
    "scopes": ["ingest"],
    "networks": ["192.0.2.0/24"],
    "expires_at": "2027-11-17T00:00:00Z",
}
_MADE = _KEY | {
    "last_used_at": None,
    "last_used_from": None,
    "key": "sai_Zk3rT9aQ_9fJm0c3vQeB7sXw1LrTzK5yHn8uPdG2aVoE4iCxWb6M_1c9e4a7d",
}
_MANAGES = {"GET": Capability.MANAGE_KEYS, "POST": Capability.MANAGE_KEYS}


class KeyView(ApiView):
    """What all endpoints about keys have in common: they are for those who manage keys somewhere."""

    capabilities: ClassVar[dict[str, Capability]] = _MANAGES

    def enter(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Refuse a key without the scope `admin` and a person who owns nothing."""
        if isinstance(self.caller, ApiKey):
            manages = Capability.MANAGE_KEYS in capabilities_of_key(self.caller)
        else:
            manages = any(
                found(self.caller, Capability.MANAGE_KEYS).exists()
                for found in (tenants_with, providers_with)
            )
        if not manages:
            raise PermissionDenied(
                f"This needs the right “{Capability.MANAGE_KEYS}” somewhere, which you do not have."
            )

    def find(self, key_id: UUID) -> ApiKey:
        """Return a key that the caller manages; raise Http404."""
        key = managed_keys(self.caller).filter(pk=key_id).first()
        if key is None:
            raise Http404("No such key.")
        return key


class KeyList(KeyView):
    """The keys that the caller manages."""

    parameters: ClassVar[dict[str, frozenset[str]]] = {"GET": frozenset({"tenant", "state"})}

    @extend_schema(
        operation_id="keys_list",
        summary="List keys",
        description="Lists the keys that the caller manages, by name: a person those of the tenants and providers "
        "that it owns, a key with the scope `admin` those that reach no further than itself. Texts of keys are "
        "never among it.",
        tags=TAGS,
        parameters=[
            OpenApiParameter(
                "tenant", str, description="Only keys that cover the tenant of this short name."
            ),
            OpenApiParameter("state", str, enum=STATES, description="Only keys in this state."),
        ],
        responses=listed(KeySerializer),
        examples=[OpenApiExample("Keys", {"results": [_KEY]}, response_only=True)],
    )
    def get(self, request: Request) -> Response:
        """List the keys."""
        now = timezone.now()
        keys = managed_keys(self.caller).prefetch_related("tenants").order_by("name", "prefix")
        if (slug := request.query_params.get("tenant")) is not None:
            keys = keys.filter(self._covering(slug))
        state = request.query_params.get("state")
        if state is not None and state not in STATES:
            raise ValidationError({"state": [f"can be {', '.join(STATES)}."]})
        found = [key for key in keys if state is None or key.state(now) == state]
        return Response({"results": KeySerializer(found, many=True, context={"now": now}).data})

    @extend_schema(
        operation_id="keys_create",
        summary="Make a key",
        description="Makes a key of a tenant, or of a provider for all or some of its tenants. `key` is its text: it "
        "is in this answer and nowhere else. A key makes none that reaches further than itself: no other tenants, "
        "scopes or networks, and no longer.",
        tags=TAGS,
        request=KeyWishSerializer,
        responses={201: NewKeySerializer},
        examples=[
            OpenApiExample("For one mail server", _WISH, request_only=True),
            OpenApiExample(
                "For two customers of a provider",
                {
                    "name": "dashboard",
                    "provider": "north",
                    "tenants": ["acme", "globex"],
                    "scopes": ["reports:read"],
                },
                request_only=True,
            ),
            OpenApiExample("The new key", _MADE, response_only=True, status_codes=["201"]),
        ],
    )
    def post(self, request: Request) -> Response:
        """Make a key."""
        wish = KeyWishSerializer(data=request.data)
        wish.is_valid(raise_exception=True)
        asked, now = dict(wish.validated_data), timezone.now()
        maker = self.caller if isinstance(self.caller, ApiKey) else None
        asked.setdefault("networks", list(maker.networks) if maker else [])
        asked.setdefault("expires_at", maker.expires_at if maker else None)
        asked |= self._place(asked)
        check_key(networks=asked["networks"], expires_at=asked["expires_at"], now=now)
        if maker is not None:
            limits = {name: asked[name] for name in ("scopes", "networks", "expires_at")}
            check_reach(maker, **limits)
        with transaction.atomic():
            person = self.caller if isinstance(self.caller, User) else None
            key, text = make_key(**asked, created_by=person, made_with=maker)
        key.key = text  # type: ignore[attr-defined]  # for the answer alone
        return Response(NewKeySerializer(key, context={"now": now}).data, status=201)

    def _covering(self, slug: str) -> Q:
        tenant = tenants_with(self.caller, Capability.MANAGE_KEYS).filter(slug=slug).first()
        if tenant is None:
            raise ValidationError({"tenant": ["There is no tenant of this name whose keys you manage."]})
        of_provider = Q(provider=tenant.provider_id) & (Q(all_tenants=True) | Q(tenants=tenant))
        return Q(tenant=tenant) | of_provider if tenant.provider_id else Q(tenant=tenant)

    def _place(self, asked: dict[str, Any]) -> dict[str, Tenant | Provider | list[Tenant] | None]:
        """Return the tenant, or the provider and its tenants, that the wish names; raise ValidationError."""
        mine = tenants_with(self.caller, Capability.MANAGE_KEYS)
        if asked["tenant"] is not None:
            tenant = mine.filter(slug=asked["tenant"]).first()
            if tenant is None:
                raise ValidationError({"tenant": ["There is no tenant of this name whose keys you manage."]})
            return {"tenant": tenant, "provider": None, "tenants": None}
        provider = providers_to_name(self.caller).filter(slug=asked["provider"]).first()
        if provider is None:
            raise ValidationError({"provider": ["There is no provider of this name whose keys you manage."]})
        if asked["tenants"] is None:
            if not providers_with(self.caller, Capability.MANAGE_KEYS).filter(pk=provider.pk).exists():
                raise ValidationError({"tenants": ["Your key covers some tenants only: name them."]})
            return {"tenant": None, "provider": provider, "tenants": None}
        named = {tenant.slug: tenant for tenant in mine.filter(provider=provider, slug__in=asked["tenants"])}
        unknown = sorted(set(asked["tenants"]) - set(named))
        if unknown:
            reason = (
                f"The provider has no tenants of these names whose keys you manage: {', '.join(unknown)}."
            )
            raise ValidationError({"tenants": [reason]})
        return {"tenant": None, "provider": provider, "tenants": list(named.values())}


class KeyDetail(KeyView):
    """One key."""

    @extend_schema(
        operation_id="keys_read",
        summary="Read a key",
        description="Returns a key that the caller manages, without its text.",
        tags=TAGS,
        responses=KeySerializer,
        examples=[OpenApiExample("A key", _KEY, response_only=True)],
    )
    def get(self, request: Request, **kwargs: Any) -> Response:
        """Return the key."""
        return Response(KeySerializer(self.find(kwargs["id"]), context={"now": timezone.now()}).data)


class KeyRevocation(KeyView):
    """The end of a key."""

    @extend_schema(
        operation_id="keys_revoke",
        summary="Revoke a key",
        description="Ends a key at once: the next request with it is a 401. It stays in the list, and a key that was "
        "revoked before keeps its time. A key may revoke itself. With `with_made`, the keys that it made, and those "
        "that they made, end with it: for a key that was lost.",
        tags=TAGS,
        request=KeyEndSerializer,
        responses=KeySerializer,
        examples=[
            OpenApiExample("With all that it made", {"with_made": True}, request_only=True),
            OpenApiExample(
                "A revoked key",
                _KEY | {"state": "revoked", "revoked_at": "2026-11-18T09:00:00Z"},
                response_only=True,
            ),
        ],
    )
    def post(self, request: Request, **kwargs: Any) -> Response:
        """Revoke the key."""
        now = timezone.now()
        key = self.find(kwargs["id"])
        end = KeyEndSerializer(data=request.data)
        end.is_valid(raise_exception=True)
        revoke_key(key, now=now, with_made=end.validated_data["with_made"])
        key.refresh_from_db()
        return Response(KeySerializer(key, context={"now": now}).data)
