"""A table as JSON: the payload of `manage.py report --format json`, and of the API."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from insights.queries import Selection
from reports.tables.kinds import Kind, Value
from tenants.models import Tenant


def plain(value: Value) -> str | int | float | None:
    """Return a value as JSON and CSV write it: days as 2026-11-17, times in UTC as 2026-11-17T08:11:05Z."""
    if isinstance(value, datetime):
        return f"{value.astimezone(UTC).replace(tzinfo=None).isoformat(timespec='seconds')}Z"
    return value.isoformat() if isinstance(value, date) else value


def payload(kind: Kind, selection: Selection, *, tenant: Tenant, ordering: str = "") -> dict[str, Any]:
    """Return the table and what it is about; docs/report-payloads.md explains the keys. Two queries."""
    return {
        "kind": kind.name,
        "tenant": tenant.slug,
        "time_zone": tenant.time_zone,
        "start": selection.days.start.isoformat(),
        "end": selection.days.last.isoformat(),
        "sender_domain": selection.sender_domain,
        "columns": list(kind.columns),
        "rows": [{name: plain(row[name]) for name in kind.columns} for row in kind.rows(selection, ordering)],
        "totals": dict(kind.totals(selection)),
    }
