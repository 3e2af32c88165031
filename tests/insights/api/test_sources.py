"""Sources over the API: what they brought, and what may be changed about them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import time_machine

from insights.ingest.sources import check_source
from insights.models import ImportStatus, Source
from tenants.roles import Scope
from tenants.scope import tenant_scope
from tests.api import Api, tenant_api
from tests.cast import Cast
from tests.factories import make_source, submit
from tests.insights.web.import_rows import COUNTED, make_import
from tests.insights.web.week import NOW, days_ago

LIST = "tenants/acme/sources/"
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _clock() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def admin(cast: Cast) -> Api:
    """A key of acme that may change things."""
    return tenant_api(cast.acme, Scope.ADMIN)


def _sources(cast: Cast) -> list[tuple[str, str, str]]:
    with tenant_scope([cast.acme.pk]):
        return list(Source.objects.values_list("name", "format", "time_zone"))


def test_source_tells_what_its_page_tells(cast: Cast) -> None:
    make_import(cast.acme, **COUNTED)
    make_import(cast.acme, status=ImportStatus.UNDONE, lines_event=999_999)
    submit(cast.acme, at=days_ago(1), count=6)
    make_source(cast.initech, "canary")
    (source,) = tenant_api(cast.acme).read(LIST)["results"]
    assert source == tenant_api(cast.acme).read(f"{LIST}mx1/")
    assert source == tenant_api(cast.acme).read(f"{LIST}{source['id']}/")
    assert (source.pop("id"), source.pop("created_at")) == (str(_pk(cast)), "2026-11-17T12:00:00Z")
    assert source == {
        "name": "mx1",
        "format": "postfix",
        "time_zone": "Europe/Berlin",
        "mapping": None,
        "state": "up_to_date",
        "last_line_at": "2026-11-16T09:00:00Z",
        "last_received_at": None,
        "imports": 1,
        "lines": {
            "read": 41_759,
            "matched": 32_333,
            "other": 8_121,
            "unrecognised": 1_305,
            "unrecognised_by_reason": {"before_retention": 1_290, "no_stamp": 12, "of_a_later_version": 3},
        },
        "messages": 6,
        "messages_tls_known": 6,
    }


def _pk(cast: Cast) -> object:
    with tenant_scope([cast.acme.pk]):
        return Source.objects.get(name="mx1").pk


def test_source_is_made_with_what_is_left_out_taken_from_the_tenant(cast: Cast, admin: Api) -> None:
    made = admin.write(LIST, {"name": "mx1"})
    assert (made["name"], made["format"], made["time_zone"]) == ("mx1", "postfix", "Europe/Berlin")
    assert (made["state"], made["imports"], made["lines"]["read"]) == ("no_line", 0, 0)
    admin.write(LIST, {"name": "Büro 2", "format": "events", "time_zone": "Asia/Tokyo"})
    assert _sources(cast) == [("Büro 2", "events", "Asia/Tokyo"), ("mx1", "postfix", "Europe/Berlin")]
    assert admin.read(f"{LIST}Büro 2/")["name"] == "Büro 2"


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        ({}, ["name"]),
        ({"name": ""}, ["name"]),
        ({"name": "mx1"}, ["name"]),
        ({"name": "x" * 101}, ["name"]),
        ({"name": "a\x00b"}, ["name"]),
        ({"name": "a\u202eb"}, ["name"]),
        ({"name": ["mx2"]}, ["name"]),
        ({"name": "mx2", "format": "courier"}, ["format"]),
        ({"name": "mx2", "time_zone": "Mars/Olympus"}, ["time_zone"]),
        ({"name": "mx2", "time_zone": "../../etc/passwd"}, ["time_zone"]),
        ({"name": "mx1", "time_zone": "localtime"}, ["name", "time_zone"]),
        ({"name": "mx2", "colour": "blue"}, ["colour"]),
        ([], [""]),
        ("mx2", [""]),
    ],
)
def test_source_that_cannot_be_is_a_400(cast: Cast, admin: Api, body: Any, fields: list[str]) -> None:
    make_source(cast.acme, "mx1")
    problem = admin.write(LIST, body, 400)
    assert [error["field"] for error in problem["errors"]] == [field for field in fields if field]
    assert problem["detail"]
    assert len(_sources(cast)) == 1


def test_empty_source_is_changed_member_by_member(cast: Cast, admin: Api) -> None:
    make_source(cast.acme, "mx1")
    assert admin.write(f"{LIST}mx1/", {"time_zone": "UTC"}, 200, "patch")["time_zone"] == "UTC"
    assert admin.write(f"{LIST}mx1/", {"name": "mx9"}, 200, "patch")["name"] == "mx9"
    assert admin.write(f"{LIST}mx9/", {}, 200, "patch")["format"] == "postfix"
    assert _sources(cast) == [("mx9", "postfix", "UTC")]


def test_source_with_events_is_renamed_and_keeps_the_rest(cast: Cast, admin: Api) -> None:
    submit(cast.acme, at=days_ago(1))
    for body in ({"time_zone": "UTC"}, {"format": "events"}):
        problem = admin.write(f"{LIST}mx1/", {**body, "name": "mx9"}, 400, "patch")
        assert [error["field"] for error in problem["errors"]] == list(body)
        assert "counted twice" in problem["errors"][0]["reason"]
    assert _sources(cast) == [("mx1", "postfix", "Europe/Berlin")]
    admin.write(f"{LIST}mx1/", {"name": "mx9", "time_zone": "Europe/Berlin"}, 200, "patch")
    assert _sources(cast) == [("mx9", "postfix", "Europe/Berlin")]


def test_name_of_another_source_is_taken(cast: Cast, admin: Api) -> None:
    make_source(cast.acme, "mx1")
    make_source(cast.acme, "mx2")
    make_source(cast.globex, "mx3")
    problem = admin.write(f"{LIST}mx2/", {"name": "mx1"}, 400, "patch")
    assert problem["errors"] == [{"field": "name", "reason": "There is a source of that name already."}]
    admin.write(f"{LIST}mx2/", {"name": "mx3"}, 200, "patch")


def test_source_that_is_being_read_is_a_409(cast: Cast, admin: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    make_source(cast.acme, "mx1")
    monkeypatch.setattr("insights.ingest.sources.source_is_free", lambda _source_id: False)
    assert "being read" in admin.write(f"{LIST}mx1/", {"time_zone": "UTC"}, 409, "patch")["detail"]


@pytest.mark.parametrize("scope", [Scope.READ, Scope.REQUEST, Scope.INGEST])
def test_sources_are_changed_by_admins_alone(cast: Cast, scope: Scope) -> None:
    make_source(cast.acme, "mx1")
    api = tenant_api(cast.acme, scope)
    api.write(LIST, {"name": "mx2"}, 403)
    api.write(f"{LIST}mx1/", {"name": "mx2"}, 403, "patch")
    assert [name for name, *_ in _sources(cast)] == ["mx1"]


@pytest.mark.parametrize("method", ["post", "patch"])
def test_name_that_is_taken_at_the_same_moment_is_no_error_of_ours(
    cast: Cast, admin: Api, monkeypatch: pytest.MonkeyPatch, method: str
) -> None:
    with tenant_scope([cast.acme.pk]):
        make_source(cast.acme, name="mx1")

    def passed_too_early(**asked: Any) -> None:
        check_source(**asked)
        if not Source.objects.filter(name="mx9").exists():
            make_source(cast.acme, name="mx9")

    monkeypatch.setattr("insights.api.sources.check_source", passed_too_early)
    monkeypatch.setattr("insights.ingest.sources.check_source", passed_too_early)
    path = "tenants/acme/sources/" if method == "post" else "tenants/acme/sources/mx1/"
    problem = admin.write(path, {"name": "mx9"}, 400, method)
    assert problem["errors"] == [{"field": "name", "reason": "There is a source of that name already."}]


@pytest.mark.parametrize("name", ["canary", "mx", "%00", "%ED%A0%80", "00000000-0000-0000-0000-000000000007"])
def test_source_that_is_not_there_is_a_404(cast: Cast, admin: Api, name: str) -> None:
    foreign = make_source(cast.initech, "canary")
    for written in (name, str(foreign.pk)):
        admin.read(f"{LIST}{written}/", 404)
        admin.write(f"{LIST}{written}/", {"name": "mx2"}, 404, "patch")


@pytest.mark.parametrize("count", [1, 4])
def test_list_takes_the_same_queries_for_any_number(
    cast: Cast, django_assert_num_queries: Any, count: int
) -> None:
    for number in range(count):
        make_import(cast.acme, source=f"mx{number}", **COUNTED)
    api = tenant_api(cast.acme)
    api.read(LIST)
    with django_assert_num_queries(12):
        assert len(api.read(LIST)["results"]) == count
