"""Webhooks are told of every import that ends, in the transaction that ends it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from insights.ingest.run import run_import
from insights.models import LogImport
from tenants.models import Tenant, WebhookDelivery, WebhookEvent
from tenants.scope import tenant_scope
from tests.cast import Cast
from tests.imports import NOW, source_of, waiting_import
from tests.insights.ingest.lines import messages
from tests.insights.ingest.test_dead_imports import INTERRUPTED, begun, swept
from tests.tenants.webhooks.stage import hook

pytestmark = pytest.mark.django_db


def told(tenant: Tenant) -> list[Any]:
    with tenant_scope([tenant.pk]):
        return [json.loads(event.body)["data"] for event in WebhookEvent.objects.order_by("pk")]


def read(tenant: Tenant, path: Path) -> LogImport:
    log_import = waiting_import(tenant, path, source=source_of(tenant), year=NOW.year)
    return run_import(tenant_id=tenant.pk, import_id=log_import.pk, clock=lambda: NOW, path=path)


def test_import_is_told_with_its_figures(cast: Cast, tmp_path: Path) -> None:
    hook(cast.acme, "https://example.com/", events=["import.finished"])
    path = tmp_path / "mail.log"
    path.write_bytes(messages(NOW, 3))
    log_import = read(cast.acme, path)
    (data,) = told(cast.acme)
    assert data == {
        "tenant": "acme",
        "import": str(log_import.pk),
        "source": "mx1",
        "file_name": log_import.file_name,
        "status": "done",
        "message": "",
        "lines": log_import.lines,
        "unrecognised": 0,
        "events": 3,
        "stored": 3,
        "duplicate": 0,
        "first_at": "2026-11-24T12:00:00Z",
        "last_at": data["last_at"],
        "url": f"http://localhost:8000/t/acme/imports/{log_import.pk}/",
    }
    assert data["last_at"] >= data["first_at"]


def test_refused_import_is_told_with_the_reason(cast: Cast, tmp_path: Path) -> None:
    hook(cast.north, "https://example.com/")
    path = tmp_path / "mail.log"
    path.write_bytes(b"\x7fELF" + bytes(1000))
    log_import = read(cast.acme, path)
    (data,) = told(cast.acme)
    assert (data["status"], data["message"]) == ("refused", log_import.message)
    assert log_import.message


def test_import_whose_process_died_is_told(cast: Cast, tmp_path: Path) -> None:
    hook(cast.acme, "https://example.com/")
    assert swept(cast, begun(cast, tmp_path))[0] == 1
    (data,) = told(cast.acme)
    assert (data["status"], data["message"]) == ("failed", INTERRUPTED)


def test_nobody_is_told_where_nobody_listens(cast: Cast, tmp_path: Path) -> None:
    hook(cast.globex, "https://example.com/")
    path = tmp_path / "mail.log"
    path.write_bytes(messages(NOW, 3))
    read(cast.acme, path)
    assert told(cast.acme) == []
    assert not WebhookDelivery.objects.exists()
