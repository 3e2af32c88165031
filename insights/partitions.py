"""Weekly partitions of the event tables: the database functions that make and drop them."""

from __future__ import annotations

from datetime import datetime

from django.db import connection


def make_partitions(first_at: datetime, last_at: datetime) -> int:
    """Make the partitions for every instant from `first_at` to `last_at`; return how many were made.

    Idempotent and safe beside other sessions. Call it outside the transaction that stores rows.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT insights_make_partitions(%s, %s)", [first_at, last_at])
        return int(cursor.fetchone()[0])


def drop_partitions(*, now: datetime) -> list[str]:
    """Drop the partitions that lie wholly before the longest retention of any tenant; return their names."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM insights_drop_partitions(%s)", [now])
        return [name for (name,) in cursor.fetchall()]
