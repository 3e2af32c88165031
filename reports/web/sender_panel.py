"""The flyout of a sender address: its accounts and clients, its days, and when it was first and last seen."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from insights.charts import volume_chart
from insights.enums import AuthClass, TlsVersion
from insights.filters import NARROWING, ViewState
from insights.marks import auth_segments, tls_segments
from insights.queries import (
    Selection,
    accounts,
    clients,
    seen,
    sender_totals,
    sending_volume,
    shown_names,
)
from insights.queries.senders import AUTH_COLUMNS, TLS_COLUMNS
from insights.templatetags.addresses import visible

PANEL = "sender"
ROWS = 20
"""Accounts and clients that the flyout lists; the Clients page has them all."""


def sender_panel(state: ViewState) -> dict[str, Any]:
    """Return the context of the flyout for `state.row`. The same number of queries for any sender.

    The numbers are those of the days and domain in view; first and last seen are of all days that are kept.
    """
    asked = replace(state.selection(), sender_address=state.row, search="")
    totals = sender_totals(asked)
    account_rows = list(accounts(asked)[: ROWS + 1])
    client_rows = list(clients(asked)[: ROWS + 1])
    names = {state.row, *(row["account"] for row in (*account_rows, *client_rows))}
    shown = shown_names(names)
    return {
        "row_title": visible(shown[state.row]),
        "sender": totals,
        "sender_seen": seen(Selection(days=state.kept, sender_address=state.row)),
        "sender_tls": tls_segments({TlsVersion(v): totals[k] for k, v in TLS_COLUMNS.items()}),  # type: ignore[literal-required]
        "sender_auth": auth_segments({AuthClass(v): totals[k] for k, v in AUTH_COLUMNS.items()}),  # type: ignore[literal-required]
        "sender_accounts": _named(account_rows, shown),
        "sender_clients": _named(client_rows, shown),
        "has_more_accounts": len(account_rows) > ROWS,
        "has_more_clients": len(client_rows) > ROWS,
        "sender_chart": volume_chart(sending_volume(asked)),
        "clients_query": state.query("domain", "range", "start", "end", *NARROWING, q=state.row),
    }


def _named(rows: list[dict[str, Any]], shown: dict[str, str]) -> list[dict[str, Any]]:
    return [{**row, "account": shown[row["account"]]} for row in rows[:ROWS]]
