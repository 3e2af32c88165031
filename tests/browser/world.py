"""Two customers whose last days come from the generated logs of the demo, read by the real import."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

from django.core.files.base import ContentFile

from insights.connectors.graph.manage import Wanted, connect_directory
from insights.connectors.graph.refusals import graph_refused
from insights.demo.story import DemoTenant, demo_story
from insights.ingest.columns import map_columns
from insights.ingest.formats.columns.mapping import mapping_of
from insights.ingest.shared.mapping import make_rule
from insights.ingest.shared.places import make_server
from insights.ingest.uploads import take_in
from insights.models import GraphTraceDay, ImportStatus, Source
from tenants.models import EventType, Provider, SenderDomain, Tenant, User, WebhookDelivery
from tenants.roles import Role
from tenants.scope import tenant_scope
from tenants.webhooks import announce
from tenants.webhooks.manage import make_webhook
from tenants.webhooks.post import Answer
from tenants.webhooks.send import settle
from tests.factories import join, make_user
from tests.imports import import_file
from tests.insights.ingest.shared.servers import mixed_log

DAYS = timedelta(days=15)


@dataclass(frozen=True, slots=True)
class World:
    """Alice owns the provider of both; `busy` is the customer that the tests look at.

    `connected` is the source of it that a directory of Microsoft 365 feeds, which is out of order, `held` an upload
    that waits for the columns of its source, `table` a source whose columns are known. `shared` is a server of the
    provider for both, `read` what was read of it.
    """

    alice: User
    bob: User
    busy: Tenant
    other: Tenant
    delivery: WebhookDelivery
    connected: UUID
    held: UUID
    table: UUID
    shared: UUID
    read: UUID


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
    told_of, connected = _told(busy, now=now), _connected(busy, now=now)
    return World(
        alice,
        bob,
        busy,
        other,
        told_of,
        connected,
        *_tables(other),
        *_shared(provider, folder=folder, now=now),
    )


def _shared(provider: Provider, *, folder: Path, now: datetime) -> tuple[UUID, UUID]:
    """Read a server of several customers, of which most waits."""
    server = make_server(provider, name="hub", format="postfix", time_zone="UTC")
    begin = now - timedelta(days=2)
    path = folder / "hub.log"
    path.write_bytes(mixed_log(begin, ["anna@newclient.example", "bert@old-shop.example", "scanner"], each=3))
    log_import = import_file(server.tenant, path, source="hub", year=begin.year, now=now)
    customer = provider.tenants.exclude(pk=server.tenant_id)[0]
    with tenant_scope([server.tenant_id]):
        make_rule(server.tenant, kind="prefix", value="fax-", customer=customer, source=None, person=None)
    return server.pk, log_import.pk


def _tables(tenant: Tenant) -> tuple[UUID, UUID]:
    """Upload a table that nobody has explained, beside a source that has its columns."""
    rows = [f"2026-11-20 10:{n:02};scanner{n};;198.51.100.{n};TLS{n};LOGIN;{n * 'x'}" for n in range(1, 30)]
    text = "\n".join(["Time;User;Sender;IP;TLS;Auth;Subject of the message", *rows, ""])
    mapping = {"columns": {"time": "Time", "account": "User"}, "time_format": "iso"}
    with tenant_scope([tenant.pk]):
        unknown, known = (
            Source.objects.create(tenant=tenant, name=name, format="csv", time_zone=tenant.time_zone)
            for name in ("gateway", "scanner")
        )
        map_columns(known, mapping_of(mapping))
        file = ContentFile(text.encode())
        held = take_in(file, file_name="gateway-of-november.csv", source=unknown, year=None, user=None)
    return held.pk, known.pk


def _connected(tenant: Tenant, *, now: datetime) -> UUID:
    """Connect a directory that has refused the last question, after days with messages."""
    words = str(graph_refused(403, None, secret="-", permission="AuditLog.Read.All"))
    asked = {"at": now.isoformat(), "sign_ins": 1204, "stored": 31, "error": "", "trace_error": words}
    with tenant_scope([tenant.pk]):
        wanted = Wanted("global", uuid4(), uuid4(), "secret", now.date(), reads_trace=True)
        made = connect_directory(tenant, name="Microsoft 365", wanted=wanted)
        made.failures, made.failing_since, made.next_poll_at = 3, now, now + DAYS
        made.last_error, made.succeeded_at, made.read_until = words, now - DAYS, now - DAYS
        made.polls = [asked, {**asked, "error": words}]
        made.save()
        for number in range(2):
            GraphTraceDay.objects.create(
                tenant=tenant,
                source=made.source,
                day=now - timedelta(days=2 + number),
                account="scanner@lindner.example",
                messages=1200,
                asked_at=now,
            )
    return made.source_id


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
