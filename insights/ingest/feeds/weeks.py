"""Events of a week that has no partition yet: it is made outside the transaction, which then begins anew."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TypeVar

from insights.ingest.rows import Rows
from insights.partitions import make_partitions, partitions_missing

_T = TypeVar("_T")


class _Missing(Exception):
    def __init__(self, first_at: datetime, last_at: datetime) -> None:
        super().__init__()
        self.first_at, self.last_at = first_at, last_at


class Weeks:
    """The partitions that a transaction needs."""

    def require(self, *several: Rows) -> None:
        """Leave the transaction when there is a row without a partition. A query for each that has rows."""
        for rows in several:
            if rows.first_at is None or rows.last_at is None:
                continue
            if partitions_missing(rows.first_at, rows.last_at):
                raise _Missing(rows.first_at, rows.last_at)


def with_weeks(take: Callable[[Weeks], _T]) -> _T:
    """Return what `take` returns, a transaction of its own; it is called again when partitions had to be made."""
    for _attempt in range(2):
        try:
            return take(Weeks())
        except _Missing as missing:
            make_partitions(missing.first_at, missing.last_at)
    return take(Weeks())
