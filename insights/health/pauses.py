"""How long a source pauses, and when that is silence: the one rule of pages, webhooks and the API. Pure.

A source is watched when it was fed over two days at least (one upload is no habit) and had mail or failed logins on
three of the seven days up to its last line. It may pause as long as it did between days with data in the four weeks
before, so that an office is not called silent on Sunday, and two hours more; pauses over four days are outages and no
habit. Its pause begins when something was received last, or a day after the newest line where only old lines come.

What the rule found is kept with the source (`silent_since`), by `insights.detection.silence`, which looks every ten
minutes and tells webhooks. Pages read what is kept, so that nothing says otherwise than a webhook did.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime, timedelta
from enum import StrEnum
from itertools import pairwise

from project.periods import ONE_DAY

GRACE = timedelta(hours=2)
HABIT = timedelta(days=28)
LONGEST_PAUSE = timedelta(days=4)
BUSY_DAYS, OF_DAYS = 3, 7
FED_FOR = timedelta(days=2)
STALE_AFTER = timedelta(days=2)
"""How old the newest line of a source may be that nobody feeds regularly: a mail server writes some line every day."""


class Standing(StrEnum):
    """How fresh a source is."""

    NO_LINE = "no_line"
    SILENT = "silent"
    STALE = "stale"
    UP_TO_DATE = "up_to_date"


def usual_pause(days: Collection[date], *, last: date) -> timedelta | None:
    """Return how long a source with data on `days` may pause after the day `last`; None where it has no habit.

    The answer is a day and two hours at least.
    """
    seen = sorted({day for day in days if last - HABIT < day <= last})
    if sum(1 for day in seen if day > last - timedelta(days=OF_DAYS)) < BUSY_DAYS:
        return None
    pauses = [later - earlier for earlier, later in pairwise(seen)]
    return max((pause for pause in pauses if pause <= LONGEST_PAUSE), default=ONE_DAY) + GRACE


def pause_began(last_received_at: datetime | None, last_line_at: datetime | None) -> datetime | None:
    """Return when the pause of a source began, None where nothing was received yet."""
    if last_received_at is None or last_line_at is None:
        return last_received_at
    return min(last_received_at, last_line_at + ONE_DAY)


def has_returned(silent_since: datetime, began: datetime, now: datetime) -> bool:
    """Tell whether a source that fell silent sends again: its pause began anew, and a short while ago."""
    return began > silent_since and now - began <= ONE_DAY + GRACE


def standing(
    *,
    last_line_at: datetime | None,
    last_received_at: datetime | None,
    silent_since: datetime | None,
    now: datetime,
) -> Standing:
    """Return how fresh a source is at `now`; *silent* alone is what webhooks tell, *stale* is no more than old."""
    if last_line_at is None:
        return Standing.NO_LINE
    began = pause_began(last_received_at, last_line_at)
    if silent_since is not None and not (began and has_returned(silent_since, began, now)):
        return Standing.SILENT
    return Standing.STALE if last_line_at < now - STALE_AFTER else Standing.UP_TO_DATE
