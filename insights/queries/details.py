"""The finest counts that are kept: one row a day, sender address and client; what a mailed report
attaches.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import TypedDict

from django.db.models import Max, Min, Sum

from insights.queries.selection import Selection

CHUNK = 2_000


class DetailRow(TypedDict):
    """The messages of one day, sender address and client; names are in compared form (lower case)."""

    day: date
    sender_address: str
    sender_domain: str
    account: str
    client_ip: str | None
    tls_version: str
    mechanism: str
    auth_class: str
    messages: int
    recipients: int
    first_at: datetime
    last_at: datetime


def details(selection: Selection) -> Iterator[DetailRow]:
    """Yield the rows of a selection in a total order: by day, sender address, account, address, TLS,
    mechanism.

    One query, read through a cursor of the server `CHUNK` rows at a time, so that memory stays bounded for
    any number of rows. The caller stays in its scope, and so in its transaction, until it has read them all.
    """
    rows = (
        selection.submissions()
        .filter(selection.matching("sender_address"))
        .values(
            "day",
            "sender_address",
            "sender_domain",
            "account",
            "client_ip",
            "tls_version",
            "mechanism",
            "auth_class",
        )
        .annotate(
            first_at=Min("first_at"),
            last_at=Max("last_at"),
            recipients=Sum("recipients"),
            messages=Sum("messages"),
        )
        .order_by("day", "sender_address", "account", "client_ip", "tls_version", "mechanism")
    )
    yield from rows.iterator(chunk_size=CHUNK)
