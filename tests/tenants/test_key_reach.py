"""Who manages which keys, and that no key makes one that reaches further than itself."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404

from tenants.access import Caller, get_provider, providers_with, tenants_with
from tenants.api_keys import make_key
from tenants.key_reach import check_key, check_reach, managed_keys, providers_to_name
from tenants.models import ApiKey, User
from tenants.roles import Capability, Role, Scope
from tests.cast import Cast
from tests.factories import join

NOW = datetime(2026, 6, 3, 12, tzinfo=UTC)
MANAGE = Capability.MANAGE_KEYS
pytestmark = pytest.mark.django_db


@pytest.fixture
def keys(cast: Cast) -> dict[str, ApiKey]:
    """A key with every scope at each place there is, by name."""
    placed: dict[str, dict[str, Any]] = {
        "acme": {"tenant": cast.acme},
        "globex": {"tenant": cast.globex},
        "initech": {"tenant": cast.initech},
        "north": {"provider": cast.north},
        "north acme": {"provider": cast.north, "tenants": [cast.acme]},
        "north both": {"provider": cast.north, "tenants": [cast.acme, cast.globex]},
        "south": {"provider": cast.south},
    }
    return {name: make_key(name=name, scopes=[Scope.ADMIN], **at)[0] for name, at in placed.items()}


def managed(caller: Caller) -> set[str]:
    return set(managed_keys(caller).values_list("name", flat=True))


def test_person_manages_the_keys_of_what_it_owns(cast: Cast, keys: dict[str, ApiKey]) -> None:
    join(cast.eve, cast.acme, Role.OWNER)
    assert managed(cast.alice) == {"acme", "globex", "north", "north acme", "north both"}
    assert managed(cast.mallory) == {"initech", "south"}
    assert managed(cast.eve) == {"acme"}
    assert [managed(person) for person in (cast.bob, cast.carol, cast.dora, AnonymousUser())] == [set()] * 4


def test_key_manages_what_reaches_no_further_than_itself(cast: Cast, keys: dict[str, ApiKey]) -> None:
    assert {name: managed(key) for name, key in keys.items()} == {
        "acme": {"acme"},
        "globex": {"globex"},
        "initech": {"initech"},
        "north": {"acme", "globex", "north", "north acme", "north both"},
        "north acme": {"acme", "north acme"},
        "north both": {"acme", "globex", "north acme", "north both"},
        "south": {"initech", "south"},
    }


@pytest.mark.parametrize("scope", [scope for scope in Scope if scope != Scope.ADMIN])
def test_key_without_admin_manages_nothing(cast: Cast, keys: dict[str, ApiKey], scope: Scope) -> None:
    places: list[dict[str, Any]] = [
        {"tenant": cast.acme},
        {"provider": cast.north},
        {"provider": cast.north, "tenants": [cast.acme]},
    ]
    for place in places:
        key, _ = make_key(name="weak", scopes=[scope], **place)
        assert managed(key) == set()
        assert not providers_to_name(key).exists()


def test_owner_who_sees_some_tenants_manages_no_provider(cast: Cast, keys: dict[str, ApiKey]) -> None:
    join(cast.eve, cast.north, Role.OWNER, sees_all=False)
    join(cast.eve, cast.globex, Role.OWNER)
    assert managed(cast.eve) == {"globex"}
    assert not providers_with(cast.eve, MANAGE).exists()
    with pytest.raises(PermissionDenied):
        get_provider(cast.eve, "north", MANAGE)


def test_right_at_one_tenant_is_not_lent_to_another(cast: Cast) -> None:
    join(cast.dora, cast.acme, Role.OWNER)
    assert list(tenants_with(cast.dora, MANAGE)) == [cast.acme]
    assert list(tenants_with(cast.dora, Capability.VIEW)) == [cast.acme, cast.globex]
    User.objects.filter(pk=cast.dora.pk).update(is_active=False)
    cast.dora.refresh_from_db()
    assert not tenants_with(cast.dora, MANAGE).exists()


def test_provider_is_found_by_its_owners_alone(cast: Cast) -> None:
    assert get_provider(cast.alice, "north", MANAGE) == cast.north
    for person in (cast.bob, cast.carol):
        with pytest.raises(PermissionDenied):
            get_provider(person, "north", MANAGE)
    for person, slug in ((cast.mallory, "north"), (cast.dora, "north"), (cast.alice, "nowhere")):
        with pytest.raises(Http404):
            get_provider(person, slug, MANAGE)


def test_provider_key_names_its_provider(cast: Cast, keys: dict[str, ApiKey]) -> None:
    assert list(providers_to_name(keys["north acme"])) == [cast.north]
    assert not providers_to_name(keys["acme"]).exists()
    assert not providers_with(keys["north acme"], MANAGE).exists()


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ({"scopes": ["admin"]}, None),
        ({"networks": []}, "networks"),
        ({"networks": ["192.0.2.0/25", "198.51.100.1"]}, "networks"),
        ({"networks": ["192.0.0.0/16"]}, "networks"),
        ({"networks": ["::/0"]}, "networks"),
        ({"networks": ["192.0.2.7", "2001:db8::/48"]}, None),
        ({"expires_at": None}, "expires_at"),
        ({"expires_at": NOW + timedelta(days=2)}, "expires_at"),
        ({"expires_at": NOW + timedelta(hours=1)}, None),
    ],
)
def test_key_makes_none_that_reaches_further(cast: Cast, asked: dict[str, Any], field: str | None) -> None:
    maker, _ = make_key(
        name="maker",
        scopes=[Scope.ADMIN],
        tenant=cast.acme,
        networks=["192.0.2.0/24", "2001:db8::/32"],
        expires_at=NOW + timedelta(days=1),
    )
    wish = {"scopes": ["ingest"], "networks": ["192.0.2.9"], "expires_at": maker.expires_at, **asked}
    assert refused(lambda: check_reach(maker, **wish)) == ({field} if field else set())


def test_scopes_of_a_maker_without_admin_bound_those_it_makes(cast: Cast) -> None:
    maker, _ = make_key(name="maker", scopes=[Scope.REQUEST], tenant=cast.acme)
    wish: dict[str, Any] = {"networks": [], "expires_at": None}
    assert refused(lambda: check_reach(maker, scopes=["reports:read"], **wish)) == set()
    assert refused(lambda: check_reach(maker, scopes=["reports:read", "ingest"], **wish)) == {"scopes"}


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ({"expires_at": NOW}, "expires_at"),
        ({"expires_at": NOW + timedelta(days=4000)}, "expires_at"),
        ({"networks": [f"192.0.2.{number}" for number in range(51)]}, "networks"),
        ({"expires_at": NOW + timedelta(seconds=1), "networks": ["192.0.2.1"] * 50}, None),
    ],
)
def test_key_that_would_be_over_or_lists_too_much_is_refused(
    asked: dict[str, Any], field: str | None
) -> None:
    wish: dict[str, Any] = {"networks": [], "expires_at": None, **asked}
    assert refused(lambda: check_key(now=NOW, **wish)) == ({field} if field else set())


def refused(check: Any) -> set[str]:
    try:
        check()
    except ValidationError as error:
        return set(error.message_dict)
    return set()
