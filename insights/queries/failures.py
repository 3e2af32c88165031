"""Failed logins, by user name as given, client address, mechanism and reason."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, TypedDict

from django.db.models import Max, Min, QuerySet, Sum

from insights.models import LoginFailureDay
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
        _matching(selection)
        .values("account", "client_ip", "mechanism", "reason")
        .annotate(first_at=Min("first_at"), last_at=Max("last_at"), failures=Sum("failures"))
        .order_by(*ordering, "account", "client_ip", "mechanism", "reason")
    )


def failure_total(selection: Selection) -> int:
    """Return the sum over all rows that `failures` gives for the same selection. One query."""
    total: int = _matching(selection).aggregate(total=Sum("failures", default=0))["total"]
    return total


def last_failure_on() -> date | None:
    """Return the last day of the current scope that has a failed login. One query."""
    last: date | None = LoginFailureDay.objects.aggregate(last=Max("day"))["last"]
    return last


def failures_by_day(selection: Selection) -> dict[date, int]:
    """Return the failed logins of each day that match, days without any included. One query."""
    found = dict(_matching(selection).values_list("day").annotate(Sum("failures")))
    return {day: found.get(day, 0) for day in selection.days}


def _matching(selection: Selection) -> QuerySet[LoginFailureDay]:
    return selection.failures().filter(selection.matching("account", "client_ip"))
