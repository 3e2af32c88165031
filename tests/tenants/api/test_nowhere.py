"""Addresses that are no endpoint, hosts that are not ours and errors of our own: problems, never pages."""

from __future__ import annotations

from unittest import mock

import pytest
from django.test import Client

from tests.api import Api, tenant_api
from tests.cast import Cast

pytestmark = pytest.mark.django_db
PROBLEM = "application/problem+json"


@pytest.mark.parametrize(
    "path", ["/api/", "/api/v1/", "/api/v2/tenants/", "/api/v1/keys/x/", "/api/v1/%ff", "/api/v1/%0a/"]
)
@pytest.mark.parametrize("method", ["get", "post", "patch", "delete"])
def test_what_is_no_endpoint_is_a_problem(client: Client, path: str, method: str) -> None:
    response = Client(enforce_csrf_checks=True).generic(method.upper(), path)
    assert (response.status_code, response["Content-Type"]) == (404, PROBLEM)
    assert response.json()["type"] == "urn:smtp-auth-insights:problem:not-found"


@pytest.mark.parametrize("method", ["get", "post"])
def test_forgotten_slash_is_named_and_nothing_is_redirected(nobody: Api, method: str) -> None:
    response = getattr(nobody, method)("/api/v1/tenants")
    assert response.status_code == 404
    assert "/api/v1/tenants/, with a slash" in response.json()["detail"]


def test_pages_keep_their_own_answers(client: Client) -> None:
    assert client.get("/nowhere/")["Content-Type"].startswith("text/html")


def test_error_of_ours_is_a_problem_that_tells_nothing(cast: Cast) -> None:
    api = tenant_api(cast.acme)
    api.raise_request_exception = False
    with mock.patch("tenants.api.tenants.tenants_of", side_effect=RuntimeError("a secret")):
        response = api.get("/api/v1/tenants/")
    assert (response.status_code, response["Content-Type"]) == (500, PROBLEM)
    assert "secret" not in response.content.decode()


def test_host_that_is_not_ours_is_a_problem(cast: Cast) -> None:
    response = tenant_api(cast.acme).get("/api/v1/tenants/", headers={"Host": "evil.example"})
    assert (response.status_code, response["Content-Type"]) == (400, PROBLEM)
