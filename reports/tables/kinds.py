"""The six kinds of table: their stable columns, where their rows come from and what adds up below them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from insights.queries import (
    Selection,
    authentication,
    client_totals,
    clients,
    failure_total,
    failures,
    sender_totals,
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
    tenant's scope; `totals(selection)` are the sums of the columns that can be summed. `orderings` is what a
    table can be ordered by; those without any have an order of their own. `has_domain` tells whether a sender
    domain narrows it.
    """

    name: str
    columns: tuple[str, ...]
    rows: Callable[[Selection, str], Iterator[Row]]
    totals: Callable[[Selection], Mapping[str, int]]
    orderings: frozenset[str] = frozenset()
    default_order: str = ""
    has_domain: bool = True


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


def _sums(*names: str) -> Callable[[Selection], Mapping[str, int]]:
    """Sum these columns of `sender_totals`, which counts every message once."""

    def totals(selection: Selection) -> Mapping[str, int]:
        found: Mapping[str, Any] = sender_totals(selection)
        return {name: found[name] for name in names or found}

    return totals


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
            totals=_sums("messages", "recipients"),
        ),
        Kind(
            name="tls-usage",
            columns=_TLS,
            rows=_from_attributes(tls_usage, _TLS),
            totals=_sums("messages"),
        ),
        Kind(
            name="authentication",
            columns=_AUTH,
            rows=_from_attributes(authentication, _AUTH),
            totals=_sums("messages"),
        ),
        Kind(
            name="senders",
            columns=("sender_address", "sender_domain", "messages", "recipients", *_BY_CLASS),
            rows=_from_query_set(senders, "-messages"),
            totals=_sums("messages", "recipients", *_BY_CLASS),
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
            totals=client_totals,  # type: ignore[arg-type]  # its values are numbers
            orderings=CLIENT_ORDERINGS,
            default_order="-messages",
        ),
        Kind(
            name="failures",
            columns=("account", "client_ip", "mechanism", "reason", "failures", "first_at", "last_at"),
            rows=_from_query_set(failures, "-failures"),
            totals=lambda selection: {"failures": failure_total(selection)},
            orderings=FAILURE_ORDERINGS,
            default_order="-failures",
            has_domain=False,
        ),
    )
}
