"""Ids of one tenant under the address of another: there is nothing, whoever asks and whichever wall stands."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.urls import reverse

from insights.models import LogImport
from tests.isolation.reading import content_of, text_of
from tests.isolation.routes import NOT_ALLOWED, OF_A_TENANT, url_map
from tests.isolation.walls import Walls, standing
from tests.isolation.world import CANARIES, World

IDS = {"source_id", "import_id", "request_id", "key_id", "webhook_id"}
ADDRESSED = [route for route in url_map().values() if route.is_of_a_tenant and route.arguments & IDS]
# Keys and webhooks stand above the scope: they are looked for at the tenant of the address, and found nowhere else
# with no wall.
KEPT_APART_BY_THEMSELVES = {route.name for route in ADDRESSED if route.arguments & {"key_id", "webhook_id"}}


def answers(world: World, *, own: str, other: str) -> Iterator[tuple[str, str, int]]:
    """Yield what Alice gets for each route with an id: `own` is the address, `other` has the row."""
    samples: dict[str, Any] = world.kwargs[other] | {"slug": own}
    for route in ADDRESSED:
        url = reverse(route.name, kwargs={name: samples[name] for name in route.arguments})
        for method in ("get", "post"):
            if getattr(OF_A_TENANT[route.name], method) == NOT_ALLOWED:
                continue
            before = transaction.savepoint()
            response = getattr(world.client("alice"), method)(url)
            content_of(response)
            transaction.savepoint_rollback(before)
            yield route.name, method, response.status_code


@pytest.mark.parametrize("walls", [Walls.BOTH, Walls.DATABASE, Walls.PYTHON])
@pytest.mark.parametrize("other", ["globex", "initech"])
def test_id_of_another_tenant_is_not_found(world: World, walls: Walls, other: str) -> None:
    with standing(walls):
        found = {answer for answer in answers(world, own="acme", other=other) if answer[2] != 404}
    assert found == set()


def test_without_any_wall_the_ids_would_be_found(world: World) -> None:
    with standing(Walls.NONE):
        not_found = {answer for answer in answers(world, own="acme", other="initech") if answer[2] == 404}
    assert {name for name, _method, _status in not_found} == KEPT_APART_BY_THEMSELVES


@pytest.mark.parametrize("walls", [Walls.BOTH, Walls.DATABASE, Walls.PYTHON])
@pytest.mark.parametrize("other", ["globex", "initech"])
def test_upload_into_another_tenants_source_is_refused(world: World, walls: Walls, other: str) -> None:
    form = {
        "source": str(world.kwargs[other]["source_id"]),
        "year": "2026",
        "file": SimpleUploadedFile("mail.log", b"Nov 16 09:00:00 mail postfix/qmgr[1]: A1: removed\n"),
    }
    with standing(walls):
        response = world.client("alice").post(reverse("insights:upload", args=["acme"]), form)
    assert response.status_code == 200
    assert "is not one of the available choices" in text_of(response)
    assert LogImport._base_manager.filter(file_name="mail.log").count() == 0


@pytest.mark.parametrize("walls", [Walls.BOTH, Walls.DATABASE, Walls.PYTHON])
def test_names_of_another_tenant_narrow_to_nothing(world: World, walls: Walls) -> None:
    """Filters of a query string with another tenant's words find none of its rows."""
    canary, source = CANARIES["initech"], world.kwargs["initech"]["source_id"]
    queries = {
        "insights:sources": f"source={source}",
        "reports:details": f"row={canary.address.lower()}",
        "reports:clients": f"q={canary.word}",
        "reports:failures": f"q={canary.word}",
        "reports:smtp_auth": f"domain={canary.word}.example",
    }
    for route, query in queries.items():
        with standing(walls):
            text = text_of(world.client("alice").get(f"{reverse(route, args=['acme'])}?{query}"))
        assert canary.client_ip not in text, route
        assert f"x-{canary.word}" not in text.lower(), route
        assert f"{canary.word}.log" not in text, route
