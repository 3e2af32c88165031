"""What a cell may hold, and how it is written."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime

Value = str | int | float | date | datetime | None
Row = Mapping[str, Value]

# What makes a cell a formula in some spreadsheet (OWASP, CSV injection); the full-width forms too.
_STARTS_FORMULA = tuple("=+-@|%\t\r\n\N{MINUS SIGN}\uff1d\uff0b\uff0d\uff20")


def plain(value: Value) -> str | int | float | None:
    """Return a value as JSON and CSV write it: days as 2026-11-17, times in UTC as 2026-11-17T08:11:05Z."""
    if isinstance(value, datetime):
        return f"{value.astimezone(UTC).replace(tzinfo=None).isoformat(timespec='seconds')}Z"
    return value.isoformat() if isinstance(value, date) else value


def safe_cell(value: str | float | None) -> str | int | float:
    """Return a cell for CSV: empty for None; text that a spreadsheet would calculate gets an apostrophe.

    Names in logs are written by whoever logs in. Numbers are ours, and stay numbers.
    """
    if value is None:
        return ""
    if isinstance(value, str) and value.lstrip(" \N{NO-BREAK SPACE}").startswith(_STARTS_FORMULA):
        return f"'{value}"
    return value
