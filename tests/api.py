"""A client of the API with a key, and the keys it is made with."""

from __future__ import annotations

from typing import Any

from django.test import Client

from tenants.api_keys import make_key
from tenants.models import Provider, Tenant
from tenants.roles import Scope


class Api(Client):
    """Django's test client that sends a key and reads JSON; `host` is not checked here."""

    def __init__(self, key: str | None) -> None:
        super().__init__(headers={"Authorization": f"Bearer {key}"} if key else {})

    def read(self, path: str, status: int = 200, /, **query: Any) -> Any:
        """Return the JSON of `GET /api/v1/…`, which must answer with `status`."""
        response = self.get(f"/api/v1/{path}", query)
        assert response.status_code == status, (response.status_code, response.content[:2000])
        return response.json()

    def write(
        self, path: str, body: Any = None, status: int = 201, method: str = "post", **headers: str
    ) -> Any:
        """Send JSON to `/api/v1/…`, which must answer with `status`; return its JSON, None where there is none."""
        send = getattr(self, method)
        response = send(f"/api/v1/{path}", body, content_type="application/json", headers=headers)
        assert response.status_code == status, (response.status_code, response.content[:2000])
        return response.json() if response.content else None


def api_with(key: str | None) -> Api:
    """Return a client with this key, or without any."""
    return Api(key)


def tenant_api(tenant: Tenant, *scopes: Scope) -> Api:
    """Return a client with a new key of a tenant; it may read by default."""
    return Api(make_key(name="test", scopes=scopes or (Scope.READ,), tenant=tenant)[1])


def provider_api(provider: Provider, *scopes: Scope, tenants: list[Tenant] | None = None) -> Api:
    """Return a client with a new key of a provider, for all its tenants or some; it may read by default."""
    return Api(make_key(name="test", scopes=scopes or (Scope.READ,), provider=provider, tenants=tenants)[1])
