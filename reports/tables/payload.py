"""A table as JSON: the payload of `manage.py report --format json`, and of the API."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping

from insights.queries import Selection
from project.tables import Row, plain
from reports.tables.kinds import Kind, Totals
from tenants.models import Tenant

_ROWS = 500


def json_pieces(
    kind: Kind,
    rows: Iterable[Row],
    *,
    selection: Selection,
    tenant: Tenant,
    narrowed: Mapping[str, str] | None = None,
) -> Iterator[str]:
    """Yield the table, and what it is about, as one JSON object, some hundred rows at a time.

    `narrowed` are the filters as they were written, days and sender domain aside. docs/report-payloads.md explains
    the keys.
    """
    filters = {name: text for name, text in (narrowed or {}).items() if name != "sender_domain"}
    head = {
        "kind": kind.name,
        "tenant": tenant.slug,
        "time_zone": tenant.time_zone,
        "start": selection.days.start.isoformat(),
        "end": selection.days.last.isoformat(),
        "sender_domain": selection.sender_domain,
        "filters": filters,
        "columns": list(kind.members),
    }
    totals, pieces = Totals(kind), [json.dumps(head)[:-1], ', "rows": [']
    for number, row in enumerate(totals.through(rows)):
        pieces += (", " if number else "", json.dumps({name: plain(row[name]) for name in kind.members}))
        if number % _ROWS == _ROWS - 1:
            yield "".join(pieces)
            pieces.clear()
    yield "".join(pieces) + f'], "totals": {json.dumps(totals.sums)}}}'
