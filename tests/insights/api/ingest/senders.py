"""Sends to the ingest endpoints as the programs in the field do, and looks at what came of it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from insights.models import LoginFailure, Submission
from tenants.models import Tenant
from tenants.roles import Scope
from tenants.scope import tenant_scope
from tests.api import Api, tenant_api


def sender(tenant: Tenant) -> Api:
    """Return a client that may send to the tenant."""
    return tenant_api(tenant, Scope.INGEST)


def post(
    api: Api,
    path: str,
    body: bytes,
    *,
    status: int = 200,
    media_type: str = "text/plain",
    **headers: str,
) -> Any:
    """Send bytes to `/api/v1/…`, which must answer with `status`; return the response."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    response = api.post(f"/api/v1/{path}", body, content_type=media_type, headers=named)
    assert response.status_code == status, (response.status_code, response.content[:2000])
    return response


def send_lines(
    api: Api, body: bytes, *, source: str = "mx1", tenant: str = "acme", query: str = "", **more: Any
) -> Any:
    """Send log lines; return the JSON of the answer."""
    return post(api, f"tenants/{tenant}/sources/{source}/lines{query}", body, **more).json()


def send_batch(
    api: Api,
    records: Iterable[Mapping[str, Any]] | bytes,
    *,
    kind: str = "submissions",
    source: str = "relay",
    tenant: str = "acme",
    **more: Any,
) -> Any:
    """Send events, as bytes or as what becomes a JSON array; return the JSON of the answer."""
    body = records if isinstance(records, bytes) else json.dumps(list(records)).encode()
    path = f"tenants/{tenant}/{kind}:batch?source={source}"
    return post(api, path, body, **{"media_type": "application/json", **more}).json()


def stored(tenant: Tenant) -> tuple[int, int]:
    """Return how many submissions and how many refused logins the tenant has."""
    with tenant_scope([tenant.pk]):
        return Submission.objects.count(), LoginFailure.objects.count()
