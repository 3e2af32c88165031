"""Cells of the detailed files: no spreadsheet takes one for a formula, and each shows what it holds.

Workbooks type their cells as text anyway; they get the same apostrophe as CSV, so that a sheet saved as CSV
stays harmless and both files say the same.
"""

from __future__ import annotations

from datetime import date

from insights.queries import DetailRow
from insights.templatetags.addresses import visible
from project.tables import plain, safe_cell

COLUMNS = (
    "day",
    "sender_address",
    "sender_domain",
    "account",
    "client_ip",
    "tls_version",
    "mechanism",
    "auth_class",
    "messages",
    "recipients",
    "first_at",
    "last_at",
)
"""The columns of the detailed files; scripts rely on them, so new ones come at the end."""
LONGEST = 32_000
"""Workbooks hold 32,767 characters in a cell; none of ours comes near unless somebody wants it to."""


def detail_cells(row: DetailRow) -> list[str | int | float]:
    """Return the cells of one detailed row, in the order of `COLUMNS`; made once for both files."""
    return [cell(row[name]) for name in COLUMNS]  # type: ignore[literal-required]


def cell(value: str | float | date | None) -> str | int | float:
    """Return what to write for `value`: numbers as they are, days and times as all tables have them.

    In texts, characters that nobody can see are written as their code points.
    """
    if isinstance(value, str):
        # Nearly every name is printable as a whole; looking at each character is for the others.
        text = value[:LONGEST]
        return safe_cell(text if text.isprintable() else visible(text))
    return safe_cell(plain(value))
