"""When a message that did not arrive is sent again, and when it is given up. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta

WAITS = tuple(timedelta(seconds=seconds) for seconds in (5, 30, 120, 600, 3600, 21_600, 86_400))
MAX_ATTEMPTS = len(WAITS) + 1
"""A day and seven hours in all: a receiver that is mended on the next day misses nothing."""
LONGEST_WAIT = WAITS[-1]
OFF_AFTER = timedelta(days=5)
"""A webhook at which every attempt has failed for this long is switched off."""


def retry_at(attempts: int, *, now: datetime, asked_for: int | None = None) -> datetime | None:
    """Return when to try again after `attempts` attempts, or None when it is given up.

    `asked_for` is the receiver's own Retry-After in seconds (RFC 9110, 10.2.3), heeded up to a day.
    """
    if attempts >= MAX_ATTEMPTS:
        return None
    wait = WAITS[attempts - 1]
    if asked_for is not None:
        wait = max(wait, min(timedelta(seconds=asked_for), LONGEST_WAIT))
    return now + wait
