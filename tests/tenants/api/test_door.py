"""Who gets in, who is sent away with which answer, and what is said of parameters nobody knows."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from tenants.models import User
from tenants.roles import Scope
from tests.api import Api, provider_api, tenant_api
from tests.cast import Cast

ClientOf = Callable[[User], Client]
pytestmark = pytest.mark.django_db


def test_without_a_key_the_answer_names_the_way_in(cast: Cast, nobody: Api) -> None:
    response = nobody.get("/api/v1/tenants/acme/")
    assert response.status_code == 401
    assert response["WWW-Authenticate"].startswith("Bearer")
    assert response["Content-Type"] == "application/problem+json"
    assert response.json() == {
        "type": "urn:smtp-auth-insights:problem:unauthenticated",
        "title": "Unauthorized",
        "status": 401,
        "detail": "Authentication credentials were not provided.",
        "errors": [],
    }


@pytest.mark.parametrize(
    "header", ["Bearer", "Bearer ", "Bearer x", "Basic QTpC", "Token x", "Bearer \xff", "x" * 9000]
)
def test_header_that_holds_no_key_is_a_401(cast: Cast, nobody: Api, header: str) -> None:
    response = nobody.get("/api/v1/tenants/acme/", headers={"Authorization": header})
    assert response.status_code == 401


def test_key_in_the_address_is_not_read(cast: Cast, nobody: Api) -> None:
    assert nobody.get("/api/v1/tenants/", {"key": "sai_x", "api_key": "sai_x"}).status_code == 401


def test_tenant_key_reads_its_tenant_and_nothing_else(cast: Cast) -> None:
    api = tenant_api(cast.acme)
    assert api.read("tenants/acme/")["rights"] == ["view"]
    assert [tenant["slug"] for tenant in api.read("tenants/")["results"]] == ["acme"]
    missing = api.read("tenants/nowhere/", 404)
    assert api.read("tenants/globex/", 404) == missing == api.read("tenants/initech/", 404)


def test_provider_key_reads_the_tenants_of_its_provider(cast: Cast) -> None:
    everything, named = provider_api(cast.north), provider_api(cast.north, tenants=[cast.globex])
    assert [tenant["slug"] for tenant in everything.read("tenants/")["results"]] == ["acme", "globex"]
    assert [tenant["slug"] for tenant in named.read("tenants/")["results"]] == ["globex"]


def test_key_without_the_right_is_a_403(cast: Cast) -> None:
    problem = tenant_api(cast.acme, Scope.INGEST).read("tenants/acme/", 403)
    assert "“view”, which your key does not have" in problem["detail"]


def test_session_reads_what_the_person_may_see(cast: Cast, client_of: ClientOf) -> None:
    found = client_of(cast.dora).get("/api/v1/tenants/").json()["results"]
    assert [tenant["slug"] for tenant in found] == ["globex"]
    assert client_of(cast.dora).get("/api/v1/tenants/acme/").status_code == 404


def test_unknown_parameter_is_named(cast: Cast) -> None:
    problem = tenant_api(cast.acme).read("tenants/acme/", 400, colour="blue", size=1)
    assert [error["field"] for error in problem["errors"]] == ["colour", "size"]
    assert problem["detail"] == "2 things cannot be taken as they are."


def test_detail_of_one_mistake_can_be_read_alone(cast: Cast) -> None:
    problem = tenant_api(cast.acme).read("tenants/acme/", 400, colour="blue")
    assert problem["detail"] == "colour: is not a parameter here; this endpoint has none."


@pytest.mark.parametrize("accept", ["text/html", "application/xml", "nonsense"])
def test_answer_is_json_whatever_is_accepted(cast: Cast, accept: str) -> None:
    response = tenant_api(cast.acme).get("/api/v1/tenants/", headers={"Accept": accept})
    assert (response.status_code, response["Content-Type"]) == (200, "application/json")


def test_method_that_is_not_there_is_a_405(cast: Cast) -> None:
    assert tenant_api(cast.acme).write("tenants/acme/", {}, 405)["title"] == "Method Not Allowed"


def test_method_that_is_not_there_is_a_405_whoever_asks(cast: Cast) -> None:
    response = tenant_api(cast.acme).delete("/api/v1/tenants/globex/")
    assert response.status_code == 405
    assert "GET" in response["Allow"]


def test_too_fast_is_a_429_that_says_how_long_to_wait(cast: Cast, settings: object) -> None:
    settings.API_REQUESTS_A_MINUTE = 2  # type: ignore[attr-defined]
    api = tenant_api(cast.acme)
    answers = [api.get("/api/v1/tenants/") for _ in range(4)]
    assert [answer.status_code for answer in answers] == [200, 200, 429, 429]
    assert 1 <= int(answers[-1]["Retry-After"]) <= 60


def test_what_a_key_is_shown_stays_out_of_caches(cast: Cast, nobody: Api) -> None:
    api = tenant_api(cast.acme)
    assert api.get("/api/v1/tenants/")["Cache-Control"] == "private, no-store"
    assert api.get("/api/v1/tenants/globex/")["Cache-Control"] == "private, no-store"
    assert nobody.get("/api/v1/schema/")["Cache-Control"] == "public, no-cache"
