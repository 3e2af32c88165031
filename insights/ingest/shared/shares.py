"""What customers have of a shared server: a source of their own that mirrors it, and shares of what was read into it.

A share is an import of the customer (or of the inbox) without lines of its own: each event counts as an event line.
The import itself, with its lines and its samples, stays with the provider.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from django.db import connection
from uuid6 import uuid7

from insights.models import ImportKind, ImportStatus, LogImport, Source
from insights.models.source import MAX_NAME


@dataclass(slots=True)
class Brought:
    """What a share got."""

    submissions_stored: int = 0
    submissions_duplicate: int = 0
    failures_stored: int = 0
    failures_duplicate: int = 0
    first_at: datetime | None = None
    last_at: datetime | None = None

    @property
    def events(self) -> int:
        """How many events, new or known."""
        return (
            self.submissions_stored
            + self.submissions_duplicate
            + self.failures_stored
            + self.failures_duplicate
        )

    def span(self, first_at: datetime | None, last_at: datetime | None) -> None:
        """Reach from `first_at` to `last_at` as well."""
        if first_at is not None and last_at is not None:
            self.first_at = min(first_at, self.first_at or first_at)
            self.last_at = max(last_at, self.last_at or last_at)


def mirrors_of(server: Source) -> dict[UUID, UUID]:
    """Return where the server's events lie: each tenant of the scope with its source, the inbox too. One query."""
    found = Source.objects.filter(shared_from=server.pk).values_list("tenant_id", "pk")
    return {**dict(found), server.tenant_id: server.pk}


def make_mirrors(server: Source, mirrors: dict[UUID, UUID], tenants: Iterable[UUID]) -> None:
    """Make the sources of the tenants that have none yet, in `mirrors` too. Up to two queries for each."""
    for tenant_id in sorted(set(tenants) - set(mirrors)):
        mirror = Source.objects.create(
            tenant_id=tenant_id,
            name=_free_name(server.name, tenant_id),
            format=server.format,
            time_zone=server.time_zone,
            shared_from=server.pk,
            last_line_at=server.last_line_at,
            last_received_at=server.last_received_at,
        )
        mirrors[tenant_id] = mirror.pk


def _free_name(name: str, tenant_id: UUID) -> str:
    taken = set(Source.objects.filter(tenant=tenant_id).values_list("name", flat=True))
    number, free = 1, name
    while free in taken:
        number += 1
        free = (
            f"{name[: MAX_NAME - 12]} (shared {number})"
            if number > 2
            else f"{name[: MAX_NAME - 12]} (shared)"
        )
    return free


def bring_mirrors(server: Source) -> None:
    """Let every mirror of the scope say when its server last sent something. One statement."""
    Source.objects.filter(shared_from=server.pk).update(
        last_line_at=server.last_line_at, last_received_at=server.last_received_at
    )


def make_shares(
    log_import: LogImport,
    mirrors: Mapping[UUID, UUID],
    tenants: Iterable[UUID],
    *,
    now: datetime,
    assignment: UUID | None = None,
) -> dict[UUID, UUID]:
    """Return the share of each of `tenants` in the import, made where it is new. Up to two statements."""
    wanted = set(tenants)
    same = LogImport.objects.filter(shared_import=log_import.pk, assignment=assignment, tenant__in=wanted)
    shares = dict(same.values_list("tenant_id", "pk"))
    missing = [
        LogImport(
            pk=uuid7(),
            tenant_id=tenant_id,
            source_id=mirrors[tenant_id],
            kind=ImportKind.SHARED,
            shared_import=log_import.pk,
            assignment=assignment,
            file_name=log_import.file_name,
            status=ImportStatus.DONE,
            finished_at=now,
            heartbeat_at=now,
        )
        for tenant_id in sorted(wanted - set(shares))
    ]
    LogImport.objects.bulk_create(missing)
    return shares | {share.tenant_id: share.pk for share in missing}


def bring_shares(
    brought: Mapping[UUID, Brought],
    *,
    lines_from: datetime | None,
    now: datetime,
    lines_until: datetime | None = None,
) -> None:
    """Add what each share, by its id, got; what it gave is less than nothing. One statement.

    Added in the database: an assignment takes from a share of the inbox between two portions of its import.
    """
    rows: list[dict[str, Any]] = [
        {
            "id": share_id,
            "tenant_lines": one.events,
            **{name: getattr(one, name) for name in Brought.__slots__},
        }
        for share_id, one in brought.items()
    ]
    if not rows:
        return
    with connection.cursor() as cursor:
        cursor.execute(_BRING, [lines_from, lines_until, now, now, msgspec.json.encode(rows).decode()])


_BRING = """
UPDATE insights_logimport AS share SET
    lines_event = share.lines_event + new.tenant_lines,
    submissions_stored = share.submissions_stored + new.submissions_stored,
    submissions_duplicate = share.submissions_duplicate + new.submissions_duplicate,
    failures_stored = share.failures_stored + new.failures_stored,
    failures_duplicate = share.failures_duplicate + new.failures_duplicate,
    first_at = least(share.first_at, new.first_at),
    last_at = greatest(share.last_at, new.last_at),
    lines_from_at = coalesce(share.lines_from_at, %s),
    lines_until_at = greatest(share.lines_until_at, %s),
    heartbeat_at = %s, finished_at = %s
FROM json_to_recordset(%s) AS new (
    id uuid, tenant_lines bigint, submissions_stored bigint, submissions_duplicate bigint, failures_stored bigint,
    failures_duplicate bigint, first_at timestamptz, last_at timestamptz)
WHERE share.id = new.id
"""
