"""A directory of Microsoft 365 that is served, a connection with it, and the askings that are queued."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from insights.connectors.graph.manage import connect_directory
from insights.tasks import poll_graph
from tenants.scope import tenant_scope
from tests.cast import Cast
from tests.insights.connectors.graph.conftest import wanted
from tests.insights.connectors.graph.directory import Directory, serving
from tests.insights.web.week import NOW


@pytest.fixture
def directory(settings: Any) -> Iterator[Directory]:
    with serving(Directory()) as served:
        served.clock = NOW
        settings.GRAPH_ENDPOINTS = {"global": [served.url, served.url]}
        yield served


@pytest.fixture
def queued(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, str]]:
    asked: list[dict[str, str]] = []
    monkeypatch.setattr(poll_graph, "delay_on_commit", lambda **ids: asked.append(ids))
    return asked


@pytest.fixture
def address(cast: Cast) -> str:
    with tenant_scope([cast.acme.pk]):
        made = connect_directory(cast.acme, name="Microsoft 365", wanted=wanted())
    return f"/t/acme/sources/{made.source_id}/microsoft-365/"
