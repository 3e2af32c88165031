"""Route × person × own and other tenant × method: a stranger finds nothing, a member without the right is refused."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import product
from typing import Any

import pytest
from django.conf import settings
from django.db import connection, transaction
from django.http import HttpResponse
from django.urls import reverse

from tenants.roles import CAPABILITIES
from tests.isolation.reading import content_of, text_of
from tests.isolation.routes import NOT_ALLOWED, OF_A_TENANT, OF_NO_TENANT, OF_SEVERAL, Found, url_map
from tests.isolation.world import ANONYMOUS, CANARIES, ROLES, World

SAMPLES = {"key": "x-y", "uidb36": "x"}


def test_suite_runs_as_the_running_role(world: World) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user, session_user")
        role = settings.DATABASES["default"]["USER"]
        assert cursor.fetchone() == (role, role)
    assert role != settings.DATABASES["owner"]["USER"]


def test_every_route_of_the_url_map_is_listed_once() -> None:
    routes = url_map()
    of_a_tenant = {name for name, route in routes.items() if route.is_of_a_tenant}
    assert of_a_tenant == set(OF_A_TENANT)
    assert set(routes) - of_a_tenant == set(OF_SEVERAL) | set(OF_NO_TENANT)
    assert not set(OF_SEVERAL) & set(OF_NO_TENANT)


def test_every_view_of_a_tenant_declares_its_right() -> None:
    undeclared = [route.name for route in url_map().values() if route.is_of_a_tenant and not route.capability]
    assert undeclared == []


def expected(route: Found, person: str, slug: str, method: str) -> int:
    """Work out the status from the declared right and the table of roles."""
    answers = OF_A_TENANT[route.name]
    permitted = answers.get if method == "get" else answers.post
    if permitted == NOT_ALLOWED:
        return permitted
    if person in {ANONYMOUS, "frank"}:
        return 302
    role = ROLES[person].get(slug)
    if role is None:
        return 404
    needed = {route.capability} | ({answers.post_needs} if method == "post" and answers.post_needs else set())
    return permitted if needed <= CAPABILITIES[role] else 403


def asked(world: World, route: Found, person: str, slug: str, method: str) -> HttpResponse:
    """Ask the route of `slug`, with its own ids, and take back what that changed."""
    samples = world.kwargs[slug]
    before = transaction.savepoint()
    url = reverse(route.name, kwargs={name: samples[name] for name in route.arguments})
    send: Callable[[str], Any] = getattr(world.client(person), method)
    response = send(url)
    content_of(response)
    transaction.savepoint_rollback(before)
    return response  # type: ignore[no-any-return]


def places(person: str) -> Iterator[tuple[Found, str, str]]:
    """Yield every route of one tenant of the person's own and of one other, with both methods."""
    of_a_tenant = [route for route in url_map().values() if route.is_of_a_tenant]
    own = list(ROLES[person])[:1]
    other = [slug for slug in CANARIES if slug not in ROLES[person]][:1]
    return product(of_a_tenant, own + other, ("get", "post"))


@pytest.mark.parametrize("person", ROLES)
def test_person_reaches_what_the_role_allows_and_nothing_else(world: World, person: str) -> None:
    wanted, got = {}, {}
    for route, slug, method in places(person):
        key = (route.name, slug, method)
        wanted[key] = expected(route, person, slug, method)
        response = asked(world, route, person, slug, method)
        got[key] = response.status_code
        if person in {ANONYMOUS, "frank"} and response.status_code == 302:
            assert response["Location"].startswith("/accounts/login/?next=/t/")
    assert got == wanted


@pytest.mark.parametrize("person", [ANONYMOUS, "alice", "eve", "root"])
def test_routes_of_no_tenant_hold_nothing_of_one(world: World, person: str) -> None:
    for name in OF_NO_TENANT:
        kwargs = {argument: SAMPLES[argument] for argument in url_map()[name].arguments}
        response = world.client(person).get(reverse(name, kwargs=kwargs))
        assert response.status_code in {200, 302}, name
        text = text_of(response)
        assert [slug for slug, canary in CANARIES.items() if canary.is_in(text)] == [], name
