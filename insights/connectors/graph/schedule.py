"""When a connection is asked next: soon after a success, later after each failure. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

EVERY: Final = timedelta(minutes=10)
LONGEST_PAUSE: Final = timedelta(hours=6)
"""However often it failed: whoever mends something in Entra waits no longer, or asks by hand."""


def next_after_success(*, now: datetime, is_all_read: bool) -> datetime:
    """Return when to ask again; at once where a long history is not read to its end."""
    return now + EVERY if is_all_read else now


def next_after_failure(failures: int, *, now: datetime, retry_after: timedelta | None) -> datetime:
    """Return when to ask again after `failures` failures in a row, and not before Microsoft wants to be asked."""
    pause = min(EVERY * (1 << min(max(failures - 1, 0), 10)), LONGEST_PAUSE)
    return now + max(pause, min(retry_after or timedelta(), LONGEST_PAUSE))
