"""The pages of API keys: owners alone, the text seen once, one key a form, the end at once."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import pytest
from django.test import Client

from tenants.api_keys import find_key, make_key, revoke_key
from tenants.models import ApiKey, Tenant, User
from tenants.roles import Role, Scope
from tests.api import api_with
from tests.cast import Cast
from tests.factories import join
from tests.insights.web.week import words

ClientOf = Callable[[User], Client]
KEYS = "/t/acme/settings/keys/"
NORTH = "/providers/north/keys/"
_TEXT = re.compile(r"sai_[A-Za-z0-9]{8}_[A-Za-z0-9_-]{43}_[0-9a-f]{8}")
pytestmark = pytest.mark.django_db


def answers(**changed: Any) -> dict[str, Any]:
    return {
        "key_id": str(uuid4()),
        "name": "mx1",
        "scopes": ["ingest"],
        "networks": "",
        "last_day": "",
        **changed,
    }


def text_in(page: Any) -> str:
    """The one key whose text a page shows."""
    assert page.status_code == 200
    found: set[str] = set(_TEXT.findall(html.unescape(page.content.decode())))
    (text,) = found
    return text


def key_of(text: str) -> ApiKey:
    key = find_key(text, now=datetime.now(UTC))
    assert key is not None
    return key


@pytest.mark.parametrize("path", ["", "new/", "{key}/", "{key}/revoke/"])
def test_tenants_keys_are_its_owners_business(cast: Cast, client_of: ClientOf, path: str) -> None:
    key, _ = make_key(name="secretive", scopes=[Scope.READ], tenant=cast.acme)
    address = KEYS + path.format(key=key.pk)
    for person, status in (
        (cast.bob, 403),
        (cast.carol, 403),
        (cast.mallory, 404),
        (cast.dora, 404),
        (cast.eve, 404),
    ):
        for send in (client_of(person).get, client_of(person).post):
            if "revoke" in path and send.__name__ == "get":
                continue
            answer = send(address)
            assert answer.status_code in {status, 405}
            assert b"secretive" not in answer.content
    key.refresh_from_db()
    assert (ApiKey.objects.count(), key.revoked_at) == (1, None)
    assert Client().get(address).status_code in {302, 405}


@pytest.mark.parametrize("path", ["", "new/", "{key}/", "{key}/revoke/"])
def test_providers_keys_are_its_owners_business(cast: Cast, client_of: ClientOf, path: str) -> None:
    join(cast.eve, cast.north, Role.OWNER, sees_all=False)
    key, _ = make_key(name="secretive", scopes=[Scope.READ], provider=cast.north)
    address = NORTH + path.format(key=key.pk)
    for person, status in (
        (cast.bob, 403),
        (cast.carol, 403),
        (cast.eve, 403),
        (cast.mallory, 404),
        (cast.dora, 404),
    ):
        for send in (client_of(person).get, client_of(person).post):
            answer = send(address)
            assert answer.status_code in {status, 405}
            assert b"secretive" not in answer.content
    key.refresh_from_db()
    assert (ApiKey.objects.count(), key.revoked_at) == (1, None)


def test_new_key_is_shown_once_and_works(cast: Cast, client_of: ClientOf) -> None:
    alice = client_of(cast.alice)
    form = alice.get(f"{KEYS}new/").content.decode()
    key_id = re.search(r'name="key_id" value="([0-9a-f-]{36})"', form)
    assert key_id
    page = alice.post(
        f"{KEYS}new/",
        answers(
            key_id=key_id[1],
            scopes=["reports:read", "ingest"],
            networks=" 127.0.0.0/8,\n192.0.2.1 2001:db8::/32 ",
            last_day="2030-06-30",
        ),
    )
    text = text_in(page)
    assert "no-store" in page["Cache-Control"]
    key = key_of(text)
    assert (key.pk, key.tenant, key.created_by) == (UUID(key_id[1]), cast.acme, cast.alice)
    assert key.scopes == ["ingest", "reports:read"]
    assert key.networks == ["127.0.0.0/8", "192.0.2.1", "2001:db8::/32"]
    assert key.expires_at == datetime(2030, 7, 1, tzinfo=ZoneInfo("Europe/Berlin"))
    assert api_with(text).read("tenants/acme/")["slug"] == "acme"
    for path in (KEYS, f"{KEYS}{key.pk}/"):
        found = alice.get(path).content.decode()
        assert key.shown_prefix in found
        assert text.split("_", 2)[2] not in found


def test_form_that_is_sent_twice_makes_one_key(cast: Cast, client_of: ClientOf) -> None:
    alice, sent = client_of(cast.alice), answers()
    text_in(alice.post(f"{KEYS}new/", sent))
    again = alice.post(f"{KEYS}new/", sent)
    assert (again.status_code, again["Location"]) == (302, KEYS)
    assert "This key was made already." in words(alice.get(KEYS))
    assert ApiKey.objects.count() == 1


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"name": ""}, "This field is required."),
        ({"scopes": []}, "This field is required."),
        ({"scopes": ["root"]}, "Select a valid choice."),
        ({"networks": "192.0.2.1/24"}, "“192.0.2.1/24” is no address or network"),
        ({"networks": " ".join(f"192.0.2.{n}" for n in range(51))}, "At most 50 networks can be listed."),
        ({"last_day": "2020-01-01"}, "This lies in the past."),
        ({"last_day": "2999-01-01"}, "A key ends within ten years, or never."),
        ({"last_day": "9999-12-31"}, "A key ends within ten years, or never."),
        ({"last_day": "soon"}, "Enter a valid date."),
    ],
)
def test_wrong_answer_is_told_and_makes_no_key(
    cast: Cast, client_of: ClientOf, wrong: dict[str, Any], said: str
) -> None:
    page = client_of(cast.alice).post(f"{KEYS}new/", answers(**wrong))
    assert page.status_code == 200
    assert said in words(page)
    assert not ApiKey.objects.exists()


def test_list_shows_what_works_first_and_nothing_of_other_places(cast: Cast, client_of: ClientOf) -> None:
    places: list[tuple[str, dict[str, Any]]] = [
        ("works", {"tenant": cast.acme}),
        ("bygone", {"tenant": cast.acme, "expires_at": datetime.now(UTC)}),
        ("globex-key", {"tenant": cast.globex}),
        ("north-key", {"provider": cast.north}),
        ("south-key", {"provider": cast.south}),
    ]
    for name, place in places:
        make_key(name=name, scopes=[Scope.READ], **place)
    page = words(client_of(cast.alice).get(KEYS))
    assert page.index("works") < page.index("1 key has ended") < page.index("bygone")
    assert not [name for name in ("globex-key", "north-key", "south-key") if name in page]
    of_north = words(client_of(cast.alice).get(NORTH))
    assert "north-key" in of_north
    assert not [name for name in ("works", "globex-key", "south-key") if f"{name} sai_" in of_north]


def test_key_is_revoked_by_its_button(cast: Cast, client_of: ClientOf) -> None:
    alice = client_of(cast.alice)
    key, text = make_key(name="lost", scopes=[Scope.READ], tenant=cast.acme)
    page = alice.get(f"{KEYS}{key.pk}/")
    assert "Revoke this key" in words(page)
    done = alice.post(f"{KEYS}{key.pk}/revoke/")
    assert (done.status_code, done["Location"]) == (302, KEYS)
    assert find_key(text, now=datetime.now(UTC)) is None
    assert "“lost” is revoked." in words(alice.get(KEYS))
    assert "Revoke this key" not in words(alice.get(f"{KEYS}{key.pk}/"))
    assert alice.get(f"{KEYS}{key.pk}/revoke/").status_code == 405


def test_keys_that_a_key_made_are_shown_and_end_with_it_where_that_is_asked(
    cast: Cast, client_of: ClientOf
) -> None:
    alice = client_of(cast.alice)
    lost, _ = make_key(name="lost", scopes=[Scope.ADMIN], tenant=cast.acme)
    made, text = make_key(name="offspring", scopes=[Scope.READ], tenant=cast.acme, made_with=lost)
    ended, _ = make_key(name="bygone", scopes=[Scope.READ], tenant=cast.acme, made_with=made)
    revoke_key(ended, now=datetime.now(UTC))
    page = words(alice.get(f"{KEYS}{lost.pk}/"))
    assert f"Has made offspring {made.shown_prefix} Revoke this key" in page
    assert f"with the key “lost” ({lost.shown_prefix}…)" in words(alice.get(f"{KEYS}{made.pk}/"))
    alice.post(f"{KEYS}{lost.pk}/revoke/")
    assert find_key(text, now=datetime.now(UTC)) == made
    alice.post(f"{KEYS}{lost.pk}/revoke/", {"with_made": "yes"})
    assert find_key(text, now=datetime.now(UTC)) is None
    assert "“lost” and the keys that it made are revoked." in words(alice.get(KEYS))
    assert "Has made" not in words(alice.get(f"{KEYS}{lost.pk}/"))


@pytest.mark.parametrize("other", ["tenant", "provider", "other tenant"])
def test_key_of_another_place_is_not_found(cast: Cast, client_of: ClientOf, other: str) -> None:
    places: dict[str, dict[str, Any]] = {
        "tenant": {"provider": cast.north},
        "provider": {"tenant": cast.acme},
        "other tenant": {"tenant": cast.globex},
    }
    key, _ = make_key(name="elsewhere", scopes=[Scope.READ], **places[other])
    base = NORTH if other == "provider" else KEYS
    alice = client_of(cast.alice)
    assert alice.get(f"{base}{key.pk}/").status_code == 404
    assert alice.post(f"{base}{key.pk}/revoke/").status_code == 404
    key.refresh_from_db()
    assert key.revoked_at is None


def test_provider_key_is_for_every_customer_or_for_the_chosen(cast: Cast, client_of: ClientOf) -> None:
    alice = client_of(cast.alice)
    whole = key_of(text_in(alice.post(f"{NORTH}new/", answers(covers="all", tenants=[str(cast.acme.pk)]))))
    assert (whole.provider, whole.all_tenants, list(whole.tenants.all())) == (cast.north, True, [])
    some = key_of(text_in(alice.post(f"{NORTH}new/", answers(covers="some", tenants=[str(cast.globex.pk)]))))
    assert (some.all_tenants, list(some.tenants.all())) == (False, [cast.globex])
    none = alice.post(f"{NORTH}new/", answers(covers="some"))
    assert "Name at least one customer." in words(none)
    strange = alice.post(f"{NORTH}new/", answers(covers="some", tenants=[str(cast.initech.pk)]))
    assert "is not one of the available choices" in words(strange)
    assert "Initech" not in words(alice.get(f"{NORTH}new/"))
    assert ApiKey.objects.count() == 2
    listed = words(alice.get(NORTH))
    assert "Globex" in listed


def test_ways_to_the_pages_are_shown_to_owners_alone(cast: Cast, client_of: ClientOf) -> None:
    for person, shown in ((cast.alice, True), (cast.bob, False), (cast.carol, False)):
        settings = client_of(person).get("/t/acme/settings/").content.decode()
        assert (f'href="{KEYS}"' in settings) is shown
        assert (f'href="{NORTH}"' in client_of(person).get("/").content.decode()) is shown


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize("path", [KEYS, NORTH])
def test_list_asks_the_same_number_of_questions_whatever_its_length(
    cast: Cast, client_of: ClientOf, path: str, count: int, django_assert_num_queries: Any
) -> None:
    tenants: list[Tenant] = [cast.acme, cast.globex]
    for number in range(count):
        make_key(name=f"a{number}", scopes=[Scope.READ], tenant=cast.acme)
        make_key(name=f"n{number}", scopes=[Scope.READ], provider=cast.north, tenants=tenants)
    alice = client_of(cast.alice)
    with django_assert_num_queries(QUESTIONS[path]):
        page = alice.get(path)
    assert page.content.count(b"data-row-link") == count


QUESTIONS = {KEYS: 12, NORTH: 7}
