"""Every answer shows its own tenant's rows and nothing of another's, with either wall alone."""

from __future__ import annotations

import pytest

from tests.isolation.api.stage import Stage
from tests.isolation.api.walk import ONE, PLAIN, walk
from tests.isolation.walls import Walls, standing
from tests.isolation.world import CANARIES

ONE_WALL = pytest.mark.parametrize("walls", [Walls.BOTH, Walls.DATABASE, Walls.PYTHON])


@ONE_WALL
@pytest.mark.parametrize("slug", ["acme", "initech"])
def test_every_answer_shows_its_own_tenant_alone(api: Stage, walls: Walls, slug: str) -> None:
    with standing(walls):
        seen = {step: (endpoint.name, found) for endpoint, step, found in walk(api, slug)}
    assert {step: found for step, (_, found) in seen.items() if found - {slug}} == {}
    assert [step for step, (name, found) in seen.items() if not found and name not in PLAIN] == []


def test_without_any_wall_every_list_would_show_all(api: Stage) -> None:
    """The walk above can see a leak: here is one in each answer that lists rows."""
    with standing(Walls.NONE):
        kept_apart = {
            step: found
            for endpoint, step, found in walk(api, "globex")
            if found != set(CANARIES) and endpoint.name not in ONE | PLAIN
        }
    assert kept_apart == {}
