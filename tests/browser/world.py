"""Two customers whose last days come from the generated logs of the demo, read by the real import."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from insights.demo.story import DemoTenant, demo_story
from insights.models import ImportStatus
from tenants.models import EventType, Provider, SenderDomain, Tenant, User, WebhookDelivery
from tenants.roles import Role
from tenants.scope import tenant_scope
from tenants.webhooks import announce
from tenants.webhooks.manage import make_webhook
from tenants.webhooks.post import Answer
from tenants.webhooks.send import settle
from tests.factories import join, make_user
from tests.imports import import_file

DAYS = timedelta(days=15)


@dataclass(frozen=True, slots=True)
class World:
    """Alice owns the provider of both; `busy` is the customer that the tests look at."""

    alice: User
    bob: User
    busy: Tenant
    other: Tenant
    delivery: WebhookDelivery


def make_world(folder: Path, *, now: datetime) -> World:
    """Write the logs of the last days and import them, as of `now`."""
    told = {tenant.slug: tenant for provider in demo_story(now=now, seed=7) for tenant in provider.tenants}
    provider = Provider.objects.create(slug="north", name="North IT")
    alice, bob = make_user("alice"), make_user("bob")
    join(alice, provider, Role.OWNER)
    join(bob, provider, Role.READER)
    busy, other = (
        _customer(told[slug], provider, folder=folder, now=now) for slug in ("lindner", "fenwick-dental")
    )
    return World(alice, bob, busy, other, _told(busy, now=now))


def _told(tenant: Tenant, *, now: datetime) -> WebhookDelivery:
    """Have a webhook told of something that it answers at length, and that is tried again."""
    webhook, _secret = make_webhook(
        name="PSA tickets",
        url="https://psa.example.com/hooks/" + "incoming-mail-events/" * 8,
        events=EventType.values,
        tenant=tenant,
    )
    with tenant_scope([tenant.pk]):
        announce(tenant, EventType.SOURCE_SILENT, lambda: {"source": "mx1", "silent_since": now}, now=now)
    delivery = webhook.deliveries.get()
    settle(delivery, Answer(503, "", 183, "203.0.113.80", "upstream is down " * 40), now=now)
    delivery.refresh_from_db()
    return delivery


def _customer(told: DemoTenant, provider: Provider, *, folder: Path, now: datetime) -> Tenant:
    tenant = Tenant.objects.create(
        slug=told.slug,
        name=told.name,
        provider=provider,
        time_zone=told.time_zone,
        retention_days=told.retention_days,
    )
    with tenant_scope([tenant.pk]):
        for domain in told.accepted_domains:
            SenderDomain.objects.create(tenant=tenant, domain=domain, is_accepted=True)
    for source in told.sources:
        path = folder / f"{told.slug}-{source.name}.log"
        with path.open("wb") as file:
            file.writelines(told.write_log(source, now - DAYS, now))
        log_import = import_file(
            tenant,
            path,
            source=source.name,
            zone=source.log_zone,
            year=source.year_at(now - DAYS),
            now=now,
        )
        assert log_import.status == ImportStatus.DONE, log_import.message
    return tenant
