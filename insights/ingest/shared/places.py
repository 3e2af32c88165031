"""The provider's inbox, the servers that it shares, and the tenants whom their events may be of."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from uuid6 import uuid7

from insights.ingest.sources import check_source
from insights.ingest.span import Span, taken_span
from insights.models import Source
from tenants.models import Provider, Tenant, TenantKind
from tenants.scope import tenant_scope

INBOX_NAME = "Inbox"


def inbox_of(provider: Provider) -> Tenant | None:
    """Return the provider's inbox, None as long as it shares no server. One query."""
    return Tenant.objects.filter(provider=provider, kind=TenantKind.INBOX).first()


def make_inbox(provider: Provider, *, time_zone: str) -> Tenant:
    """Return the provider's inbox; a new one counts its days in the zone."""
    slug = f"inbox-{provider.slug}"[:50]
    if Tenant.objects.filter(slug=slug).exclude(provider=provider, kind=TenantKind.INBOX).exists():
        slug = f"inbox-{uuid7().hex}"
    inbox, _is_new = Tenant.objects.get_or_create(
        provider=provider,
        kind=TenantKind.INBOX,
        defaults={"slug": slug, "name": f"{INBOX_NAME}, {provider.name}"[:200], "time_zone": time_zone},
    )
    return inbox


def is_inbox(tenant: Tenant) -> bool:
    """Tell whether the sources of the tenant are shared servers."""
    return tenant.kind == TenantKind.INBOX


def make_server(provider: Provider, *, name: str, format: str, time_zone: str) -> Source:  # noqa: A002
    """Make a shared server, and the provider's inbox with the first one. Raises ValidationError by field."""
    inbox = make_inbox(provider, time_zone=time_zone)
    with tenant_scope([inbox.pk]):
        check_source(name=name, format=format, time_zone=time_zone)
        return Source.objects.create(tenant=inbox, name=name, format=format, time_zone=time_zone)


def customers_of(inbox: Tenant) -> list[Tenant]:
    """Return the customers of the inbox's provider, by name. One query."""
    return list(Tenant.objects.filter(provider=inbox.provider_id, kind=TenantKind.CUSTOMER))


def shared_scope(inbox: Tenant) -> list[UUID]:
    """Return whom what is stored of a shared server may be of: the inbox and the provider's customers. One query."""
    return list(Tenant.objects.filter(provider=inbox.provider_id).values_list("pk", flat=True))


def scope_of(tenant: Tenant) -> list[UUID]:
    """Return the scope in which events of the tenant's sources are stored; a query for an inbox alone."""
    return shared_scope(tenant) if is_inbox(tenant) else [tenant.pk]


def read_span(tenant: Tenant, *, now: datetime) -> Span:
    """Return which instants are read: for an inbox all that one of its provider's tenants keeps; a query for it."""
    if not is_inbox(tenant):
        return taken_span(tenant, now=now)
    spans: Sequence[Span] = [taken_span(one, now=now) for one in [tenant, *customers_of(tenant)]]
    return Span(min(span.earliest for span in spans), spans[0].latest)
