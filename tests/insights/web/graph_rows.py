"""What is entered to connect Microsoft 365 in the browser, and what is stored of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.test import Client

from insights.models import GraphConnection
from tenants.models import User
from tenants.scope import tenant_scope
from tests.cast import Cast
from tests.insights.connectors.graph.directory import CLIENT, DIRECTORY, SECRET

ClientOf = Callable[[User], Client]
NEW = "/t/acme/sources/microsoft-365/"
ENTERED = {
    "name": "Microsoft 365",
    "cloud": "global",
    "directory_id": str(DIRECTORY),
    "client_id": str(CLIENT),
    "proof": "secret",
    "secret": SECRET,
    "secret_expires_on": "",
    "certificate": "",
    "reads_non_interactive": "on",
}


def change(cast: Cast, **fields: Any) -> None:
    with tenant_scope([cast.acme.pk]):
        GraphConnection.objects.update(**fields)


def stored(cast: Cast) -> GraphConnection:
    with tenant_scope([cast.acme.pk]):
        return GraphConnection.objects.get()
