"""One snapshot for a whole report: an import that goes on meanwhile must not make its tables differ."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from django.db import connection, transaction

from tenants.scope import tenant_scope


@contextmanager
def snapshot_of(tenant_id: UUID) -> Iterator[None]:
    """Enter the tenant's scope in a read-only transaction whose queries all see the same moment.

    Within another transaction, as in tests, it is that one's level that counts.
    """
    is_outermost = not connection.in_atomic_block
    with transaction.atomic():
        if is_outermost:
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        with tenant_scope([tenant_id]):
            yield
