"""Write time stamps as syslog daemons and Postfix itself write them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

SECOND = 1_000_000
"""Microseconds; all instants inside the generator are integers of them since 1970 UTC."""
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


class StampStyle(StrEnum):
    """The three forms of a time stamp at the head of a line."""

    BSD = "bsd"
    """`Jun  3 10:40:57`: traditional syslog, local time, no year."""
    PADDED = "padded"
    """`Jun 03 10:40:57`: Postfix' own maillog_file (util/msg_logger.c), local time, no year."""
    ISO = "iso"
    """`2026-06-03T10:40:57.123456+02:00`: rsyslog's RFC 3339 form."""


def moment(at: int) -> datetime:
    """Give the whole second of an instant as an aware UTC datetime."""
    return datetime.fromtimestamp(at // SECOND, tz=UTC)


def instant(when: datetime) -> int:
    """Give an aware datetime as microseconds since 1970 UTC."""
    return int(when.replace(microsecond=0).timestamp()) * SECOND + when.microsecond


def stamper(style: StampStyle, zone: ZoneInfo) -> Callable[[int], str]:
    """Give the function that stamps an instant; it remembers the last second, as lines come in order."""
    last_second = -1
    head = tail = ""

    def stamp(at: int) -> str:
        nonlocal last_second, head, tail
        second = at // SECOND
        if second != last_second:
            last_second = second
            local = datetime.fromtimestamp(second, tz=zone)
            clock = f"{local.hour:02d}:{local.minute:02d}:{local.second:02d}"
            if style is StampStyle.ISO:
                head, tail = f"{local.date().isoformat()}T{clock}.", local.isoformat()[19:]
            elif style is StampStyle.BSD:
                head = f"{_MONTHS[local.month - 1]} {local.day:2d} {clock}"
            else:
                head = f"{_MONTHS[local.month - 1]} {local.day:02d} {clock}"
        return f"{head}{at % SECOND:06d}{tail}" if style is StampStyle.ISO else head

    return stamp
