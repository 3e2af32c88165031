"""Which keys somebody manages, and how far a new key may reach: never beyond what makes it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from ipaddress import IPv4Network, IPv6Network, ip_network

from django.core.exceptions import ValidationError
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from tenants.access import Caller, capabilities_of_key, providers_with, tenants_with
from tenants.models import ApiKey, Provider
from tenants.roles import SCOPE_CAPABILITIES, Capability, Scope

LONGEST = timedelta(days=3660)
MAX_NETWORKS = 50


def managed_keys(caller: Caller) -> QuerySet[ApiKey]:
    """Return the keys that `caller` may look at and revoke, by name: those that reach nothing but what it manages.

    A person manages the keys of the tenants and providers it owns; a key with the scope `admin` those of the tenants
    that it covers, and its provider's keys that cover no others. One query.
    """
    theirs = Q(tenant__in=tenants_with(caller, Capability.MANAGE_KEYS)) | Q(
        provider__in=providers_with(caller, Capability.MANAGE_KEYS)
    )
    if isinstance(caller, ApiKey) and caller.provider_id is not None and not caller.all_tenants:
        covered = tenants_with(caller, Capability.MANAGE_KEYS)
        elsewhere = ApiKey.tenants.through.objects.filter(apikey=OuterRef("pk")).exclude(tenant__in=covered)
        named = Q(provider=caller.provider_id, all_tenants=False) & ~Q(Exists(elsewhere))
        theirs |= named if Capability.MANAGE_KEYS in capabilities_of_key(caller) else Q(pk=None)
    return ApiKey.objects.filter(theirs).select_related("tenant", "provider", "created_by").distinct()


def providers_to_name(caller: Caller) -> QuerySet[Provider]:
    """Return the providers that `caller` may make keys of: for all of the tenants, or for those it covers itself."""
    if isinstance(caller, ApiKey) and Capability.MANAGE_KEYS in capabilities_of_key(caller):
        return Provider.objects.filter(api_keys=caller)
    return providers_with(caller, Capability.MANAGE_KEYS)


def check_key(*, networks: Sequence[str], expires_at: datetime | None, now: datetime) -> None:
    """Raise ValidationError, by field, when a new key would be over at once or lists too much."""
    wrong: dict[str, str] = {}
    if expires_at is not None and expires_at <= now:
        wrong["expires_at"] = _("This lies in the past.")
    elif expires_at is not None and expires_at > now + LONGEST:
        wrong["expires_at"] = _("A key ends within ten years, or never.")
    if len(networks) > MAX_NETWORKS:
        wrong["networks"] = _("At most %(limit)d networks can be listed.") % {"limit": MAX_NETWORKS}
    if wrong:
        raise ValidationError(wrong)


def check_reach(
    maker: ApiKey, *, scopes: Sequence[Scope | str], networks: Sequence[str], expires_at: datetime | None
) -> None:
    """Raise ValidationError, by field, when a key made with the key `maker` would do more than that one.

    Which tenants it may name follows from `managed_keys`' own rule. `networks` must be valid.
    """
    wrong: dict[str, str] = {}
    granted = capabilities_of_key(maker)
    beyond = sorted(str(scope) for scope in scopes if not SCOPE_CAPABILITIES[Scope(scope)] <= granted)
    if beyond:
        wrong["scopes"] = _("Your key does not have: %(scopes)s.") % {"scopes": ", ".join(beyond)}
    if maker.networks and not (networks and all(_is_within(one, maker.networks) for one in networks)):
        wrong["networks"] = _(
            "Your key may be used from %(networks)s only, and so may those that it makes."
        ) % {"networks": ", ".join(maker.networks)}
    if maker.expires_at is not None and (expires_at is None or expires_at > maker.expires_at):
        wrong["expires_at"] = _("Your key ends at %(end)s, and those that it makes end no later.") % {
            "end": f"{maker.expires_at:%Y-%m-%dT%H:%M:%SZ}"
        }
    if wrong:
        raise ValidationError(wrong)


def _is_within(text: str, networks: Sequence[str]) -> bool:
    return any(_contains(ip_network(outer), ip_network(text)) for outer in networks)


def _contains(outer: IPv4Network | IPv6Network, inner: IPv4Network | IPv6Network) -> bool:
    if isinstance(outer, IPv4Network):
        return isinstance(inner, IPv4Network) and inner.subnet_of(outer)
    return isinstance(inner, IPv6Network) and inner.subnet_of(outer)
