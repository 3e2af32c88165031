"""The tenant scope: which tenants this piece of work may see, in Python and in PostgreSQL.

Refuses in doubt: without a scope a tenant-owned model has no rows to give and none may be written; below it
row-level security holds even where Python was bypassed (raw SQL, `_base_manager`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, ClassVar, Self, TypeVar
from uuid import UUID

from django.db import connection, models, transaction

from tenants.row_security import SETTING

_current: ContextVar[frozenset[UUID] | None] = ContextVar("tenant_scope", default=None)

_M = TypeVar("_M", bound=models.Model)


class NoTenantScope(RuntimeError):
    """Tenant-owned rows were asked for, or written, outside the scope of their tenant."""


def current_scope() -> frozenset[UUID]:
    """Return the tenants of the current scope, or raise NoTenantScope."""
    tenants = _current.get()
    if tenants is None:
        raise NoTenantScope("Enter `tenant_scope(…)` before touching rows that belong to a tenant.")
    return tenants


def current_tenant_id() -> UUID:
    """Return the one tenant of the current scope; raise NoTenantScope when it has none or several."""
    tenants = current_scope()
    if len(tenants) != 1:
        raise NoTenantScope(
            f"This needs the scope of exactly one tenant; the current one has {len(tenants)}."
        )
    return next(iter(tenants))


@contextmanager
def tenant_scope(tenant_ids: Iterable[UUID]) -> Iterator[None]:
    """Open a transaction in which exactly the rows of `tenant_ids` exist.

    Scopes nest: the inner one replaces the outer until it ends. An empty set sees nothing. A streamed response
    must enter its scope inside the generator, because the view's scope has ended by then.
    """
    tenants = frozenset(tenant_ids)
    outer = _current.get()
    with transaction.atomic():
        _tell_database(tenants)
        token = _current.set(tenants)
        try:
            yield
        finally:
            _current.reset(token)
        if connection.in_atomic_block:
            # A released savepoint keeps what it set, so the outer scope is told again.
            _tell_database(outer or frozenset())


def _tell_database(tenants: frozenset[UUID]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config(%s, %s, true)", [SETTING, ",".join(sorted(str(tenant) for tenant in tenants))]
        )


class TenantManager(models.Manager[_M]):
    """The default manager of tenant-owned models: gives the rows of the current scope or raises."""

    def get_queryset(self) -> models.QuerySet[_M]:
        """Return the rows of the current scope; raise NoTenantScope without one."""
        return within_scope(super().get_queryset())

    def bulk_create(self, objs: Iterable[_M], *args: Any, **kwargs: Any) -> list[_M]:
        """Refuse rows of tenants outside the scope."""
        rows = list(objs)
        for row in rows:
            refuse_outside_scope(row)
        return super().bulk_create(rows, *args, **kwargs)


def within_scope(rows: models.QuerySet[_M]) -> models.QuerySet[_M]:
    """Narrow `rows` to the current scope."""
    return rows.filter(tenant_id__in=current_scope())


def refuse_outside_scope(row: models.Model) -> None:
    """Raise NoTenantScope when `row` belongs to a tenant outside the current scope."""
    if row.tenant_id not in current_scope():  # type: ignore[attr-defined]  # every TenantOwned has it
        raise NoTenantScope(
            f"{row._meta.label} of another tenant than the current scope's was to be written."
        )


class TenantOwned(models.Model):
    """A row that belongs to one tenant."""

    objects: ClassVar[TenantManager[Self]] = TenantManager()

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save within the scope of the row's tenant only."""
        refuse_outside_scope(self)
        super().save(*args, **kwargs)
