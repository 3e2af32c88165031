"""A table as a page shows it: columns with their kind of value, rows of cells, a footer that adds up."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from django.utils.functional import Promise

CellKind = Literal["address", "count", "messages", "share", "when", "tls", "mechanism", "reason"]
_NUMERIC = frozenset({"count", "messages", "share"})


@dataclass(frozen=True, slots=True)
class Column:
    """`key` is the row's key, and what the column is sorted by; `hint` is shown when hovering the head."""

    key: str
    label: str | Promise
    kind: CellKind
    hint: str | Promise = ""

    @property
    def is_numeric(self) -> bool:
        """Whether the values stand to the right, and sort the largest first."""
        return self.kind in _NUMERIC


@dataclass(frozen=True, slots=True)
class Cell:
    """A value to be shown; `whole` is what a share is a part of, `beside` what else the kind needs."""

    kind: CellKind
    value: Any
    whole: int | None = None
    beside: Any = None


@dataclass(frozen=True, slots=True)
class GridRow:
    """The cells of a row; `key` names it in the URL where rows can be opened."""

    key: str
    cells: Sequence[Cell]


def grid_rows(
    columns: Sequence[Column],
    rows: Iterable[Mapping[str, Any]],
    *,
    shown: Mapping[str, str],
    key: str = "",
) -> list[GridRow]:
    """Return the rows as cells; `shown` gives the form of names that people wrote. No query."""
    return [
        GridRow(row[key] if key else "", [_cell(column, row, shown) for column in columns]) for row in rows
    ]


def footer(columns: Sequence[Column], totals: Mapping[str, int]) -> list[Cell | None]:
    """Return the cells below the columns, the first left out; None where there is nothing to add up."""
    return [_total(column, totals) for column in columns[1:]]


def _cell(column: Column, row: Mapping[str, Any], shown: Mapping[str, str]) -> Cell:
    value = row[column.key]
    if column.kind == "address":
        return Cell(column.kind, shown.get(value, value))
    if column.kind == "share":
        return Cell(column.kind, value, whole=row["messages"])
    if column.kind == "messages":
        return Cell(column.kind, value, beside=row["logins"])
    if column.kind == "mechanism":
        return Cell(column.kind, value, beside=row.get("auth_class"))
    return Cell(column.kind, value)


def _total(column: Column, totals: Mapping[str, int]) -> Cell | None:
    if column.key not in totals:
        return None
    return Cell(column.kind, totals[column.key], whole=totals.get("messages"))
