"""Who asks the API: keys of every reach, and people in sessions, with what each may do at each tenant.

The rights are written down once more: what the matrix expects is not read from the database or from the code.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.test import Client

from tenants.api_keys import make_key, revoke_key
from tenants.roles import CAPABILITIES, Capability, Scope
from tests.insights.web.week import NOW
from tests.isolation.world import ANONYMOUS, CANARIES, ROLES, World

_ALL = frozenset(Capability)
_OF_SCOPE = {
    "ingest": frozenset({Capability.IMPORT}),
    "read": frozenset({Capability.VIEW}),
    "request": frozenset({Capability.VIEW, Capability.REQUEST_REPORT}),
    "admin": _ALL,
}
_SCOPES = {
    "ingest": Scope.INGEST,
    "read": Scope.READ,
    "request": Scope.REQUEST,
    "admin": Scope.ADMIN,
}
_NORTH = {"acme": _ALL, "globex": _ALL}


@dataclass(frozen=True, slots=True)
class Caller:
    """What somebody may do at which tenants.

    `holds` are the rights of a key that covers no tenant; `is_known` is false for those who get a 401 everywhere.
    """

    rights: Mapping[str, frozenset[Capability]] = field(default_factory=dict)
    key: Mapping[str, Any] | None = None
    holds: frozenset[Capability] = frozenset()
    is_known: bool = True

    @property
    def everywhere(self) -> frozenset[Capability]:
        """What it may do anywhere at all."""
        return self.holds.union(*self.rights.values())


STRANGERS = {
    "no key": Caller(is_known=False),
    "made-up key": Caller(key={}, is_known=False),
    "revoked key": Caller(key={"tenant": "acme", "scope": "admin", "revoked": True}, is_known=False),
    "expired key": Caller(key={"tenant": "acme", "scope": "admin", "expired": True}, is_known=False),
    "key from elsewhere": Caller(
        key={"tenant": "acme", "scope": "admin", "networks": ["192.0.2.7"]}, is_known=False
    ),
}
KEYS = {
    **{
        f"acme {name}": Caller({"acme": rights}, {"tenant": "acme", "scope": name})
        for name, rights in _OF_SCOPE.items()
    },
    "globex admin": Caller({"globex": _ALL}, {"tenant": "globex", "scope": "admin"}),
    "initech admin": Caller({"initech": _ALL}, {"tenant": "initech", "scope": "admin"}),
    "north admin": Caller(_NORTH, {"provider": "north", "scope": "admin"}),
    "north read": Caller(dict.fromkeys(_NORTH, _OF_SCOPE["read"]), {"provider": "north", "scope": "read"}),
    "north admin of acme": Caller(
        {"acme": _ALL}, {"provider": "north", "scope": "admin", "tenants": ["acme"]}
    ),
    "north admin of globex": Caller(
        {"globex": _ALL}, {"provider": "north", "scope": "admin", "tenants": ["globex"]}
    ),
    "north admin of none": Caller(
        {}, {"provider": "north", "scope": "admin", "tenants": ["acme"], "bereft": True}, _ALL
    ),
    "south admin": Caller({"initech": _ALL}, {"provider": "south", "scope": "admin"}),
}
PEOPLE = {
    person: Caller({slug: CAPABILITIES[role] for slug, role in roles.items()})
    for person, roles in ROLES.items()
    if person not in {ANONYMOUS, "frank"}
} | {"frank": Caller(is_known=False)}
CALLERS = STRANGERS | KEYS | PEOPLE

AT_NORTH = {
    **dict.fromkeys(("north admin", "alice"), 200),
    **dict.fromkeys(("north read", "bob", "carol", "nick"), 403),
    **dict.fromkeys(("north admin of acme", "north admin of globex", "north admin of none"), 403),
}
"""What becomes of who asks about the provider itself: it is theirs, or they lack the right for all of its tenants.

To everybody else it is not there.
"""
SEEN_AT_NORTH = AT_NORTH | dict.fromkeys(("north read", "bob", "carol"), 200)
"""The same for what whoever may see all of its tenants may see."""


def make_clients(world: World) -> dict[str, Client]:
    """Make every key, and return a client for each caller; people's clients are made anew by `world.client`."""
    return {
        name: Client(headers={"Authorization": f"Bearer {_text(world, name, caller.key)}"})
        for name, caller in (STRANGERS | KEYS).items()
        if caller.key is not None
    } | {"no key": Client()}


def _text(world: World, name: str, key: Mapping[str, Any]) -> str:
    if not key:
        return "sai_Zk3rT9aQ_9fJm0c3vQeB7sXw1LrTzK5yHn8uPdG2aVoE4iCxWb6M_1c9e4a7d"
    tenants = key.get("tenants")
    made, text = make_key(
        name=f"matrix {name}",
        scopes=[_SCOPES[key["scope"]]],
        tenant=world.tenant(key["tenant"]) if "tenant" in key else None,
        provider=getattr(world.cast, key["provider"]) if "provider" in key else None,
        tenants=None if tenants is None else [world.tenant(slug) for slug in tenants],
        networks=key.get("networks", ()),
        expires_at=NOW - timedelta(seconds=1) if key.get("expired") else None,
    )
    if key.get("bereft"):
        made.tenants.clear()  # as when the tenants that it was made for are deleted
    if key.get("revoked"):
        revoke_key(made, now=NOW)
    return text


def hidden_from(caller: Caller) -> list[str]:
    """Return the tenants of which the caller may see nothing."""
    return [slug for slug in CANARIES if slug not in caller.rights]
