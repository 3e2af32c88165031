"""Failed logins, by user name as given, client address, mechanism and reason."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, TypedDict

from django.db.models import Max, Min, Sum

from insights.queries.selection import Selection

FAILURE_ORDERINGS = frozenset(
    {"account", "client_ip", "mechanism", "reason", "failures", "first_at", "last_at"}
)
"""What `failures` can be ordered by, ascending, or descending with a leading `-`."""


class FailureRow(TypedDict):
    """Refused logins that were alike; `account` is what the client typed, and so may be anything."""

    account: str
    client_ip: str | None
    mechanism: str
    reason: str
    failures: int
    first_at: datetime
    last_at: datetime


def failures(selection: Selection, *, ordering: Sequence[str] = ("-failures",)) -> Any:
    """Return a query set of `FailureRow`, to be sliced, in a total order. One query for a slice.

    Raises ValueError for an ordering that is not in `FAILURE_ORDERINGS`.
    """
    for name in ordering:
        if name.removeprefix("-") not in FAILURE_ORDERINGS:
            raise ValueError(f"Failed logins cannot be ordered by “{name}”.")
    return (
        selection.failures()
        .filter(selection.matching("account", "client_ip"))
        .values("account", "client_ip", "mechanism", "reason")
        .annotate(first_at=Min("first_at"), last_at=Max("last_at"), failures=Sum("failures"))
        .order_by(*ordering, "account", "client_ip", "mechanism", "reason")
    )


def failures_by_day(selection: Selection) -> dict[date, int]:
    """Return the failed logins of each day, days without any included. One query."""
    found = dict(selection.failures().values_list("day").annotate(Sum("failures")))
    return {day: found.get(day, 0) for day in selection.days}
