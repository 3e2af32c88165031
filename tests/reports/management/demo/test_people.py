"""The demo's customers and people: made once, with one password that is in no file of the repository."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from insights.demo.story import DemoProvider, demo_story
from reports.management.demo.people import PEOPLE, Found, demo_password, fill_in, look_around
from tenants.access import tenants_of
from tenants.models import Membership, Provider, SenderDomain, Tenant, User
from tenants.scope import tenant_scope
from tests.factories import make_tenant


@pytest.fixture(scope="module")
def told() -> list[DemoProvider]:
    return demo_story(now=datetime(2026, 11, 24, 9, 30, tzinfo=UTC), seed=1)


def test_password_is_made_once_and_private(tmp_path: Path) -> None:
    password, is_new = demo_password(tmp_path / "demo")
    assert is_new
    assert len(password) == 12
    assert (tmp_path / "demo" / "password").stat().st_mode & 0o777 == 0o600
    assert demo_password(tmp_path / "demo") == (password, False)
    assert demo_password(tmp_path / "another")[0] != password


@pytest.mark.django_db
def test_everybody_can_log_in_and_sees_their_own_customers(told: list[DemoProvider]) -> None:
    fill_in(told, password="word of today", is_new=True)
    seen = {}
    for person in PEOPLE:
        user = User.objects.get(email=person.email)
        assert user.check_password("word of today")
        assert user.is_superuser == user.is_staff == (person.role is None)
        seen[person.name] = sorted(tenants_of(user).values_list("slug", flat=True))
    northwind = ["alpenglow", "fenwick-dental", "hangang", "harbor-pine", "lindner", "prairie-seed"]
    assert seen == {
        "Olivia Hart": northwind,
        "Tarik Aydin": northwind,
        "Rosa Lind": northwind,
        "Fay Fenwick": ["fenwick-dental"],
        "Sam Okafor": ["kestrel"],
        "The operator": [],
    }


@pytest.mark.django_db
def test_customers_have_their_own_zones_and_accepted_domains(told: list[DemoProvider]) -> None:
    fill_in(told, password="word of today", is_new=True)
    assert Tenant.objects.values("time_zone").distinct().count() == 7
    hangang = Tenant.objects.get(slug="hangang")
    with tenant_scope([hangang.pk]):
        accepted = list(SenderDomain.objects.filter(is_accepted=True).values_list("domain", flat=True))
    assert accepted == ["hangang-express.example", "hangang.example"]


@pytest.mark.django_db
def test_filling_in_again_changes_nothing(told: list[DemoProvider]) -> None:
    fill_in(told, password="word of today", is_new=True)
    Tenant.objects.filter(slug="lindner").update(name="Renamed in the browser")
    people = set(User.objects.values_list("email", "password"))
    fill_in(told, password="word of today", is_new=False)
    assert set(User.objects.values_list("email", "password")) == people
    assert Tenant.objects.get(slug="lindner").name == "Renamed in the browser"
    assert (Provider.objects.count(), Tenant.objects.count(), Membership.objects.count()) == (2, 7, 5)


@pytest.mark.django_db
def test_new_password_replaces_the_old_one(told: list[DemoProvider]) -> None:
    fill_in(told, password="word of yesterday", is_new=True)
    fill_in(told, password="word of today", is_new=True)
    assert [user.check_password("word of today") for user in User.objects.all()] == [True] * len(PEOPLE)


@pytest.mark.django_db
def test_customers_are_known_by_their_provider(told: list[DemoProvider]) -> None:
    make_tenant("acme")
    make_tenant("lindner")
    assert look_around(told) == Found(ours=[], namesakes=["lindner"], others=["acme"])
    Tenant.objects.get(slug="lindner").delete()
    fill_in(told, password="word of today", is_new=True)
    ours = sorted(tenant.slug for provider in told for tenant in provider.tenants)
    assert look_around(told) == Found(ours=ours, namesakes=[], others=["acme"])
