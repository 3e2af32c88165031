"""A session changes nothing without the token of its pages; a key needs none, and beats the session."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from tenants.models import ApiKey
from tests.isolation.api.stage import Stage
from tests.isolation.world import World

BODY = {"name": "n", "tenant": "acme", "scopes": ["ingest"]}


@pytest.fixture
def strict(world: World) -> Client:
    """Alice's browser, which is asked for the token."""
    client = Client(enforce_csrf_checks=True)
    client.force_login(world.people["alice"], backend="django.contrib.auth.backends.ModelBackend")
    return client


def send(client: Client, **headers: str) -> Any:
    return client.post("/api/v1/keys/", BODY, content_type="application/json", headers=headers)


def test_session_without_the_token_is_refused(api: Stage, strict: Client) -> None:
    before = ApiKey.objects.count()
    refused = send(strict)
    assert (refused.status_code, refused["Content-Type"]) == (403, "application/problem+json")
    assert "CSRF" in refused.json()["detail"]
    assert ApiKey.objects.count() == before


def test_session_with_the_token_of_the_workbench_is_taken(api: Stage, strict: Client) -> None:
    page = strict.get("/api/v1/docs/").content.decode()
    token = page.partition('data-csrf="')[2].partition('"')[0]
    assert send(strict, **{"X-CSRFToken": token}).status_code == 201


def test_key_counts_where_a_session_comes_along(api: Stage, strict: Client) -> None:
    wrong = strict.get("/api/v1/tenants/", headers={"Authorization": "Bearer sai_x"})
    assert wrong.status_code == 401
