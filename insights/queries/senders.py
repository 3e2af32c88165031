"""The details table: one row a sender address, with its messages by TLS version and auth class."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypedDict

from django.db.models import Count, Max, Min, Q, Sum
from django.db.models.functions import Coalesce

from insights.enums import AuthClass, TlsVersion
from insights.queries.selection import Selection

TLS_COLUMNS = {
    "tls_none": TlsVersion.NONE,
    "tls_ssl3": TlsVersion.SSL3,
    "tls_1_0": TlsVersion.TLS1_0,
    "tls_1_1": TlsVersion.TLS1_1,
    "tls_1_2": TlsVersion.TLS1_2,
    "tls_1_3": TlsVersion.TLS1_3,
    "tls_unknown": TlsVersion.UNKNOWN,
}
AUTH_COLUMNS = {
    "basic": AuthClass.BASIC,
    "oauth": AuthClass.OAUTH,
    "other": AuthClass.OTHER,
    "auth_unknown": AuthClass.UNKNOWN,
}
SENDER_ORDERINGS = frozenset(
    {
        "sender_address",
        "sender_domain",
        "messages",
        "recipients",
        "accounts",
        "last_at",
        *TLS_COLUMNS,
        *AUTH_COLUMNS,
    }
)
"""What `senders` can be ordered by, ascending, or descending with a leading `-`."""


class SenderTotals(TypedDict):
    """Sums of messages; the TLS columns add up to `messages`, and so do the auth columns."""

    messages: int
    recipients: int
    tls_none: int
    tls_ssl3: int
    tls_1_0: int
    tls_1_1: int
    tls_1_2: int
    tls_1_3: int
    tls_unknown: int
    basic: int
    oauth: int
    other: int
    auth_unknown: int


class SenderRow(SenderTotals):
    """One sender address."""

    sender_address: str
    sender_domain: str
    accounts: int
    first_at: Any
    last_at: Any


def _sums() -> dict[str, Any]:
    """Return the aggregates of `SenderTotals`; 0 where nothing matched."""
    named = {
        # Named apart from the column first: an annotation may not hide the field that the later ones sum.
        **{name: Q(tls_version=version) for name, version in TLS_COLUMNS.items()},
        **{name: Q(auth_class=auth_class) for name, auth_class in AUTH_COLUMNS.items()},
    }
    return {
        **{name: Coalesce(Sum("messages", filter=condition), 0) for name, condition in named.items()},
        "recipients": Coalesce(Sum("recipients"), 0),
        "messages": Coalesce(Sum("messages"), 0),
    }


def senders(selection: Selection, *, ordering: Sequence[str] = ("-messages",)) -> Any:
    """Return a query set of `SenderRow`, to be sliced; ties are ordered by address. One query for a slice.

    Who only logged in, as far as the source tells, has sent nothing and is no sender.
    Raises ValueError for an ordering that is not in `SENDER_ORDERINGS`.
    """
    for name in ordering:
        if name.removeprefix("-") not in SENDER_ORDERINGS:
            raise ValueError(f"Senders cannot be ordered by “{name}”.")
    return (
        selection.submissions()
        .filter(selection.matching("sender_address"), messages__gt=0)
        .values("sender_address", "sender_domain")
        .annotate(
            accounts=Count("account", distinct=True),
            first_at=Min("first_at"),
            last_at=Max("last_at"),
            **_sums(),
        )
        .order_by(*ordering, "sender_address")
    )


def sender_totals(selection: Selection) -> SenderTotals:
    """Return the sums over all senders that `senders` gives for the same selection. One query."""
    rows = selection.submissions().filter(selection.matching("sender_address"))
    totals: SenderTotals = rows.aggregate(**_sums())  # type: ignore[assignment]  # the keys are those of _sums
    return totals
