"""One source is read by one import at a time: advisory locks, which end with the session whatever kills it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from uuid import UUID

from django.db import connection


@contextmanager
def source_lock(source_id: UUID, *, on_wait: Callable[[], None] | None = None) -> Iterator[None]:
    """Hold the source's lock over several transactions; `on_wait` is called once if another import holds it.

    A lock of the session, not of a transaction: it needs a connection of its own, not a transaction-pooling proxy.
    """
    key = [str(source_id)]
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(hashtextextended(%s, 0))", key)
        if not cursor.fetchone()[0]:
            if on_wait is not None:
                on_wait()
            cursor.execute("SELECT pg_advisory_lock(hashtextextended(%s, 0))", key)
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(hashtextextended(%s, 0))", key)


def source_is_free(source_id: UUID) -> bool:
    """Tell whether no import holds the source's lock, and if so, hold it until the current transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 0))", [str(source_id)])
        return bool(cursor.fetchone()[0])
