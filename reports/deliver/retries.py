"""When a report that could not be sent is tried again, and when it is given up. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta

_WAITS = tuple(timedelta(minutes=minutes) for minutes in (1, 2, 5, 15, 30, 60, 120, 240))
MAX_ATTEMPTS = len(_WAITS) + 1
"""Nearly eight hours in all: a mail server that is repaired within a working day loses no report."""


def retry_at(attempts: int, *, now: datetime) -> datetime | None:
    """Return when to try again after `attempts` attempts, or None when it is given up."""
    return now + _WAITS[attempts - 1] if attempts < MAX_ATTEMPTS else None
