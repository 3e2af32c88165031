"""Webhooks are told where an import is shown: at its customer, or at the provider of a shared server."""

from __future__ import annotations

import json
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.test import Client

from tenants.models import EventType, Provider, Tenant, User, WebhookEvent
from tenants.scope import tenant_scope
from tenants.webhooks.manage import make_webhook
from tests.cast import Cast
from tests.imports import import_file, imported
from tests.insights.ingest.lines import messages
from tests.insights.ingest.shared.servers import mixed_log, shared_server
from tests.insights.ingest.shared.test_store import AT


def told(tenant: Tenant) -> dict[str, object]:
    with tenant_scope([tenant.pk]):
        body: dict[str, dict[str, object]] = json.loads(WebhookEvent.objects.get().body)
    return body["data"]


def listen(provider: Provider, person: User) -> None:
    make_webhook(
        name="ears",
        url="https://hook.example/",
        events=[EventType.IMPORT_FINISHED],
        provider=provider,
        created_by=person,
    )


@pytest.mark.parametrize("is_shared", [False, True])
def test_page_that_a_webhook_names_is_there(
    cast: Cast, client: Client, tmp_path: Path, is_shared: bool
) -> None:
    listen(cast.north, cast.alice)
    tenant = shared_server(cast).tenant if is_shared else cast.acme
    data = mixed_log(AT) if is_shared else messages(AT, 12)
    imported(tenant, tmp_path, data, source="hub", year=2026)
    figures = told(tenant)
    assert (figures["tenant"], figures["stored"]) == (tenant.slug, 12)
    address = urlsplit(str(figures["url"])).path
    assert address == (
        f"/providers/north/shared/imports/{figures['import']}/"
        if is_shared
        else f"/t/acme/imports/{figures['import']}/"
    )
    client.force_login(cast.alice, backend="django.contrib.auth.backends.ModelBackend")
    assert client.get(address).status_code == 200


def test_refused_log_of_a_shared_server_is_told_with_its_page(cast: Cast, tmp_path: Path) -> None:
    listen(cast.north, cast.alice)
    inbox = shared_server(cast).tenant
    path = tmp_path / "empty.log"
    path.write_bytes(b"")
    refused = import_file(inbox, path, source="hub", year=2026)
    figures = told(inbox)
    assert figures["status"] == "refused"
    assert str(figures["url"]).endswith(f"/providers/north/shared/imports/{refused.pk}/")
