"""Pages without a tenant in their address that show tenants' rows: the overview, shared links, the outbox."""

from __future__ import annotations

import csv
import io
from unittest import mock

import pytest
from django.db.models import QuerySet
from django.urls import reverse

from tenants.models import Tenant
from tenants.scope import tenant_scope
from tests.isolation.reading import content_of, text_of
from tests.isolation.walls import Walls, standing
from tests.isolation.world import ANONYMOUS, CANARIES, ROLES, World, token_of

WALLS = pytest.mark.parametrize("walls", [Walls.BOTH, Walls.DATABASE])


@pytest.mark.parametrize("person", ROLES)
def test_overview_lists_the_tenants_that_the_person_may_see(world: World, person: str) -> None:
    response = world.client(person).get(reverse("insights:overview"))
    file = world.client(person).get(reverse("insights:overview_csv"))
    if person in {ANONYMOUS, "frank"}:
        assert (response.status_code, file.status_code) == (302, 302)
        assert response["Location"].startswith("/accounts/login/")
        return
    if len(ROLES[person]) == 1:
        assert response["Location"] == reverse("insights:dashboard", args=list(ROLES[person]))
    else:
        text = text_of(response)
        assert {slug for slug in CANARIES if slug.title() in text} == set(ROLES[person])
    assert set(_messages_of(file)) == set(ROLES[person])


@WALLS
def test_overview_counts_the_tenants_own_rows(world: World, walls: Walls) -> None:
    with standing(walls):
        file = world.client("alice").get(reverse("insights:overview_csv"))
    assert _messages_of(file) == {slug: CANARIES[slug].messages for slug in ("acme", "globex")}


def test_overview_asked_for_every_tenant_counts_nothing_of_a_strange_one(world: World) -> None:
    """Were the list of tenants itself too long, row-level security would still give no figures."""
    with (
        standing(Walls.DATABASE),
        mock.patch("insights.web.overview.tenants_of", _all_tenants),
        _scope_of(world, "acme"),
    ):
        file = world.client("alice").get(reverse("insights:overview_csv"))
    assert _messages_of(file) == {"acme": CANARIES["acme"].messages, "globex": 0, "initech": 0}


def _all_tenants(user: object) -> QuerySet[Tenant]:
    return Tenant.objects.all()


def _scope_of(world: World, slug: str) -> mock._patch[mock.MagicMock]:
    tenants = [world.tenant(slug).pk]
    return mock.patch("insights.web.overview.tenant_scope", side_effect=lambda _: tenant_scope(tenants))


def _messages_of(file: object) -> dict[str, int]:
    rows = csv.DictReader(io.StringIO(content_of(file).decode()))
    return {row["slug"]: int(row["messages"]) for row in rows}


@WALLS
@pytest.mark.parametrize("slug", CANARIES)
def test_shared_link_gives_that_report_alone(world: World, walls: Walls, slug: str) -> None:
    for name in ("details.csv", "details.xlsx"):
        with standing(walls):
            url = reverse("reports:shared_download", args=[world.kwargs[slug]["token"], name])
            text = text_of(world.client(ANONYMOUS).get(url))
        assert [name for name, canary in CANARIES.items() if canary.is_in(text)] == [slug]


@pytest.mark.parametrize("walls", [Walls.BOTH, Walls.DATABASE, Walls.PYTHON])
def test_shared_link_of_one_tenant_to_a_report_of_another_is_none(world: World, walls: Walls) -> None:
    token = token_of(world.tenant("acme").pk, world.kwargs["initech"]["request_id"])
    with standing(walls):
        url = reverse("reports:shared_download", args=[token, "details.csv"])
        assert world.client(ANONYMOUS).get(url).status_code == 404


@pytest.mark.parametrize("person", ROLES)
def test_outbox_holds_the_mails_of_the_persons_tenants(world: World, person: str) -> None:
    client = world.client(person)
    listing = client.get(reverse("reports:outbox"))
    if person in {ANONYMOUS, "frank"}:
        assert listing.status_code == 302
    else:
        text = text_of(listing)
        assert {slug for slug, canary in CANARIES.items() if canary.is_in(text)} == _visible(person)
    for slug in CANARIES:
        for name in ("mail", "html", "attachment"):
            wanted = 302 if listing.status_code == 302 else 200 if slug in _visible(person) else 404
            kwargs = {
                k: v for k, v in world.kwargs[slug]["mail"].items() if k != "part" or name == "attachment"
            }
            answer = client.get(reverse(f"reports:outbox_{name}", kwargs=kwargs))
            assert (slug, name, answer.status_code) == (slug, name, wanted)


def _visible(person: str) -> set[str]:
    """The operator runs the server that the mails lie on; the staff flag alone gives no tenant."""
    return set(CANARIES) if person == "root" else set(ROLES[person])
