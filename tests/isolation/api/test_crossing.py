"""Rows of one tenant under the address of another: there is nothing, whoever asks and whichever wall stands."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.api_routes import views_of_the_api
from tests.isolation.api.stage import Stage
from tests.isolation.api.wishes import QUERIES, WISHES
from tests.isolation.walls import Walls, standing

MAKES = {("insights-api:source-lines", "post"), ("insights-api:sender_domain", "put")}
"""Endpoints that make what the path names: another tenant may have one of the same name."""
ADDRESSED = [
    (found, method)
    for found in views_of_the_api()
    for method in found.methods
    if found.is_of_a_tenant and len(found.arguments) > 1 and (found.name, method) not in MAKES
]
# Webhooks stand above the scope: they are looked for at the tenant of the path, and found nowhere else with no wall.
KEPT_APART_BY_THEMSELVES = {found.name for found, _ in ADDRESSED if "webhook" in found.name}


def answers(api: Stage, *, own: str, other: str) -> Iterator[tuple[str, str, int]]:
    """Yield what Alice gets for each endpoint that names a row: `own` is in the path, `other` has the row."""
    for endpoint, method in ADDRESSED:
        sent = WISHES[endpoint.name, method].sent(own) if method != "get" else {}
        path = api.path(endpoint, other, tenant=own)
        query = QUERIES.get(endpoint.name) if method == "get" else None
        yield endpoint.name, method, api.ask("alice", method, path, query, **sent).status_code


@pytest.mark.parametrize("walls", [Walls.BOTH, Walls.DATABASE, Walls.PYTHON])
@pytest.mark.parametrize("other", ["globex", "initech"])
def test_row_of_another_tenant_is_not_found(api: Stage, walls: Walls, other: str) -> None:
    with standing(walls):
        found = {answer for answer in answers(api, own="acme", other=other) if answer[2] != 404}
    assert found == set()


def test_without_any_wall_the_rows_would_be_found(api: Stage) -> None:
    with standing(Walls.NONE):
        not_found = {answer for answer in answers(api, own="acme", other="initech") if answer[2] == 404}
    assert {name for name, _method, _status in not_found} == KEPT_APART_BY_THEMSELVES
