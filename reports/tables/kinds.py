"""The six kinds of table: their stable columns, where their rows come from and what adds up below them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from insights.filters import EventFilters, FailureFilters, SubmissionFilters
from insights.queries import (
    Selection,
    authentication,
    clients,
    failures,
    senders,
    sending_volume,
    tls_usage,
)
from insights.queries.clients import CLIENT_ORDERINGS
from insights.queries.failures import FAILURE_ORDERINGS
from insights.queries.senders import SENDER_ORDERINGS
from project.tables import Row

CHUNK = 2_000
"""Rows that are read from the database at a time, so that memory stays bounded for any table."""


@dataclass(frozen=True, slots=True)
class Kind:
    """One table. `columns` never change their names or order: scripts read them.

    `rows(selection, ordering)` yields mappings of at least the columns in one query, to be read within the
    tenant's scope; `summed` are the columns that can be added up, see `Totals`. `orderings` is what a table can be
    ordered by; those without any have an order of their own. `filters` are what narrows it; `further` see `members`.
    """

    name: str
    columns: tuple[str, ...]
    rows: Callable[[Selection, str], Iterator[Row]]
    summed: tuple[str, ...]
    orderings: frozenset[str] = frozenset()
    default_order: str = ""
    filters: type[EventFilters] = SubmissionFilters
    further: tuple[str, ...] = ()

    @property
    def members(self) -> tuple[str, ...]:
        """The members of a row as JSON: the columns, and what files cannot have without changing."""
        return self.columns + self.further

    @property
    def parameters(self) -> frozenset[str]:
        """The filters by name, with `ordering` where the table can be ordered."""
        return self.filters.names() - (frozenset() if self.orderings else {"ordering"})


class Totals:
    """The sums below a table, added up from the very rows that were given, so that the two cannot differ."""

    def __init__(self, kind: Kind) -> None:
        self.sums: dict[str, int] = dict.fromkeys(kind.summed, 0)

    def through(self, rows: Iterable[Row]) -> Iterator[Row]:
        """Yield the rows; `sums` are whole after the last."""
        for row in rows:
            for name in self.sums:
                self.sums[name] += row[name]  # type: ignore[operator, assignment]  # those columns hold numbers
            yield row


def _from_attributes(
    query: Callable[[Selection], Sequence[Any]], columns: tuple[str, ...]
) -> Callable[[Selection, str], Iterator[Row]]:
    def rows(selection: Selection, _ordering: str) -> Iterator[Row]:
        for row in query(selection):
            yield {name: getattr(row, name) for name in columns}

    return rows


def _from_query_set(query: Callable[..., Any], default: str) -> Callable[[Selection, str], Iterator[Row]]:
    def rows(selection: Selection, ordering: str) -> Iterator[Row]:
        yield from query(selection, ordering=(ordering or default,)).iterator(chunk_size=CHUNK)

    return rows


_VOLUME = ("day", "messages", "recipients")
_TLS = ("tls_version", "messages", "percent")
_AUTH = ("auth_class", "mechanism", "messages", "percent")
_BY_CLASS = (
    *("tls_none", "tls_ssl3", "tls_1_0", "tls_1_1", "tls_1_2", "tls_1_3", "tls_unknown"),
    *("basic", "oauth", "other", "auth_unknown"),
)

KINDS: dict[str, Kind] = {
    kind.name: kind
    for kind in (
        Kind(
            name="sending-volume",
            columns=_VOLUME,
            rows=_from_attributes(sending_volume, _VOLUME),
            summed=("messages", "recipients"),
        ),
        Kind(
            name="tls-usage",
            columns=_TLS,
            rows=_from_attributes(tls_usage, _TLS),
            summed=("messages",),
        ),
        Kind(
            name="authentication",
            columns=_AUTH,
            rows=_from_attributes(authentication, _AUTH),
            summed=("messages",),
        ),
        Kind(
            name="senders",
            columns=("sender_address", "sender_domain", "messages", "recipients", *_BY_CLASS),
            rows=_from_query_set(senders, "-messages"),
            summed=("messages", "recipients", *_BY_CLASS),
            orderings=SENDER_ORDERINGS,
            default_order="-messages",
        ),
        Kind(
            name="clients",
            columns=(
                *("account", "client_ip", "tls_version", "mechanism", "auth_class"),
                *("messages", "recipients", "sender_addresses", "first_at", "last_at"),
            ),
            rows=_from_query_set(clients, "-messages"),
            summed=("messages", "recipients", "logins"),
            orderings=CLIENT_ORDERINGS,
            default_order="-messages",
            further=("logins",),
        ),
        Kind(
            name="failures",
            columns=("account", "client_ip", "mechanism", "reason", "failures", "first_at", "last_at"),
            rows=_from_query_set(failures, "-failures"),
            summed=("failures",),
            orderings=FAILURE_ORDERINGS,
            default_order="-failures",
            filters=FailureFilters,
        ),
    )
}
