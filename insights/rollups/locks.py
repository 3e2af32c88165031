"""Who may count a tenant's days meanwhile: imports share the tenant, what rebuilds or deletes has it alone."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.db import connection

from insights.models import Source
from tenants.models import Tenant


def lock_tenant(tenant: Tenant) -> None:
    """Wait for running imports, keep others from storing until the transaction ends, and read the tenant anew.

    Its zone and its kept days may have changed since it was read. Must run in the tenant's scope. The locks of the
    sources come first and in the order of their ids, so that two callers cannot block each other for good; the
    tenant's own keeps out an import into a source that is made meanwhile.
    """
    with connection.cursor() as cursor:
        for source_id in Source.objects.order_by("pk").values_list("pk", flat=True):
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [str(source_id)])
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [str(tenant.pk)])
    tenant.refresh_from_db()


def share_tenant(tenant_id: UUID) -> Tenant:
    """Return the tenant as it stays until the transaction ends; waits while somebody has it alone."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock_shared(hashtextextended(%s, 0))", [str(tenant_id)])
    return Tenant.objects.get(pk=tenant_id)


def share_tenants(tenant_ids: Iterable[UUID]) -> list[Tenant]:
    """Return these tenants as they stay until the transaction ends, as `share_tenant` does. Two queries at most."""
    ids = sorted(set(tenant_ids))
    if not ids:
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock_shared(hashtextextended(id, 0))"
            " FROM unnest(%s::text[]) WITH ORDINALITY AS tenant (id, place) ORDER BY place",
            [[str(tenant_id) for tenant_id in ids]],
        )
    return list(Tenant.objects.filter(pk__in=ids).order_by("pk"))
