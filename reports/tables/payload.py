"""A table as JSON: the payload of `manage.py report --format json`, and of the API."""

from __future__ import annotations

from typing import Any

from insights.queries import Selection
from project.tables import plain
from reports.tables.kinds import Kind
from tenants.models import Tenant


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
