"""What the sources of a tenant have brought: lines by their kind, and how much of the TLS is known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Count, F, Q, Sum

from insights.enums import TlsVersion
from insights.health.pauses import Standing, standing
from insights.models import ImportStatus, LogImport, Source
from insights.queries.selection import Selection
from tenants.scope import current_scope

_UNRECOGNISED = """
SELECT source_id, reason, sum(lines::bigint)::bigint
FROM insights_logimport, jsonb_each_text(unrecognised) AS counted (reason, lines)
WHERE tenant_id = ANY (%s::uuid[]) AND status <> %s
GROUP BY source_id, reason
"""


class SourceState(StrEnum):
    """How a source stands: what goes on, else what went wrong, else how old its data is."""

    WAITING = "waiting"
    RUNNING = "running"
    UNDOING = "undoing"
    REFUSED = "refused"
    FAILED = "failed"
    NO_LINE = "no_line"
    SILENT = "silent"
    STALE = "stale"
    UP_TO_DATE = "up_to_date"


_OF_IMPORTS = {state.value for state in SourceState} & set(ImportStatus.values)


@dataclass(frozen=True, slots=True)
class SourceFigures:
    """A source with the sums over its imports, undone ones left out.

    `lines` = `matched` + `other` + all `unrecognised`; matched lines tell an event or are evidence for one.
    `messages` and `messages_tls_known` are those of the selection that was asked for.
    """

    source: Source
    imports: int = 0
    matched: int = 0
    other: int = 0
    messages: int = 0
    messages_tls_known: int = 0
    newest_status: str = ""
    unrecognised: dict[str, int] = field(default_factory=dict)

    def state(self, *, now: datetime) -> SourceState:
        """Return how the source stands at the aware instant `now`."""
        if self.newest_status in _OF_IMPORTS:
            return SourceState(self.newest_status)
        return SourceState(self.standing(now=now))

    def standing(self, *, now: datetime) -> Standing:
        """Return how fresh the source is, whatever goes on with its imports."""
        source = self.source
        return standing(
            last_line_at=source.last_line_at,
            last_received_at=source.last_received_at,
            silent_since=source.silent_since,
            now=now,
        )

    @property
    def lines_unrecognised(self) -> int:
        """The lines that could not be read, for every reason."""
        return sum(self.unrecognised.values())

    @property
    def lines(self) -> int:
        """All lines read."""
        return self.matched + self.other + self.lines_unrecognised


def source_figures(selection: Selection) -> list[SourceFigures]:
    """Return every source of the scope by name; the selection narrows the messages alone.

    Five queries for any number of sources and imports.
    """
    sources = list(Source.objects.all())
    counted = _by_source(
        LogImport.objects.exclude(status=ImportStatus.UNDONE)
        .order_by()
        .values("source_id")
        .annotate(
            imports=Count("pk"),
            matched=Sum(F("lines_event") + F("lines_evidence")),
            other=Sum("lines_other"),
        )
    )
    newest = {
        log_import.source_id: log_import
        for log_import in LogImport.objects.order_by("source_id", "-created_at").distinct("source_id")
    }
    messages = _by_source(
        selection.submissions()
        .values("source_id")
        .annotate(
            # In this order: the second name hides the column from what comes after it.
            messages_tls_known=Sum("messages", filter=~Q(tls_version=TlsVersion.UNKNOWN), default=0),
            messages=Sum("messages"),
        )
    )
    unrecognised = _unrecognised()
    return [
        SourceFigures(
            source=source,
            newest_status=newest[source.pk].status if source.pk in newest else "",
            unrecognised=unrecognised.get(source.pk, {}),
            **counted.get(source.pk, {}),
            **messages.get(source.pk, {}),
        )
        for source in sources
    ]


def _by_source(rows: Any) -> dict[UUID, dict[str, int]]:
    return {row.pop("source_id"): row for row in rows}


def _unrecognised() -> dict[UUID, dict[str, int]]:
    found: dict[UUID, dict[str, int]] = {}
    with connection.cursor() as cursor:
        cursor.execute(_UNRECOGNISED, [list(current_scope()), ImportStatus.UNDONE])
        for source_id, reason, lines in cursor.fetchall():
            found.setdefault(source_id, {})[reason] = lines
    return found


def running_by_source(source_ids: Sequence[UUID]) -> dict[UUID, LogImport]:
    """Return the import that each of these sources is being read by at the moment. One query."""
    return {
        log_import.source_id: log_import
        for log_import in LogImport.objects.filter(source_id__in=source_ids, status=ImportStatus.RUNNING)
    }
