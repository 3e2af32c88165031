"""Which span of time is asked for next, so that sign-ins that Microsoft writes late are not missed. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final, NamedTuple

HISTORY: Final = timedelta(days=30)
"""How far back a new connection begins: what Entra ID P1 keeps."""
WINDOW: Final = timedelta(days=1)


class Window(NamedTuple):
    """A span, both ends included, in whole seconds."""

    since: datetime
    until: datetime


def windows(read_until: datetime | None, *, overlap: timedelta, now: datetime) -> Iterator[Window]:
    """Yield the spans from `overlap` before what was read up to `now`, oldest first, each a day at most.

    `now` is the earlier of both clocks, so that neither a clock that is ahead nor a stamp of the future moves anything
    past what Microsoft can have told.
    """
    end = now.replace(microsecond=0)
    since = max(end - HISTORY, (read_until or end - HISTORY) - overlap).replace(microsecond=0)
    while since < end:
        until = min(since + WINDOW, end)
        yield Window(since, until)
        since = until
