"""Clients: account, client address, TLS version and mechanism; what an administrator has to find and fix."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, TypedDict

from django.db.models import Count, Max, Min, Sum

from insights.queries.selection import Selection

CLIENT_ORDERINGS = frozenset(
    {
        "account",
        "client_ip",
        "tls_version",
        "mechanism",
        "auth_class",
        "messages",
        "recipients",
        "sender_addresses",
        "logins",
        "first_at",
        "last_at",
    }
)
"""What `clients` can be ordered by, ascending, or descending with a leading `-`."""


class ClientRow(TypedDict):
    """One client; `client_ip` is None where the log does not tell it.

    `logins` are those of which the source tells no message: a client with nothing else has 0 messages.
    """

    account: str
    client_ip: str | None
    tls_version: str
    mechanism: str
    auth_class: str
    messages: int
    recipients: int
    sender_addresses: int
    first_at: datetime
    last_at: datetime
    logins: int


class ClientTotals(TypedDict):
    """The sums over clients."""

    messages: int
    recipients: int
    logins: int


def clients(selection: Selection, *, ordering: Sequence[str] = ("-messages",)) -> Any:
    """Return a query set of `ClientRow`, to be sliced, in a total order. One query for a slice.

    Raises ValueError for an ordering that is not in `CLIENT_ORDERINGS`.
    """
    for name in ordering:
        if name.removeprefix("-") not in CLIENT_ORDERINGS:
            raise ValueError(f"Clients cannot be ordered by “{name}”.")
    return (
        selection.searched()
        .values("account", "client_ip", "tls_version", "mechanism", "auth_class")
        .annotate(
            sender_addresses=Count("sender_address", distinct=True),
            first_at=Min("first_at"),
            last_at=Max("last_at"),
            logins=Sum("logins"),
            recipients=Sum("recipients"),
            messages=Sum("messages"),
        )
        .order_by(*ordering, "account", "client_ip", "tls_version", "mechanism")
    )


def client_totals(selection: Selection) -> ClientTotals:
    """Return the sums over all clients that `clients` gives for the same selection. One query."""
    found = selection.searched().aggregate(
        all_recipients=Sum("recipients", default=0),
        all_messages=Sum("messages", default=0),
        all_logins=Sum("logins", default=0),
    )
    return {
        "messages": found["all_messages"],
        "recipients": found["all_recipients"],
        "logins": found["all_logins"],
    }
