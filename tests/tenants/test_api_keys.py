"""Keys: shown once, found again, and refused when they are wrong, over, or used from elsewhere."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from tenants.access import capabilities_of, tenants_of
from tenants.api_keys import find_key, make_key, note_use, revoke_key
from tenants.models import ApiKey
from tenants.roles import Capability, Scope
from tests.cast import Cast

NOW = datetime(2026, 6, 3, 12, tzinfo=UTC)
pytestmark = pytest.mark.django_db


def test_key_is_found_by_its_text_and_its_secret_is_not_kept(cast: Cast) -> None:
    key, text = make_key(name="mx1", scopes=[Scope.INGEST], tenant=cast.acme)
    assert find_key(text, now=NOW) == key
    row = ApiKey.objects.filter(pk=key.pk).values().get()
    secret = text.split("_", 2)[2].rpartition("_")[0]
    assert secret not in str({**row, "digest": bytes(row["digest"])})


@pytest.mark.parametrize("place", [4, 12, 13, 30, 56, 57, 64])
def test_key_with_another_character_is_not_found(cast: Cast, place: int) -> None:
    _, text = make_key(name="mx1", scopes=[Scope.READ], tenant=cast.acme)
    other = "B" if text[place] != "B" else "C"
    assert find_key(text[:place] + other + text[place + 1 :], now=NOW) is None


@pytest.mark.parametrize(
    "text", ["", "sai_", "sai_AAAAAAAA_" + "A" * 43 + "_00000000", "x" * 5000, "sai_ÄÄÄÄÄÄÄÄ_"]
)
def test_text_that_is_no_key_is_not_found(text: str) -> None:
    assert find_key(text, now=NOW) is None


def test_key_ends_when_it_expires_and_when_it_is_revoked(cast: Cast) -> None:
    key, text = make_key(name="mx1", scopes=[Scope.READ], tenant=cast.acme, expires_at=NOW)
    assert find_key(text, now=NOW - timedelta(seconds=1)) == key
    assert find_key(text, now=NOW) is None
    revoke_key(key, now=NOW - timedelta(days=1))
    assert find_key(text, now=NOW - timedelta(hours=1)) is None


def test_key_outlives_a_new_pepper_and_ends_with_its_own(cast: Cast, settings: Any) -> None:
    settings.API_KEY_PEPPERS = {"1": "first"}
    key, text = make_key(name="mx1", scopes=[Scope.READ], tenant=cast.acme)
    settings.API_KEY_PEPPERS = {"2": "second", "1": "first"}
    assert find_key(text, now=NOW) == key
    assert make_key(name="mx2", scopes=[Scope.READ], tenant=cast.acme)[0].pepper == "2"
    settings.API_KEY_PEPPERS = {"2": "second"}
    assert find_key(text, now=NOW) is None


def test_key_admits_its_networks_only(cast: Cast) -> None:
    key, _ = make_key(
        name="mx1", scopes=[Scope.READ], tenant=cast.acme, networks=["192.0.2.0/24", "2001:db8::1"]
    )
    assert [key.admits(address) for address in ("192.0.2.7", "192.0.3.7", "2001:db8::1", "2001:db8::2", "", "x")] == [
        True, False, True, False, False, False,
    ]  # fmt: skip


def test_tenant_key_covers_its_tenant(cast: Cast) -> None:
    key, _ = make_key(name="mx1", scopes=[Scope.READ], tenant=cast.acme)
    assert list(tenants_of(key)) == [cast.acme]
    assert capabilities_of(key, cast.acme) == {Capability.VIEW}
    assert capabilities_of(key, cast.globex) == frozenset()


def test_provider_key_covers_all_or_the_named_tenants_of_its_provider_only(cast: Cast) -> None:
    provider = cast.acme.provider
    assert provider is not None
    everywhere, _ = make_key(name="all", scopes=[Scope.ADMIN], provider=provider)
    named, _ = make_key(name="some", scopes=[Scope.INGEST], provider=provider, tenants=[cast.acme])
    assert set(tenants_of(everywhere)) == set(provider.tenants.all())
    assert list(tenants_of(named)) == [cast.acme]
    assert capabilities_of(everywhere, cast.acme) == frozenset(Capability)
    assert capabilities_of(named, cast.acme) == {Capability.IMPORT}


@pytest.mark.parametrize(
    "wrong",
    [
        {"scopes": []},
        {"networks": ["192.0.2.0/33"]},
        {"networks": ["192.0.2.1/24"]},
        {"name": ""},
        {"scopes": ["root"]},
    ],
    ids=["no scope", "bad mask", "host bits", "no name", "unknown scope"],
)
def test_key_that_makes_no_sense_is_refused(cast: Cast, wrong: dict[str, object]) -> None:
    asked: dict[str, object] = {"name": "mx1", "scopes": [Scope.READ], "tenant": cast.acme, **wrong}
    with pytest.raises(ValidationError):
        make_key(**asked)  # type: ignore[arg-type]
    assert not ApiKey.objects.exists()


def test_provider_key_for_a_stranger_is_refused(cast: Cast) -> None:
    provider = cast.acme.provider
    with pytest.raises(ValidationError, match="Only tenants of the provider"):
        make_key(name="all", scopes=[Scope.READ], provider=provider, tenants=[cast.initech])


def test_use_is_noted_once_a_minute(cast: Cast) -> None:
    key, _ = make_key(name="mx1", scopes=[Scope.READ], tenant=cast.acme)
    for seconds, address in ((0, "192.0.2.1"), (30, "192.0.2.2"), (61, "192.0.2.3")):
        note_use(ApiKey.objects.get(pk=key.pk), address=address, now=NOW + timedelta(seconds=seconds))
    key.refresh_from_db()
    assert (key.last_used_at, key.last_used_from) == (NOW + timedelta(seconds=61), "192.0.2.3")
