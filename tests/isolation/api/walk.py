"""The walk through everything that the API shows of a tenant, in each of its forms."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from tenants.api.docs import description
from tests.api_routes import Endpoint, views_of_the_api
from tests.isolation.api.stage import Stage
from tests.isolation.reading import text_of
from tests.isolation.world import CANARIES

OWNER = {"acme": "alice", "globex": "alice", "initech": "mallory"}
"""Who walks: Alice may see both of her tenants, so that only the endpoint itself keeps them apart."""
PLAIN: frozenset[str] = frozenset(
    {"insights-api:tenant", "reports-api:sending_volume", "reports-api:tls_usage"}
)
"""Endpoints whose answers are settings, numbers and names of classes alone: no canary is in them."""
ONE: frozenset[str] = frozenset(
    {
        "insights-api:source",
        "insights-api:import",
        "insights-api:import_unrecognised",
        "insights-api:sender_domain",
        "reports-api:report_request",
        "reports-api:report_request_download",
        "tenants-api:webhooks",
        "tenants-api:webhook",
        "tenants-api:webhook-deliveries",
        "tenants-api:webhook-delivery",
    }
)
"""Endpoints about one thing, or about what stands above the scope: even without walls they show no other tenant's."""


def steps() -> Iterator[tuple[Endpoint, dict[str, Any]]]:
    """Yield every endpoint of a tenant that is read, with the query of each of its forms."""
    paths = json.loads(description("json"))["paths"]
    for endpoint in views_of_the_api():
        if endpoint.is_of_a_tenant and "get" in endpoint.methods:
            parameters = paths[endpoint.template]["get"]["parameters"]
            forms: list[str] = next(
                (one["schema"]["enum"] for one in parameters if one["name"] == "format"), []
            )
            yield from ((endpoint, {"format": form}) for form in forms)
            if not forms:
                yield endpoint, {}


def walk(api: Stage, slug: str) -> Iterator[tuple[Endpoint, str, set[str]]]:
    """Yield each endpoint with the name of the step, and the tenants whose canaries were seen there."""
    for endpoint, query in steps():
        response = api.world.client(OWNER[slug]).get(api.path(endpoint, slug), query)
        text = text_of(response)
        step = " ".join([endpoint.name, *query.values()])
        assert response.status_code == 200, f"{step} at {slug}: {response.status_code} {text[:500]}"
        yield endpoint, step, {name for name, canary in CANARIES.items() if canary.is_in(text)}
