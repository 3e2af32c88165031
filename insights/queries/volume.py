"""Messages per day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Sum

from insights.queries.selection import Selection


@dataclass(frozen=True, slots=True)
class DayVolume:
    """One day: its messages, their recipients and the accounts that sent them."""

    day: date
    messages: int
    recipients: int
    accounts: int


def sending_volume(selection: Selection) -> list[DayVolume]:
    """Return every day of the selection in order, days without mail included. One query."""
    found = {
        row["day"]: DayVolume(**row)
        for row in selection.searched()
        .values("day")
        .annotate(
            messages=Sum("messages"), recipients=Sum("recipients"), accounts=Count("account", distinct=True)
        )
    }
    return [found.get(day, DayVolume(day, 0, 0, 0)) for day in selection.days]
