"""The accounts that submitted, and when something was first and last seen."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple, TypedDict

from django.db.models import Max, Min, Sum

from insights.queries.selection import Selection


class AccountRow(TypedDict):
    """One account, in compared form; `logins` are those of which the source tells no message."""

    account: str
    messages: int
    recipients: int
    logins: int
    last_at: datetime


class Seen(NamedTuple):
    """The first and the last submission of a selection; both None where there is none."""

    first_at: datetime | None
    last_at: datetime | None


def accounts(selection: Selection) -> Any:
    """Return a query set of `AccountRow`, most messages first, to be sliced. One query for a slice."""
    return (
        selection.searched()
        .values("account")
        .annotate(
            last_at=Max("last_at"),
            recipients=Sum("recipients"),
            logins=Sum("logins"),
            messages=Sum("messages"),
        )
        .order_by("-messages", "account")
    )


def account_count(selection: Selection) -> int:
    """Return how many accounts submitted or logged in, whatever the selection's `search`. One query."""
    return selection.submissions().values("account").distinct().count()


def seen(selection: Selection) -> Seen:
    """Return when the selection's first and last messages came. One query."""
    found = selection.submissions().aggregate(first_at=Min("first_at"), last_at=Max("last_at"))
    return Seen(found["first_at"], found["last_at"])
