"""Shared servers and inboxes: route × person × own and other provider × method, and nothing of another provider."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction
from django.urls import reverse

from insights.ingest.shared.mapping import make_rule
from insights.ingest.shared.places import make_server
from insights.models import Assignment, ImportStatus, LogImport
from tenants.models import Provider
from tenants.roles import CAPABILITIES, Role
from tenants.scope import tenant_scope
from tests.factories import fail_login, submit
from tests.insights.web.week import NOW, days_ago
from tests.isolation.reading import text_of
from tests.isolation.routes import NOT_ALLOWED, READ, Answers, Found, url_map
from tests.isolation.walls import Walls, standing
from tests.isolation.world import ANONYMOUS, ROLES, World

ROUTES = {
    "shared_servers": READ,
    "shared_server_new": Answers(post=200),
    "shared_server": READ,
    "shared_rule_new": Answers(post=200),
    "shared_rule": Answers(post=200),
    "shared_rule_remove": Answers(get=NOT_ALLOWED, post=302),
    "shared_upload": Answers(post=200),
    "shared_import": READ,
    "shared_import_undo": Answers(post=302),
    "shared_import_retry": Answers(get=NOT_ALLOWED, post=302),
    "inbox": READ,
    "inbox_assign": Answers(get=NOT_ALLOWED, post=302),
    "inbox_assign_all": Answers(get=NOT_ALLOWED, post=302),
    "inbox_take_back": Answers(get=NOT_ALLOWED, post=302),
}
AT_PROVIDER: dict[str, tuple[str, Role]] = {
    "alice": ("north", Role.OWNER),
    "bob": ("north", Role.TECHNICIAN),
    "carol": ("north", Role.READER),
    "mallory": ("south", Role.OWNER),
}
"""Who sees every customer of a provider; Nick of north sees some only, which is no right to its inbox."""
WORDS = {"north": "badger", "south": "cormorant"}
QUERIES = (
    "",
    "view=accounts",
    "view=assigned",
    "row={word}.example",
    "q={word}",
    "view=accounts&domain={word}.example",
)


@pytest.fixture
def places(world: World) -> dict[str, dict[str, Any]]:
    """Give each provider an inbox with rows of its own word; return the arguments of its addresses."""
    return {slug: fill(getattr(world.cast, slug), word) for slug, word in WORDS.items()}


def fill(provider: Provider, word: str) -> dict[str, Any]:
    server = make_server(provider, name=f"{word}-hub", format="postfix", time_zone="UTC")
    inbox, customer = server.tenant, provider.tenants.get(slug="acme" if word == "badger" else "initech")
    account = f"{word}@{word}.example"
    submit(inbox, at=days_ago(1), account=account, source=server.name)
    fail_login(inbox, at=days_ago(1), account=f"{word}-refused", source=server.name)
    with tenant_scope([inbox.pk]):
        rule = make_rule(
            inbox, kind="account", value=f"rule-{word}", customer=customer, source=None, person=None
        )
        assignment = Assignment.objects.create(
            tenant=inbox, subject=f"{word}.example", events=2, moved={str(customer.pk): 2}, created_at=NOW
        )
        log_import = LogImport.objects.create(
            tenant=inbox, source=server, file_name=f"{word}.log", status=ImportStatus.DONE, lines_event=1
        )
    return {
        "provider": provider.slug,
        "server_id": server.pk,
        "rule_id": rule.pk,
        "assignment_id": assignment.pk,
        "import_id": log_import.pk,
    }


def address(route: Found, samples: dict[str, Any]) -> str:
    return reverse(route.name, kwargs={name: samples[name] for name in route.arguments})


def routes() -> Iterator[tuple[Found, Answers]]:
    for name, answers in ROUTES.items():
        yield url_map()[f"insights:{name}"], answers


def test_every_route_of_shared_servers_is_asked() -> None:
    known = {
        name
        for name, route in url_map().items()
        if name.startswith("insights:") and "provider" in route.arguments
    }
    assert known == {f"insights:{name}" for name in ROUTES}
    assert all(route.capability for route, _answers in routes())


def expected(route: Found, answers: Answers, person: str, slug: str, method: str) -> int:
    permitted = answers.get if method == "get" else answers.post
    if permitted == NOT_ALLOWED:
        return permitted
    if person in {ANONYMOUS, "frank"}:
        return 302
    provider, role = AT_PROVIDER.get(person, ("", None))
    if person == "nick" and slug == "north":
        return 403
    if provider != slug or role is None:
        return 404
    return permitted if route.capability in CAPABILITIES[role] else 403


@pytest.mark.parametrize("person", ROLES)
def test_person_reaches_what_the_role_allows_and_nothing_else(
    world: World, places: dict[str, dict[str, Any]], person: str
) -> None:
    wanted, got = {}, {}
    for route, answers in routes():
        for slug in WORDS:
            for method in ("get", "post"):
                key = (route.name, slug, method)
                wanted[key] = expected(route, answers, person, slug, method)
                before = transaction.savepoint()
                response = getattr(world.client(person), method)(address(route, places[slug]))
                transaction.savepoint_rollback(before)
                got[key] = response.status_code
                if person in {ANONYMOUS, "frank"} and response.status_code == 302:
                    assert response["Location"].startswith("/accounts/login/?next=/providers/")
    assert got == wanted


@pytest.mark.parametrize("walls", [Walls.BOTH, Walls.DATABASE, Walls.PYTHON])
@pytest.mark.parametrize(("person", "slug"), [("alice", "north"), ("mallory", "south")])
def test_pages_show_their_own_provider_alone(
    world: World, places: dict[str, dict[str, Any]], walls: Walls, person: str, slug: str
) -> None:
    (strange,) = set(WORDS) - {slug}
    for route, answers in routes():
        if answers.get == NOT_ALLOWED:
            continue
        for query in QUERIES if route.name == "insights:inbox" else ("",):
            with standing(walls):
                url = f"{address(route, places[slug])}?{query.format(word=WORDS[slug])}"
                text = text_of(world.client(person).get(url)).lower()
            assert (WORDS[strange] in text, url) == (False, url)
            if route.name != "insights:shared_server_new":
                assert (WORDS[slug] in text, url) == (True, url)


def test_ids_of_another_provider_are_not_found(world: World, places: dict[str, dict[str, Any]]) -> None:
    for route, answers in routes():
        for name in set(route.arguments) - {"provider"}:
            mixed = places["north"] | {name: places["south"][name]}
            method = "post" if answers.get == NOT_ALLOWED else "get"
            before = transaction.savepoint()
            response = getattr(world.client("alice"), method)(address(route, mixed))
            transaction.savepoint_rollback(before)
            # To remove a rule that is not there is what removing it twice is.
            wanted = 302 if route.name == "insights:shared_rule_remove" and name == "rule_id" else 404
            assert (route.name, name, response.status_code) == (route.name, name, wanted)


def test_overview_counts_the_inboxes_that_the_person_may_see(
    world: World, places: dict[str, dict[str, Any]]
) -> None:
    for person, shown in (
        ("alice", ["north"]),
        ("carol", ["north"]),
        ("nick", []),
        ("dora", []),
        ("root", []),
    ):
        text = text_of(world.client(person).get(reverse("insights:overview")))
        assert [slug for slug in WORDS if f"/providers/{slug}/inbox/" in text] == shown
