"""Cells of the detailed files: no spreadsheet takes one for a formula, and each shows what it holds.

Workbooks type their cells as text anyway; they get the same apostrophe as CSV, so that a sheet saved as CSV
stays harmless and both files say the same.
"""

from __future__ import annotations

from datetime import UTC, date, datetime

from insights.templatetags.addresses import visible
from reports.tables import safe_cell

LONGEST = 32_000
"""Workbooks hold 32,767 characters in a cell; none of ours comes near unless somebody wants it to."""


def cell(value: str | float | date | None) -> str | int | float:
    """Return what to write for `value`: numbers as they are, days and times as ISO 8601, times in UTC.

    In texts, characters that nobody can see are written as their code points.
    """
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    return safe_cell(visible(value[:LONGEST]) if isinstance(value, str) else value)
