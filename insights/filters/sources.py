"""Which sources of all customers are shown and in which order, and a source's row as files and programs read it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from insights.health.pauses import Standing
from insights.queries.health_overview import SourceRow
from project.tables import Value

DEFAULT_SORT = "standing"
_NEVER = datetime.min.replace(tzinfo=UTC)
_WORST_FIRST = (Standing.SILENT, Standing.STALE, Standing.NO_LINE, Standing.UP_TO_DATE)
SORTS: dict[str, Callable[[SourceRow], Any]] = {
    "customer": lambda row: row.tenant.name.casefold(),
    "source": lambda row: row.name.casefold(),
    "standing": lambda row: (_WORST_FIRST.index(row.standing), -row.days_missing),
    "last": lambda row: row.last_line_at or _NEVER,
    "lag": lambda row: row.lag or timedelta(0),
    "lines": lambda row: row.lines,
    "matched": lambda row: -1.0 if row.matched_percent is None else row.matched_percent,
    "messages": lambda row: row.messages,
    "failures": lambda row: row.failures,
    "unrecognised": lambda row: row.unrecognised,
    "duplicate": lambda row: row.duplicate,
    "tls": lambda row: -1.0 if row.tls_percent is None else row.tls_percent,
    "missing": lambda row: row.days_missing,
}
"""By what the table can be sorted, ascending, or descending with a leading `-`."""
COLUMNS = (
    "customer",
    "slug",
    "source",
    "format",
    "standing",
    "last_line_at",
    "last_received_at",
    "lag_seconds",
    "lines",
    "lines_matched",
    "lines_unrecognised",
    "messages",
    "messages_tls_known",
    "logins",
    "failed_logins",
    "duplicates",
    "days_missing",
)
"""The columns of the file; they never change their names or order, because scripts read them."""


@dataclass(frozen=True, slots=True)
class SourceChoice:
    """Which sources are shown and in which order; `sort` is one of SORTS, with `-` where it descends."""

    search: str = ""
    attention_only: bool = False
    sort: str = DEFAULT_SORT

    def apply(self, rows: Sequence[SourceRow]) -> list[SourceRow]:
        """Return the chosen rows in the chosen order; equal ones by customer and name."""
        wanted = self.search.casefold()
        chosen = [
            row
            for row in rows
            if (not self.attention_only or row.needs_attention)
            and any(wanted in one.casefold() for one in (row.tenant.name, row.tenant.slug, row.name))
        ]
        chosen.sort(key=lambda row: (SORTS["customer"](row), SORTS["source"](row)))
        chosen.sort(key=SORTS[self.sort.removeprefix("-")], reverse=self.sort.startswith("-"))
        return chosen


def source_row(row: SourceRow) -> dict[str, Value]:
    """Return a source's row with the COLUMNS."""
    values: tuple[Value, ...] = (
        row.tenant.name,
        row.tenant.slug,
        row.name,
        row.format,
        row.standing,
        row.last_line_at,
        row.last_received_at,
        None if row.lag is None else int(row.lag.total_seconds()),
        row.lines,
        row.matched,
        row.unrecognised,
        row.messages,
        row.messages_tls_known,
        row.logins,
        row.failures,
        row.duplicate,
        row.days_missing,
    )
    return dict(zip(COLUMNS, values, strict=True))
