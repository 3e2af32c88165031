"""Which customers are shown and in which order, and a customer's row as files and programs read it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from insights.queries import OverviewRow
from project.tables import Value

DEFAULT_SORT = "name"
_NEVER = datetime.min.replace(tzinfo=UTC)
SORTS: dict[str, Callable[[OverviewRow], Any]] = {
    "name": lambda row: row.tenant.name.casefold(),
    "attention": lambda row: (len(row.attention), row.accounts_on_old_tls),
    "accounts": lambda row: row.accounts,
    "messages": lambda row: row.messages,
    "delta": lambda row: row.delta,
    "legacy": lambda row: (row.legacy_percent, row.legacy),
    "none": lambda row: (row.without_tls_percent, row.without_tls),
    "basic": lambda row: (row.basic_percent, row.basic),
    "failures": lambda row: row.failures,
    "last": lambda row: row.last_line_at or _NEVER,
}
"""By what the table can be sorted, ascending, or descending with a leading `-`."""
COLUMNS = (
    "customer",
    "slug",
    "needs_attention",
    "accounts",
    "accounts_on_old_tls",
    "messages",
    "messages_before",
    "legacy_tls",
    "legacy_tls_percent",
    "without_tls",
    "without_tls_percent",
    "basic",
    "basic_percent",
    "failed_logins",
    "last_data",
)
"""The columns of the files; they never change their names or order, because scripts read them."""


@dataclass(frozen=True, slots=True)
class CustomerChoice:
    """Which customers are shown and in which order; `sort` is one of SORTS, with `-` where it descends."""

    search: str = ""
    attention_only: bool = False
    sort: str = DEFAULT_SORT

    @property
    def is_narrowed(self) -> bool:
        """Whether some customers may be left out."""
        return bool(self.search) or self.attention_only

    def apply(self, rows: Sequence[OverviewRow]) -> list[OverviewRow]:
        """Return the chosen rows in the chosen order; equal ones by name."""
        wanted = self.search.casefold()
        chosen = [
            row
            for row in rows
            if (not self.attention_only or row.needs_attention)
            and (wanted in row.tenant.name.casefold() or wanted in row.tenant.slug)
        ]
        chosen.sort(key=SORTS["name"])
        chosen.sort(key=SORTS[self.sort.removeprefix("-")], reverse=self.sort.startswith("-"))
        return chosen


def customer_row(row: OverviewRow) -> dict[str, Value]:
    """Return a customer's row with the COLUMNS."""
    values: tuple[Value, ...] = (
        row.tenant.name,
        row.tenant.slug,
        " ".join(row.attention),
        row.accounts,
        row.accounts_on_old_tls,
        row.messages,
        row.messages_before,
        row.legacy,
        row.legacy_percent,
        row.without_tls,
        row.without_tls_percent,
        row.basic,
        row.basic_percent,
        row.failures,
        row.last_line_at,
    )
    return dict(zip(COLUMNS, values, strict=True))
