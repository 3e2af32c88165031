"""The CSV file of all customers; its columns are stable."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable

from insights.queries import OverviewRow

COLUMNS = (
    "customer",
    "slug",
    "needs_attention",
    "accounts",
    "accounts_on_old_tls",
    "messages",
    "messages_before",
    "legacy_tls",
    "legacy_tls_percent",
    "without_tls",
    "without_tls_percent",
    "basic",
    "basic_percent",
    "failed_logins",
    "last_data",
)
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def customers_csv(rows: Iterable[OverviewRow]) -> str:
    """Return one line a customer under a line of column names; times are UTC."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    for row in rows:
        writer.writerow(
            (
                _harmless(row.tenant.name),
                row.tenant.slug,
                " ".join(row.attention),
                row.accounts,
                row.accounts_on_old_tls,
                row.messages,
                row.messages_before,
                row.legacy,
                row.legacy_percent,
                row.without_tls,
                row.without_tls_percent,
                row.basic,
                row.basic_percent,
                row.failures,
                row.last_line_at.isoformat() if row.last_line_at else "",
            )
        )
    return text.getvalue()


def _harmless(name: str) -> str:
    """Keep a spreadsheet from taking a name for a formula."""
    return f"'{name}" if name.startswith(_FORMULA) else name
