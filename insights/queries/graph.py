"""What is known of a source's connection to Microsoft 365, and what message trace tells beside its logins."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from django.db.models import Count, Sum

from insights.models import GraphConnection, GraphTraceDay, Source, SubmissionDay

DAYS_SHOWN = 14


class TraceDay(NamedTuple):
    """A day: accounts that were asked for, their logins, and how many messages they sent at most."""

    day: date
    accounts: int
    logins: int
    messages: int


def connection_of(source: Source) -> GraphConnection | None:
    """Return the connection that feeds a source, if one does. One query."""
    return GraphConnection.objects.filter(source=source).first()


def trace_days(connection: GraphConnection) -> list[TraceDay]:
    """Return the newest days for which message trace was asked, newest first. Two queries."""
    counted = list(
        GraphTraceDay.objects.filter(source=connection.source_id)
        .order_by("-day")
        .values("day")
        .annotate(accounts=Count("account"), total=Sum("messages"))[:DAYS_SHOWN]
    )
    logins = dict(
        SubmissionDay.objects.filter(source_id=connection.source_id, day__in=[one["day"] for one in counted])
        .order_by("day")
        .values_list("day")
        .annotate(total=Sum("logins"))
    )
    return [TraceDay(one["day"], one["accounts"], logins.get(one["day"], 0), one["total"]) for one in counted]
