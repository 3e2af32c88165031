"""Which connections are due, and that one process at a time asks for each."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from uuid import UUID

from django.db import connection as database
from django.db.models import Q

from insights.connectors.graph.secret import seal_anew
from insights.models import GraphConnection


def due_connections(*, now: datetime) -> list[UUID]:
    """Return the connections of the scope that are to be asked, the longest due first. One query."""
    due = GraphConnection.objects.filter(Q(next_poll_at=None) | Q(next_poll_at__lte=now), is_enabled=True)
    return list(due.order_by("next_poll_at", "id").values_list("pk", flat=True))


def seal_all_anew() -> int:
    """Seal the secrets of the scope with the newest key, those of paused connections too; return how many changed."""
    return sum(seal_anew(one) for one in GraphConnection.objects.all())


@contextmanager
def asking_lock(connection_id: UUID) -> Iterator[bool]:
    """Try to be the one that asks for this connection; give whether that worked. Ends with the database session."""
    name = f"graph connection {connection_id}"
    with database.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(hashtextextended(%s, 0))", [name])
        is_held = bool(cursor.fetchone()[0])
    try:
        yield is_held
    finally:
        if is_held:
            with database.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(hashtextextended(%s, 0))", [name])
