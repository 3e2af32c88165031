"""Weekly partitions of the event tables: the database functions that make and drop them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from django.db import connection


def make_partitions(first_at: datetime, last_at: datetime) -> int:
    """Make the partitions for every instant from `first_at` to `last_at`; return how many were made.

    Idempotent and safe beside other sessions. Call it outside the transaction that stores rows.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT insights_make_partitions(%s, %s)", [first_at, last_at])
        return int(cursor.fetchone()[0])


def partitions_missing(first_at: datetime, last_at: datetime) -> bool:
    """Tell whether an instant from `first_at` to `last_at` has no partition yet. Looks and locks nothing."""
    monday = first_at.astimezone(UTC).date()
    monday -= timedelta(days=monday.weekday())
    weeks = []
    while monday <= last_at.astimezone(UTC).date():
        weeks.append(monday.strftime("%Gw%V"))
        monday += timedelta(days=7)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT bool_or(to_regclass('public.' || parent || '_' || week) IS NULL)"
            " FROM unnest(%s::text[]) AS week,"
            " unnest(ARRAY['insights_submission', 'insights_loginfailure']) AS parent",
            [weeks],
        )
        return bool(cursor.fetchone()[0])


def drop_partitions(*, now: datetime) -> list[str]:
    """Drop the partitions that lie wholly before the longest retention of any tenant; return their names."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM insights_drop_partitions(%s)", [now])
        return [name for (name,) in cursor.fetchall()]
