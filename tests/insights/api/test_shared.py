"""Shared servers and the inbox over the API: the numbers of the pages, and the same assignment."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import time_machine

from insights.ingest.shared.places import make_server
from insights.models import Assignment, SharedRule
from tenants.roles import Scope
from tenants.scope import tenant_scope
from tests.api import Api, provider_api, tenant_api
from tests.cast import Cast
from tests.imports import NOW, events_of, imported
from tests.insights.ingest.shared.servers import assert_shared, mixed_log
from tests.insights.web.shared.stage import AT, Stage, make_stage

SERVERS, INBOX, ASSIGN = (
    f"providers/north/{rest}" for rest in ("shared-servers/", "inbox/", "inbox/assign/")
)
WAITS = {"messages": 4, "logins": 0, "failed_logins": 2}
WISH = {"by": "domain", "name": "Nobody.Example", "tenant": "acme"}


@pytest.fixture(autouse=True)
def _clock() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def stage(cast: Cast, tmp_path: Path) -> Stage:
    """North's shared server, read."""
    return make_stage(cast, tmp_path)


@pytest.fixture
def owner(stage: Stage) -> Api:
    """A key of north that may do everything."""
    return provider_api(stage.cast.north, Scope.ADMIN)


def test_servers_say_where_their_events_are(stage: Stage) -> None:
    (server,) = provider_api(stage.cast.north).read(SERVERS)["results"]
    assert server == {
        "id": str(stage.server.pk),
        "name": "hub",
        "format": "postfix",
        "time_zone": "UTC",
        "last_line_at": "2026-11-21T03:30:00Z",
        "events": [{"tenant": "acme", "events": 3}, {"tenant": "globex", "events": 3}],
        "waiting": WAITS,
    }


def test_provider_without_a_server_has_empty_lists(cast: Cast) -> None:
    api = provider_api(cast.north, Scope.ADMIN)
    assert api.read(SERVERS) == {"results": []}
    assert api.read(INBOX) == {"results": [], "count": 0, "total": dict.fromkeys(WAITS, 0)}
    api.write(ASSIGN, WISH, 404)


def test_inbox_lists_by_domain_and_account(stage: Stage) -> None:
    api = provider_api(stage.cast.north)
    answer = api.read(INBOX)
    assert answer["total"] == WAITS
    assert [
        (one["name"], one["accounts"], one["messages"], one["failed_logins"]) for one in answer["results"]
    ] == [
        ("", 1, 2, 1),
        ("nobody.example", 1, 2, 1),
    ]
    assert [one["name"] for one in api.read(INBOX, by="account")["results"]] == [
        "scanner",
        "zed@nobody.example",
    ]
    first = api.read(INBOX, limit=1)
    assert (len(first["results"]), first["count"]) == (1, 2)
    assert [one["name"] for one in api.read(INBOX, search="NOBODY")["results"]] == ["nobody.example"]


@pytest.mark.parametrize(
    "wrong", [{"by": "colour"}, {"limit": 0}, {"limit": 1001}, {"search": "x" * 321}, {"server": "hub"}]
)
def test_inbox_names_a_wrong_parameter(stage: Stage, wrong: dict[str, Any]) -> None:
    errors = provider_api(stage.cast.north).read(INBOX, 400, **wrong)["errors"]
    assert {one["field"] for one in errors} == set(wrong)


@pytest.mark.parametrize("count", [1, 3])
def test_lists_take_the_same_queries_for_any_number(
    stage: Stage, django_assert_num_queries: Any, tmp_path: Path, count: int
) -> None:
    for number in range(count - 1):
        make_server(stage.cast.north, name=f"hub{number}", format="postfix", time_zone="UTC")
        data = mixed_log(AT, [f"u@more{number}.example"], first=50 * number + 50)
        imported(stage.inbox, tmp_path, data, source=f"hub{number}", year=2026)
    api = provider_api(stage.cast.north)
    api.read(SERVERS)
    with django_assert_num_queries(12):
        assert len(api.read(SERVERS)["results"]) == count
    with django_assert_num_queries(11):
        assert api.read(INBOX)["count"] == count + 1


def test_assigning_moves_at_once_and_finds_nothing_again(stage: Stage, owner: Api) -> None:
    done = owner.write(ASSIGN, WISH | {"with_rule": True}, 200)
    with tenant_scope([stage.inbox.pk]):
        made, rule = Assignment.objects.get(), SharedRule.objects.get()
    assert done == {"assignment": str(made.pk), "events": 3, "too_old": 0}
    assert (rule.value, rule.created_by, made.created_by) == ("nobody.example", None, None)
    assert (events_of(stage.inbox), events_of(stage.cast.acme)) == (3, 6)
    assert owner.write(ASSIGN, WISH, 200) == {"assignment": None, "events": 0, "too_old": 0}
    owner.write(ASSIGN, {"by": "account", "name": "scanner", "tenant": "globex"}, 200)
    assert owner.read(INBOX)["count"] == 0
    assert_shared(stage.cast, stage.inbox, events=12)


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"tenant": "initech"}, "tenant"),
        ({"tenant": "inbox-north"}, "tenant"),
        ({"by": "network"}, "by"),
        ({"name": "no domain", "with_rule": True}, "name"),
        ({"name": 7}, "name"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_wrong_assignment_is_refused(stage: Stage, owner: Api, wrong: dict[str, Any], field: str) -> None:
    answer = owner.write(ASSIGN, WISH | wrong, 400)
    assert {one["field"] for one in answer["errors"]} == {field}
    assert events_of(stage.inbox) == 6


def test_rights_are_those_of_the_provider(stage: Stage) -> None:
    cast = stage.cast
    provider_api(cast.north).write(ASSIGN, WISH, 403)
    provider_api(cast.north, Scope.ADMIN, tenants=[cast.acme]).read(INBOX, 403)
    for api in (tenant_api(cast.acme, Scope.ADMIN), provider_api(cast.south, Scope.ADMIN)):
        api.read(SERVERS, 404)
        api.read(INBOX, 404)
        api.write(ASSIGN, WISH, 404)
    assert events_of(stage.inbox) == 6
