"""Keys over the API: shown once, listed to who manages them, never reaching further than what makes them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from tenants.api_keys import find_key, make_key
from tenants.models import ApiKey, User
from tenants.roles import Scope
from tests.api import Api, api_with, provider_api, tenant_api
from tests.cast import Cast

ClientOf = Callable[[User], Client]
pytestmark = pytest.mark.django_db


def wish(**asked: Any) -> dict[str, Any]:
    return {"name": "mx1", "tenant": "acme", "scopes": ["ingest"], **asked}


def fields(problem: dict[str, Any]) -> set[str]:
    return {error["field"] for error in problem["errors"]}


def later(**span: int) -> str:
    return f"{datetime.now(UTC).replace(microsecond=0) + timedelta(**span):%Y-%m-%dT%H:%M:%SZ}"


def admin_of(cast: Cast, **limits: Any) -> Api:
    return api_with(make_key(name="maker", scopes=[Scope.ADMIN], tenant=cast.acme, **limits)[1])


def test_key_is_made_with_what_was_asked_and_works_at_once(cast: Cast) -> None:
    end = later(days=30)
    made = tenant_api(cast.acme, Scope.ADMIN).write(
        "keys/", wish(scopes=["reports:read", "ingest", "ingest"], networks=["127.0.0.0/8"], expires_at=end)
    )
    text = made.pop("key")
    assert api_with(text).read("tenants/acme/")["slug"] == "acme"
    key = ApiKey.objects.get(pk=made.pop("id"))
    assert find_key(text, now=datetime.now(UTC)) == key
    assert made.pop("created_at").endswith("Z")
    assert made == {
        "name": "mx1",
        "begins_with": text[:12],
        "state": "active",
        "tenant": "acme",
        "provider": None,
        "tenants": None,
        "scopes": ["ingest", "reports:read"],
        "networks": ["127.0.0.0/8"],
        "expires_at": end,
        "revoked_at": None,
        "last_used_at": None,
        "last_used_from": None,
        "created_by": None,
        "made_with": str(ApiKey.objects.get(name="test").pk),
    }


def test_text_of_a_key_is_in_no_later_answer(cast: Cast) -> None:
    api = tenant_api(cast.acme, Scope.ADMIN)
    made = api.write("keys/", wish())
    secret = made["key"].split("_", 2)[2]
    for path in ("keys/", f"keys/{made['id']}/"):
        found = api.get(f"/api/v1/{path}")
        assert found.status_code == 200
        assert made["begins_with"] in found.content.decode()
        assert secret not in found.content.decode()


def test_person_makes_keys_of_what_it_owns(cast: Cast, client_of: ClientOf) -> None:
    def ask(person: User, **asked: Any) -> Any:
        body = wish(**asked)
        return client_of(person).post("/api/v1/keys/", body, content_type="application/json")

    made = ask(cast.alice).json()
    assert (made["created_by"], made["tenant"]) == (cast.alice.email, "acme")
    whole = ask(cast.alice, tenant=None, provider="north").json()
    assert (whole["provider"], whole["tenants"]) == ("north", None)
    some = ask(cast.alice, tenant=None, provider="north", tenants=["globex"]).json()
    assert (some["provider"], some["tenants"]) == ("north", ["globex"])
    assert fields(ask(cast.alice, tenant="initech").json()) == {"tenant"}
    assert fields(ask(cast.alice, tenant=None, provider="south").json()) == {"provider"}
    assert fields(ask(cast.alice, tenant=None, provider="north", tenants=["initech"]).json()) == {"tenants"}
    for person in (cast.bob, cast.carol, cast.dora, cast.eve):
        assert ask(person).status_code == 403
    assert ApiKey.objects.count() == 3


def test_what_is_not_there_is_told_like_what_is_somebody_elses(cast: Cast) -> None:
    api = tenant_api(cast.acme, Scope.ADMIN)
    missing = api.write("keys/", wish(tenant="nowhere"), 400)
    assert (
        api.write("keys/", wish(tenant="globex"), 400)
        == missing
        == api.write("keys/", wish(tenant="initech"), 400)
    )
    assert api.read("keys/", 400, tenant="globex") == api.read("keys/", 400, tenant="nowhere")
    stranger, _ = make_key(name="x", scopes=[Scope.READ], tenant=cast.initech)
    for verb, path in ((api.read, "keys/{}/"), (lambda p, s: api.write(p, None, s), "keys/{}/revoke/")):
        assert verb(path.format(stranger.pk), 404) == verb(path.format(uuid4()), 404)
    stranger.refresh_from_db()
    assert stranger.revoked_at is None


@pytest.mark.parametrize("scope", [Scope.INGEST, Scope.READ, Scope.REQUEST])
def test_key_without_admin_is_refused_everywhere(cast: Cast, scope: Scope) -> None:
    key, text = make_key(name="weak", scopes=[scope], tenant=cast.acme)
    api = api_with(text)
    api.read("keys/", 403)
    api.write("keys/", wish(), 403)
    api.read(f"keys/{key.pk}/", 403)
    api.write(f"keys/{key.pk}/revoke/", None, 403)
    assert ApiKey.objects.count() == 1


@pytest.mark.parametrize(
    ("limits", "asked", "wrong"),
    [
        ({"networks": ["127.0.0.0/8"]}, {"networks": []}, "networks"),
        ({"networks": ["127.0.0.0/8"]}, {"networks": ["127.0.0.1", "192.0.2.1"]}, "networks"),
        ({"expires_at": datetime.now(UTC) + timedelta(days=5)}, {"expires_at": None}, "expires_at"),
        ({"expires_at": datetime.now(UTC) + timedelta(days=5)}, {"expires_at": later(days=6)}, "expires_at"),
        ({}, {"tenant": "globex"}, "tenant"),
        ({}, {"tenant": None, "provider": "north"}, "provider"),
    ],
)
def test_key_makes_none_that_reaches_further(
    cast: Cast, limits: dict[str, Any], asked: dict[str, Any], wrong: str
) -> None:
    assert fields(admin_of(cast, **limits).write("keys/", wish(**asked), 400)) == {wrong}
    assert ApiKey.objects.count() == 1


def test_networks_and_end_are_those_of_the_maker_where_nothing_is_said(cast: Cast) -> None:
    end = datetime.now(UTC).replace(microsecond=0) + timedelta(days=5)
    made = admin_of(cast, networks=["127.0.0.0/8"], expires_at=end).write("keys/", wish())
    assert (made["networks"], made["expires_at"]) == (["127.0.0.0/8"], f"{end:%Y-%m-%dT%H:%M:%SZ}")


def test_provider_key_for_some_tenants_stays_within_them(cast: Cast) -> None:
    api = provider_api(cast.north, Scope.ADMIN, tenants=[cast.acme])
    assert fields(api.write("keys/", wish(tenant="globex"), 400)) == {"tenant"}
    whole = api.write("keys/", wish(tenant=None, provider="north"), 400)
    assert fields(whole) == {"tenants"}
    both = api.write("keys/", wish(tenant=None, provider="north", tenants=["acme", "globex"]), 400)
    assert "globex" in both["detail"]
    assert "acme" not in both["detail"]
    assert api.write("keys/", wish(tenant=None, provider="north", tenants=["acme"]))["tenants"] == ["acme"]
    assert api.write("keys/", wish())["tenant"] == "acme"


@pytest.mark.parametrize(
    ("asked", "wrong"),
    [
        ({"name": ""}, {"name"}),
        ({"name": "x" * 101}, {"name"}),
        ({"name": "a\0b"}, {"name"}),
        ({"scopes": []}, {"scopes"}),
        ({"scopes": ["root"]}, {"scopes.0"}),
        ({"scopes": "ingest"}, {"scopes"}),
        ({"networks": ["192.0.2.1/24"]}, {"networks.0"}),
        ({"networks": ["192.0.2.1", "anywhere"]}, {"networks.1"}),
        ({"networks": [f"192.0.2.{number}" for number in range(51)]}, {"networks"}),
        ({"networks": None}, {"networks"}),
        ({"expires_at": "2020-01-01T00:00:00Z"}, {"expires_at"}),
        ({"expires_at": "9999-12-31T23:59:59-12:00"}, {"expires_at"}),
        ({"expires_at": "0001-01-01T00:00:00+23:59"}, {"expires_at"}),
        ({"expires_at": "tomorrow"}, {"expires_at"}),
        ({"tenant": None}, {"tenant"}),
        ({"provider": "north"}, {"tenant"}),
        ({"tenants": ["acme"]}, {"tenants"}),
        ({"tenant": None, "provider": "north", "tenants": []}, {"tenants"}),
        ({"tenant": "no spaces"}, {"tenant"}),
        ({"network": ["192.0.2.1"], "colour": 1}, {"network", "colour"}),
    ],
)
def test_wish_that_makes_no_sense_names_every_mistake(
    cast: Cast, asked: dict[str, Any], wrong: set[str]
) -> None:
    api = provider_api(cast.north, Scope.ADMIN)
    assert fields(api.write("keys/", wish(**asked), 400)) == wrong
    assert ApiKey.objects.count() == 1


@pytest.mark.parametrize("body", [[], "x", None, 3, [{}]])
def test_body_that_is_no_object_is_a_400(cast: Cast, body: Any) -> None:
    tenant_api(cast.acme, Scope.ADMIN).write("keys/", body, 400)


def test_list_is_by_name_and_narrowed_by_tenant_and_state(cast: Cast) -> None:
    api = provider_api(cast.north, Scope.ADMIN)  # called “test”
    now = datetime.now(UTC)
    make_key(name="b", scopes=[Scope.READ], tenant=cast.acme)
    make_key(name="a", scopes=[Scope.READ], tenant=cast.globex, expires_at=now)
    make_key(name="c", scopes=[Scope.READ], provider=cast.north, tenants=[cast.globex])
    make_key(name="z", scopes=[Scope.READ], provider=cast.south)
    gone = make_key(name="d", scopes=[Scope.READ], tenant=cast.acme)[0]
    api.write(f"keys/{gone.pk}/revoke/", None, 200)

    def names(**query: Any) -> list[str]:
        return [key["name"] for key in api.read("keys/", **query)["results"]]

    assert names() == ["a", "b", "c", "d", "test"]
    assert names(tenant="globex") == ["a", "c", "test"]
    assert names(state="active") == ["b", "c", "test"]
    assert names(state="expired") == ["a"]
    assert names(state="revoked", tenant="acme") == ["d"]
    assert fields(api.read("keys/", 400, state="lost")) == {"state"}
    assert fields(api.read("keys/", 400, tenant="a\0")) == {"tenant"}
    assert fields(api.read("keys/", 400, colour="blue")) == {"colour"}


def test_revoked_key_is_refused_from_the_next_request_on_and_keeps_its_time(cast: Cast) -> None:
    api = tenant_api(cast.acme, Scope.ADMIN)
    made = api.write("keys/", wish(scopes=["reports:read"]))
    other = api_with(made["key"])
    other.read("tenants/acme/")
    revoked = api.write(f"keys/{made['id']}/revoke/", None, 200)
    assert revoked["state"] == "revoked"
    assert revoked["last_used_from"] == "127.0.0.1"
    other.read("tenants/acme/", 401)
    assert api.write(f"keys/{made['id']}/revoke/", None, 200)["revoked_at"] == revoked["revoked_at"]


def test_key_ends_with_all_that_it_made_only_where_that_is_asked(cast: Cast) -> None:
    api = tenant_api(cast.acme, Scope.ADMIN)
    lost = api.write("keys/", wish(name="lost", scopes=["admin"]))
    child = api_with(lost["key"]).write("keys/", wish(name="child", scopes=["admin"]))
    grandchild = api_with(child["key"]).write("keys/", wish(name="grandchild"))
    assert (child["made_with"], grandchild["made_with"]) == (lost["id"], child["id"])

    def states() -> dict[str, str]:
        return {key["name"]: key["state"] for key in api.read("keys/")["results"]}

    api.write(f"keys/{lost['id']}/revoke/", None, 200)
    assert states() == {"child": "active", "grandchild": "active", "lost": "revoked", "test": "active"}
    assert fields(api.write(f"keys/{lost['id']}/revoke/", {"with_made": "perhaps", "all": 1}, 400)) == {
        "with_made",
        "all",
    }
    api.write(f"keys/{lost['id']}/revoke/", {"with_made": True}, 200)
    assert states() == {"child": "revoked", "grandchild": "revoked", "lost": "revoked", "test": "active"}


def test_key_may_end_itself(cast: Cast) -> None:
    key, text = make_key(name="self", scopes=[Scope.ADMIN], tenant=cast.acme)
    api = api_with(text)
    assert api.write(f"keys/{key.pk}/revoke/", None, 200)["state"] == "revoked"
    api.read("keys/", 401)


@pytest.mark.parametrize("count", [1, 3])
def test_list_asks_the_same_number_of_questions_whatever_its_length(
    cast: Cast, count: int, django_assert_num_queries: Any
) -> None:
    for number in range(count):
        make_key(
            name=f"k{number}", scopes=[Scope.READ], provider=cast.north, tenants=[cast.acme, cast.globex]
        )
    key, text = make_key(name="reader", scopes=[Scope.ADMIN], provider=cast.north)
    ApiKey.objects.filter(pk=key.pk).update(last_used_at=datetime.now(UTC))
    api = api_with(text)
    with django_assert_num_queries(3):  # the key that asks, the keys, their tenants
        assert len(api.read("keys/")["results"]) == count + 1
