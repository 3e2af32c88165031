"""A tenant and its settings over the API: the rules of the page, and nothing deleted without being meant."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from typing import Any

import psycopg
import pytest
import time_machine
from django.db import connection
from django.test import Client

from insights.models import SubmissionDay
from tenants.models import Tenant, User
from tenants.roles import Capability, Scope
from tenants.scope import tenant_scope
from tests.api import Api, provider_api, tenant_api
from tests.cast import Cast
from tests.factories import fail_login, make_source, submit
from tests.insights.web.week import NOW, days_ago

PATH = "tenants/acme/"
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _clock() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def admin(cast: Cast) -> Api:
    """A key of acme that may change things."""
    return tenant_api(cast.acme, Scope.ADMIN)


def _change(api: Api, body: Any, status: int = 200) -> Any:
    return api.write(PATH, body, status, "patch")


def test_tenant_tells_its_settings(cast: Cast) -> None:
    Tenant.objects.filter(slug="acme").update(raw_from_on=date(2026, 8, 20))
    found = tenant_api(cast.acme).read(PATH)
    assert found.pop("created_at") == "2026-11-17T12:00:00Z"
    assert found == {
        "slug": "acme",
        "name": "Acme",
        "provider": "north",
        "time_zone": "Europe/Berlin",
        "retention_days": 90,
        "recipient_policy": "members_and_domains",
        "events_kept_from": "2026-08-20",
        "borders_kept_before": None,
        "rights": ["view"],
    }
    assert tenant_api(cast.acme, Scope.ADMIN).read(PATH)["rights"] == sorted(Capability)


def test_what_is_left_out_stays(cast: Cast, admin: Api) -> None:
    assert _change(admin, {"name": " Acme GmbH ", "recipient_policy": "members"})["name"] == "Acme GmbH"
    changed = _change(admin, {"retention_days": 365})
    assert (changed["name"], changed["recipient_policy"], changed["retention_days"]) == (
        "Acme GmbH",
        "members",
        365,
    )
    assert _change(admin, {}) == changed == admin.read(PATH)
    assert Tenant.objects.get(slug="globex").name == "Globex"


@pytest.mark.parametrize(
    "body",
    [
        {"name": ""},
        {"name": None},
        {"name": "x" * 201},
        {"name": "a\x00b"},
        {"time_zone": "Mars/Olympus"},
        {"time_zone": "localtime"},
        {"retention_days": 6},
        {"retention_days": 3661},
        {"retention_days": "30"},
        {"retention_days": 1e400},
        {"retention_days": 30.5},
        {"retention_days": True},
        {"recipient_policy": "nobody"},
        {"slug": "mine"},
        {"provider": "south"},
        {"raw_from_on": "2020-01-01"},
    ],
)
def test_wrong_setting_is_a_400_that_names_it(cast: Cast, admin: Api, body: dict[str, Any]) -> None:
    before = admin.read(PATH)
    text = (
        repr(body).replace("'", '"').replace("inf", "1e400").replace("True", "true").replace("None", "null")
    )
    response = admin.patch(
        f"/api/v1/{PATH}", text.replace("\\x00", "\\u0000"), content_type="application/json"
    )
    assert response.status_code == 400, response.content
    assert [error["field"] for error in response.json()["errors"]] == list(body)
    assert admin.read(PATH) == before


def test_fewer_days_delete_nothing_that_was_not_meant(cast: Cast, admin: Api) -> None:
    submit(cast.acme, at=days_ago(40), count=3)
    submit(cast.acme, at=days_ago(2), count=100)
    fail_login(cast.acme, at=days_ago(41), count=2)
    refused = _change(admin, {"retention_days": 30, "name": "Other"}, 409)
    assert [error["field"] for error in refused["errors"]] == ["confirmed_days"]
    assert "3 submissions and 2 failed logins from before 2026-10-19" in refused["errors"][0]["reason"]
    _change(admin, {"retention_days": 20, "confirmed_days": 30}, 409)
    assert (admin.read(PATH)["name"], admin.read(PATH)["retention_days"]) == ("Acme", 90)
    assert _change(admin, {"retention_days": 30, "confirmed_days": 30})["retention_days"] == 30
    _change(admin, {"retention_days": 60})
    assert _change(admin, {"retention_days": 45})["retention_days"] == 45


def test_another_zone_counts_the_days_anew(cast: Cast, admin: Api) -> None:
    submit(cast.acme, at=datetime(2026, 11, 16, 22, 30, tzinfo=UTC), count=2)  # 23:30 in Berlin
    assert _change(admin, {"time_zone": "Asia/Seoul"})["time_zone"] == "Asia/Seoul"
    with tenant_scope([cast.acme.pk]):
        assert list(SubmissionDay.objects.values_list("day", "messages")) == [(date(2026, 11, 17), 2)]


def test_zone_cannot_change_while_a_log_is_read(
    cast: Cast, admin: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = make_source(cast.acme)
    monkeypatch.setattr("insights.ingest.feeds.destinations.PATIENCE", "100ms")
    settings = connection.get_connection_params()
    keys = ("host", "port", "user", "dbname", "password")
    with psycopg.connect(**{key: settings[key] for key in keys if settings.get(key)}) as reader:
        reader.execute("SELECT pg_advisory_lock(hashtextextended(%s, 0))", [str(source.pk)])
        response = admin.patch(
            f"/api/v1/{PATH}", {"time_zone": "Asia/Seoul", "name": "Other"}, content_type="application/json"
        )
        assert (response.status_code, response["Retry-After"]) == (503, "5")
        assert (admin.read(PATH)["name"], admin.read(PATH)["time_zone"]) == ("Acme", "Europe/Berlin")
        _change(admin, {"name": "Other"})
    _change(admin, {"time_zone": "Asia/Seoul"})


def test_settings_are_changed_by_those_who_may(cast: Cast, client_of: Callable[[User], Client]) -> None:
    for api, status in (
        (tenant_api(cast.acme), 403),
        (tenant_api(cast.acme, Scope.REQUEST), 403),
        (tenant_api(cast.acme, Scope.INGEST), 403),
        (tenant_api(cast.globex, Scope.ADMIN), 404),
        (provider_api(cast.south, Scope.ADMIN), 404),
        (provider_api(cast.north, Scope.ADMIN, tenants=[cast.globex]), 404),
        (provider_api(cast.north, Scope.ADMIN), 200),
    ):
        _change(api, {"name": f"Of {status}"}, status)
    for person, status in ((cast.carol, 403), (cast.bob, 403), (cast.dora, 404), (cast.alice, 200)):
        answer = client_of(person).patch(
            f"/api/v1/{PATH}", {"name": person.name}, content_type="application/json"
        )
        assert answer.status_code == status
    assert Tenant.objects.get(slug="acme").name == "Alice"


def test_times_are_utc_to_the_second(cast: Cast) -> None:
    (row,) = tenant_api(cast.acme).read("tenants/")["results"]
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", row["created_at"])
