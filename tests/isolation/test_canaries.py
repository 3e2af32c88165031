"""Every page, file and fragment shows its own tenant's rows and nothing of another's, with either wall alone."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

import pytest

from tests.isolation.reading import content_of
from tests.isolation.walk import Step, answer_at, walk
from tests.isolation.walls import Walls, standing
from tests.isolation.world import CANARIES, World

EVERYWHERE = tuple(CANARIES)


@pytest.mark.parametrize(
    ("walls", "slugs"),
    [
        (Walls.DATABASE, EVERYWHERE),
        (Walls.BOTH, ["globex"]),
        (Walls.PYTHON, ["globex"]),
    ],
)
def test_every_page_shows_its_own_tenant_alone(world: World, walls: Walls, slugs: Sequence[str]) -> None:
    with standing(walls):
        seen = {(str(step), slug): (step, found) for step, slug, found in walk(world, slugs)}
    leaks = {place: found - {place[1]} for place, (_, found) in seen.items() if found - {place[1]}}
    missing = [place for place, (step, found) in seen.items() if step.shows and place[1] not in found]
    assert (leaks, missing) == ({}, [])


def test_without_any_wall_every_list_would_show_all(world: World) -> None:
    """The walk above can see a leak: here is one on each page that lists rows."""
    with standing(Walls.NONE):
        kept_apart = {
            str(step): found
            for step, _, found in walk(world, ["globex"])
            if step.lists and found != set(CANARIES)
        }
    assert kept_apart == {}


@pytest.mark.parametrize("walls", [Walls.BOTH, Walls.DATABASE, Walls.PYTHON])
@pytest.mark.parametrize("slug", EVERYWHERE)
def test_numbers_of_every_table_are_the_tenants_own(world: World, walls: Walls, slug: str) -> None:
    canary = CANARIES[slug]
    wanted = dict.fromkeys(
        ("sending-volume", "tls-usage", "authentication", "senders", "clients"), canary.messages
    )
    wanted["failures"] = canary.failures
    with standing(walls):
        assert {kind: _total(world, kind, slug) for kind in wanted} == wanted


def _total(world: World, kind: str, slug: str) -> int:
    response = answer_at(world, Step("reports:export", kwargs={"kind": kind, "suffix": "csv"}), slug=slug)
    rows = csv.DictReader(io.StringIO(content_of(response).decode()))
    return sum(int(row["failures" if kind == "failures" else "messages"]) for row in rows)
