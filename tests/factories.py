"""Makers of people, tenants and events; events go through the real store, so roll-ups are real as well."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime
from hashlib import blake2b

from insights.enums import FailureReason, TlsVersion
from insights.ingest.local_time import micros_of
from insights.ingest.record import LoginFailureRecord, SubmissionRecord
from insights.ingest.rows import RowWriter
from insights.ingest.store import Destination, store_failures, store_names, store_submissions
from insights.models import Source
from insights.partitions import make_partitions
from tenants.models import Membership, Provider, Tenant, User
from tenants.roles import Role
from tenants.scope import tenant_scope

PASSWORD = "correct horse battery"
_numbers = itertools.count(1)


def make_user(name: str) -> User:
    """Make a person who can log in with `PASSWORD`."""
    return User.objects.create_user(f"{name}@example.com", PASSWORD, name=name.title())


def make_tenant(
    slug: str, *, provider: Provider | None = None, time_zone: str = "UTC", days: int = 90
) -> Tenant:
    """Make a tenant."""
    return Tenant.objects.create(
        slug=slug, name=slug.title(), provider=provider, time_zone=time_zone, retention_days=days
    )


def join(user: User, place: Provider | Tenant, role: Role, *, sees_all: bool = True) -> Membership:
    """Give somebody a role at a provider or a tenant."""
    at = {"provider": place} if isinstance(place, Provider) else {"tenant": place}
    return Membership.objects.create(user=user, role=role, sees_all=sees_all, **at)


def make_source(tenant: Tenant, name: str = "mx1") -> Source:
    """Return the tenant's source of that name, made if needed."""
    with tenant_scope([tenant.pk]):
        source, _ = Source.objects.get_or_create(
            tenant=tenant, name=name, defaults={"time_zone": tenant.time_zone, "format": "postfix"}
        )
    return source


def submit(
    tenant: Tenant,
    *,
    at: datetime | None = None,
    account: str = "anna@acme.example",
    sender: str | None = None,
    client_ip: str = "192.0.2.10",
    tls: TlsVersion = TlsVersion.TLS1_2,
    mechanism: str = "PLAIN",
    recipients: int = 1,
    count: int = 1,
    source: str = "mx1",
    messages: int = 1,
    logins: int = 0,
) -> list[SubmissionRecord]:
    """Store `count` submissions that are alike, at `at` (now by default); the sender is the account by default."""
    occurred_at = at or datetime.now(UTC).replace(microsecond=0)
    records = [
        SubmissionRecord(
            id=_event_id(),
            micros=micros_of(occurred_at),
            host="mail",
            queue_id=f"{next(_numbers):X}",
            account=account,
            sender_address=account if sender is None else sender,
            client_ip=client_ip,
            tls_version=tls,
            mechanism=mechanism,
            recipients=recipients,
            recipients_exact=True,
            size_bytes=1000 if messages else None,
            messages=messages,
            logins=logins,
        )
        for _ in range(count)
    ]
    destination = _destination(tenant, source)
    make_partitions(occurred_at, occurred_at)
    with tenant_scope([tenant.pk]):
        rows, names = RowWriter().submissions(records)
        store_submissions(rows, destination=destination)
        store_names(names, tenant_id=tenant.pk)
        Source.objects.filter(pk=destination.source_id, last_line_at__isnull=True).update(
            last_line_at=occurred_at
        )
        Source.objects.filter(pk=destination.source_id, last_line_at__lt=occurred_at).update(
            last_line_at=occurred_at
        )
    return records


def log_in(
    tenant: Tenant,
    *,
    at: datetime | None = None,
    account: str = "anna@acme.example",
    client_ip: str = "192.0.2.10",
    tls: TlsVersion = TlsVersion.UNKNOWN,
    mechanism: str = "unknown",
    count: int = 1,
    source: str = "mx1",
) -> list[SubmissionRecord]:
    """Store `count` logins of which the source tells no message."""
    return submit(
        tenant, at=at, account=account, sender="", client_ip=client_ip, tls=tls, mechanism=mechanism, recipients=0,
        count=count, source=source, messages=0, logins=1,
    )  # fmt: skip


def fail_login(
    tenant: Tenant,
    *,
    at: datetime | None = None,
    account: str = "admin",
    client_ip: str = "203.0.113.9",
    mechanism: str = "LOGIN",
    reason: FailureReason = FailureReason.WRONG_CREDENTIALS,
    count: int = 1,
    source: str = "mx1",
) -> list[LoginFailureRecord]:
    """Store `count` refused logins that are alike."""
    occurred_at = at or datetime.now(UTC).replace(microsecond=0)
    records = [
        LoginFailureRecord(
            id=_event_id(),
            micros=micros_of(occurred_at),
            host="mail",
            account=account,
            client_ip=client_ip,
            mechanism=mechanism,
            reason=reason,
            detail="authentication failure",
        )
        for _ in range(count)
    ]
    destination = _destination(tenant, source)
    make_partitions(occurred_at, occurred_at)
    with tenant_scope([tenant.pk]):
        store_failures(RowWriter().failures(records), destination=destination)
    return records


def _event_id() -> bytes:
    return blake2b(f"event {next(_numbers)}".encode(), digest_size=16).digest()


def _destination(tenant: Tenant, source: str) -> Destination:
    return Destination(
        tenant_id=tenant.pk,
        zone=tenant.time_zone,
        raw_from_on=tenant.raw_from_on,
        source_id=make_source(tenant, source).pk,
        log_import_id=None,
    )
