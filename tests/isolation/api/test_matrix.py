"""Endpoint × method × caller × tenant: 401 to strangers, 404 about other tenants, 403 without the right, else 2xx."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from tenants.api.docs import description
from tenants.roles import Capability
from tests.api_routes import Endpoint, views_of_the_api
from tests.isolation.api.callers import AT_NORTH, CALLERS, PEOPLE, SEEN_AT_NORTH, hidden_from
from tests.isolation.api.stage import Stage
from tests.isolation.api.wishes import ACROSS, QUERIES, WISHES, Wish
from tests.isolation.world import CANARIES

ENDPOINTS = {found.name: found for found in views_of_the_api()}
EVERY = [(found, method) for found in ENDPOINTS.values() for method in found.methods]
OWN = "acme"
UNSAFE = [(found.name, method) for found, method in EVERY if method != "get"]


def test_every_endpoint_is_listed_once() -> None:
    assert {name for name, found in ENDPOINTS.items() if not found.is_of_a_tenant} == set(ACROSS)
    assert set(UNSAFE) == set(WISHES)
    assert len(ENDPOINTS) == len(views_of_the_api())


def test_every_method_inside_a_tenant_declares_its_right() -> None:
    undeclared = [
        (found.name, method)
        for found, method in EVERY
        if found.is_of_a_tenant and found.capability(method) is None
    ]
    assert undeclared == []


def expected(endpoint: Endpoint, method: str, name: str, slug: str) -> int:
    """Work out the status from the declared right and the table of callers."""
    caller = CALLERS[name]
    if not caller.is_known:
        return 401
    wish = WISHES[endpoint.name, method] if method != "get" else Wish()
    granted, rights = wish.status, caller.rights.get(slug)
    if endpoint.is_of_a_tenant:
        needed = {endpoint.capability(method), *wish.needs}
        return 404 if rights is None else granted if needed <= rights else 403
    across = ACROSS[endpoint.name]
    if across.is_of_a_provider:
        table = SEEN_AT_NORTH if across.needs == Capability.VIEW else AT_NORTH
        status = table.get(name, 404)
        return granted if status == 200 else status
    is_empty = across.shows_people_nothing and name in PEOPLE
    if across.needs is None or is_empty or across.needs in (rights or ()):
        return granted
    if across.needs not in caller.everywhere:
        return 403
    # The row is not theirs, or the body names a tenant that is not; a list is one of what is.
    return 404 if across.is_of_a_row else 400 if method != "get" else granted


def answers(api: Stage, name: str, slug: str) -> Iterator[tuple[Endpoint, str, Any]]:
    """Yield what the caller gets from every endpoint with the rows of `slug`."""
    for endpoint, method in EVERY:
        sent = WISHES[endpoint.name, method].sent(slug) if method != "get" else {}
        query = QUERIES.get(endpoint.name) if method == "get" else None
        yield endpoint, method, api.ask(name, method, api.path(endpoint, slug), query, **sent)


@pytest.mark.parametrize("name", CALLERS)
def test_caller_reaches_what_it_may_and_nothing_else(api: Stage, name: str) -> None:
    caller, declared = CALLERS[name], statuses()
    wanted, got, undeclared, leaks = {}, {}, [], []
    for endpoint, method, response in answers(api, name, OWN):
        place = (endpoint.name, method)
        wanted[place], got[place] = expected(endpoint, method, name, OWN), response.status_code
        if response.status_code not in declared[endpoint.template, method]:
            undeclared.append((place, response.status_code))
        leaks += [(place, slug) for slug in shown(response) if slug in hidden_from(caller)]
        if response.status_code == 401:
            assert response["WWW-Authenticate"].startswith("Bearer")
        if response.status_code >= 400:
            assert response["Content-Type"] == "application/problem+json"
    assert got == wanted
    assert (undeclared, leaks) == ([], [])


def shown(response: Any) -> list[str]:
    """Return the tenants whose canaries stand in an answer."""
    text = f"{response.headers}{response.read.decode(errors='replace')}"
    return [slug for slug, canary in CANARIES.items() if canary.is_in(text)]


def statuses() -> dict[tuple[str, str], set[int]]:
    """Return the declared statuses of every operation."""
    found = json.loads(description("json"))
    return {
        (path, method): {int(status) for status in operation["responses"]}
        for path, methods in found["paths"].items()
        for method, operation in methods.items()
    }
