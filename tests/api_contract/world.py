"""Two customers with rows of every kind, committed, and keys to them: what generated requests meet."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

from django.conf import settings
from redis import Redis

from project.celery import app
from project.periods import DayRange
from tenants.api_keys import make_key
from tenants.models import Provider, SenderDomain, Tenant
from tenants.roles import Role, Scope
from tenants.scope import tenant_scope
from tenants.webhooks.manage import make_webhook, ping
from tests.factories import fail_login, join, make_tenant, make_user, submit
from tests.imports import import_file
from tests.insights.ingest.lines import message
from tests.reports.orders import order


@dataclass(frozen=True, slots=True)
class World:
    """Keys by name, and the arguments of paths that lead to rows: a pattern of paths → arguments."""

    keys: dict[str, str | None]
    rows: dict[str, dict[str, str]] = field(default_factory=dict)


def make_world(folder: Path) -> World:
    """Put it up."""
    north = Provider.objects.create(slug="north", name="North IT")
    acme = make_tenant("acme", provider=north, time_zone="Europe/Berlin")
    make_tenant("globex", provider=north, time_zone="America/New_York")
    keys = {
        "tenant": make_key(name="contract", scopes=[Scope.ADMIN], tenant=acme)[1],
        "provider": make_key(name="contract", scopes=[Scope.ADMIN], provider=north)[1],
        "none": None,
    }
    return World(keys, _fill(acme, folder))


def _fill(tenant: Tenant, folder: Path) -> dict[str, dict[str, str]]:
    """Give the tenant mail, an import, a report and a domain; return the arguments of paths to them."""
    now = datetime.now(UTC).replace(microsecond=0)
    submit(tenant, at=now - timedelta(days=1), count=7, source="mx1")
    fail_login(tenant, at=now - timedelta(days=1), count=3, source="mx1")
    log = folder / "mail.log"
    sent_at = now - timedelta(hours=3)
    log.write_bytes(message(sent_at, queue_id="A1") + b"no stamp\n")
    log_import = import_file(tenant, log, source="mx2", zone="UTC", year=sent_at.year, now=now)
    asker, today = make_user("alice"), now.date()
    join(asker, tenant, Role.OWNER)
    week = DayRange.inclusive(today - timedelta(days=8), today - timedelta(days=2))
    request = order(tenant=tenant, asked_by=asker, addresses=[asker.email], days=week, now=now)
    with tenant_scope([tenant.pk]):
        SenderDomain.objects.update_or_create(
            tenant=tenant, domain="acme.example", defaults={"is_accepted": True}
        )
    webhook, _secret = make_webhook(
        name="psa", url="https://psa.example/hook", events=["source.silent"], tenant=tenant
    )
    delivery = ping(webhook, now=now)
    at = {"tenant": tenant.slug}
    return {
        "^/api/v1/tenants/{tenant}/(|reports/.*|summary/|submissions.*|login-failures.*|imports/|sources/|webhooks/"
        "|report-requests/|sender-domains/)$": at,
        "/sources/{source}": at | {"source": "mx1"},
        "/imports/{id}/": at | {"id": str(log_import.pk)},
        "/report-requests/{id}/": at | {"id": str(request.pk)},
        "/sender-domains/{domain}/": at | {"domain": "acme.example"},
        "/tenants/{tenant}/webhooks/{id}/": at | {"id": str(webhook.pk), "delivery": str(delivery.pk)},
        "/providers/": {"provider": "north"},
    }


@contextmanager
def own_queues() -> Iterator[None]:
    """Queue what is asked for where nobody takes it, and throw it away in the end."""
    prefix, usual = f"test-{uuid4().hex}-", app.conf.broker_transport_options
    _publish_with({**usual, "global_keyprefix": prefix})
    try:
        yield
    finally:
        _publish_with(usual)
        with Redis.from_url(settings.REDIS_URL) as broker:
            if keys := list(broker.scan_iter(f"{prefix}*")):
                broker.delete(*keys)


def _publish_with(options: dict[str, Any]) -> None:
    app.conf.broker_transport_options = options
    vars(app).pop("amqp", None)  # holds producers that were made with the former options
