"""The administration: staff see the rows of the tenants that they are members of, also without the Python wall."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib import admin
from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.db.models import Model
from django.urls import get_resolver, reverse
from django.utils.http import urlencode

from insights.models import ImportOverlap, Submission
from tenants.models import User
from tenants.scope import TenantOwned, tenant_scope
from tests.isolation.reading import text_of
from tests.isolation.walls import Walls, standing
from tests.isolation.world import ANONYMOUS, CANARIES, World

admin.autodiscover()
REGISTERED = list(admin.site._registry)
OWNED = [model for model in REGISTERED if issubclass(model, TenantOwned)]
ABOVE = [model for model in REGISTERED if not issubclass(model, TenantOwned)]
OPERATORS_ONLY = {
    "auth.Group",
    "account.EmailAddress",
    "insights.SyslogListener",
    "tenants.ApiKey",
    "tenants.Webhook",
    "tenants.WebhookDelivery",
    "tenants.User",
    "tenants.Provider",
    "tenants.Membership",
}
WALLS = pytest.mark.parametrize("walls", [Walls.BOTH, Walls.DATABASE])


@pytest.fixture
def staffed(world: World) -> World:
    """Dora and the staff member without a membership may look at everything that the administration has."""
    rights = Permission.objects.filter(
        content_type__in=ContentType.objects.get_for_models(*REGISTERED).values()
    )
    User.objects.filter(pk=world.people["dora"].pk).update(is_staff=True)
    for name in ("dora", "staff"):
        world.people[name].user_permissions.set(rights)
    return world


def listing(world: World, person: str, model: type[Model], query: str = "days=all") -> Any:
    has_days = any(
        getattr(item, "parameter_name", "") == "days" for item in admin.site._registry[model].list_filter
    )
    url = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
    return world.client(person).get(f"{url}?{query}" if has_days else url)


def seen(text: str) -> set[str]:
    return {slug for slug, canary in CANARIES.items() if canary.is_in(text) or f">{slug.title()}<" in text}


@WALLS
def test_staff_see_their_own_tenants_rows_alone(staffed: World, walls: Walls) -> None:
    with standing(walls):
        found = {model.__name__: seen(text_of(listing(staffed, "dora", model))) for model in OWNED}
    assert found == {model.__name__: {"globex"} for model in OWNED}


@WALLS
def test_staff_without_a_membership_see_no_rows(staffed: World, walls: Walls) -> None:
    with standing(walls):
        found = {model.__name__: seen(text_of(listing(staffed, "staff", model))) for model in OWNED}
    assert found == {model.__name__: set() for model in OWNED}


def test_without_any_wall_staff_would_see_all(staffed: World) -> None:
    with standing(Walls.NONE):
        found = {model.__name__: seen(text_of(listing(staffed, "dora", model))) for model in OWNED}
    kept_to_one = {model.__name__ for model in OWNED if _shows_one(model)}
    assert {name for name, slugs in found.items() if slugs != set(CANARIES)} == kept_to_one


def _shows_one(model: type[Model]) -> bool:
    filters = admin.site._registry[model].list_filter
    return any(getattr(item, "__name__", "") == "OneTenantFilter" for item in filters)


def test_operator_sees_every_tenants_rows(staffed: World) -> None:
    found = {
        model.__name__: seen(text_of(listing(staffed, "root", model)))
        for model in OWNED
        if not _shows_one(model)
    }
    assert found == {name: set(CANARIES) for name in found}


@WALLS
@pytest.mark.parametrize("slug", CANARIES)
def test_single_row_is_found_at_ones_own_tenant_alone(staffed: World, walls: Walls, slug: str) -> None:
    found = {}
    for model in OWNED:
        with tenant_scope([staffed.tenant(slug).pk]):
            row: Any = model._default_manager.all()[0]
        place = {"tenant": row.tenant_id}
        if column := getattr(admin.site._registry[model], "placed_by", ""):
            place["at"] = getattr(row, column).isoformat()
        name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        for page in ("change", "history"):
            url = f"{reverse(f'{name}_{page}', args=[row.pk])}?{urlencode(place)}"
            with standing(walls):
                answer = staffed.client("dora").get(url)
            found[model.__name__, page] = (answer.status_code, seen(text_of(answer)) - {slug})
    own: tuple[int, set[str]] = (200, set()) if slug == "globex" else (302, set())
    assert found == dict.fromkeys(found, own)


def test_pages_of_people_are_the_operators_alone(staffed: World) -> None:
    """Whoever gives out roles, groups or addresses could take any tenant."""
    codes = {model._meta.label: listing(staffed, "dora", model).status_code for model in ABOVE}
    assert codes == {label: 403 if label in OPERATORS_ONLY else 200 for label in codes}
    tenants = text_of(staffed.client("dora").get(reverse("admin:tenants_tenant_changelist")))
    assert {slug for slug in CANARIES if slug.title() in tenants} == {"globex"}


def test_every_page_of_the_administration_is_for_staff(world: World) -> None:
    """Whoever is no staff is led to the login, or refused there; no page answers."""
    routes: Any = get_resolver().namespace_dict["admin"][1].reverse_dict
    named = {name for name in routes if isinstance(name, str)} - {"login", "logout"}
    assert len(named) > 5 * len(OWNED)
    samples = {"object_id": "x", "id": "x", "content_type_id": "1", "app_label": "tenants", "url": "x"}
    for name in sorted(named):
        arguments = routes[name][0][0][1]
        url = reverse(f"admin:{name}", kwargs={argument: samples[argument] for argument in arguments})
        for person in (ANONYMOUS, "alice"):
            answer = world.client(person).get(url)
            assert (name, answer.status_code) == (name, 302)
            assert answer["Location"].startswith("/admin/login/")


@WALLS
def test_lookups_of_the_administration_do_not_reach_other_tenants(staffed: World, walls: Walls) -> None:
    initech = staffed.tenant("initech")
    for model, query in (
        (Submission, f"days=all&tenant={initech.pk}"),
        (Submission, f"days=all&tenant={initech.pk}&q=salamander"),
        (ImportOverlap, f"tenant={initech.pk}"),
    ):
        with standing(walls):
            url = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
            answer = staffed.client("dora").get(f"{url}?{query}")
        text = text_of(answer)
        assert CANARIES["initech"].client_ip not in text
        assert "Salamander@" not in text
