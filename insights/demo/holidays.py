"""Name the days on which offices are closed, by time zone: fixed dates only, enough for a chart."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

_EVERYWHERE = {(1, 1), (12, 25)}
_ELSEWHERE = {
    "Europe/Berlin": {(5, 1), (10, 3), (12, 24), (12, 26), (12, 31)},
    "Europe/London": {(12, 26)},
    "Europe/Vienna": {(1, 6), (5, 1), (8, 15), (10, 26), (11, 1), (12, 8), (12, 26)},
    "America/New_York": {(6, 19), (7, 4), (11, 11)},
    "America/Chicago": {(6, 19), (7, 4), (11, 11)},
    "Asia/Seoul": {(3, 1), (5, 5), (6, 6), (8, 15), (10, 3), (10, 9)},
    "Australia/Sydney": {(1, 26), (4, 25), (12, 26)},
}


def is_holiday(time_zone: str) -> Callable[[date], bool]:
    """Give the test for a zone; where it is not known, New Year and Christmas remain."""
    dates = _EVERYWHERE | _ELSEWHERE.get(time_zone, set())

    def closed(on: date) -> bool:
        return (on.month, on.day) in dates

    return closed
