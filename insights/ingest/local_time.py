"""From wall-clock time to UTC, with the hour that happens twice told apart by the order of the log."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_NAIVE_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 - the origin of wall-clock arithmetic
_SECOND = timedelta(seconds=1)
_DISORDER = 10
"""Seconds that a log may step back without meaning the second pass through an hour."""


def wall_seconds(wall: datetime) -> int:
    """Return the seconds from 1970 to a naive wall-clock time, as if it were UTC."""
    return (wall - _NAIVE_EPOCH) // _SECOND


def utc_seconds(wall: datetime, *, zone: ZoneInfo, newest: int | None) -> tuple[int, bool]:
    """Return a naive time of a zone as seconds since 1970 UTC, and whether the time happens twice.

    Of the two passes through a repeated hour the first is meant, until the log, whose newest time is
    `newest`, would step back by it. A time that the zone skips counts as if the clock had not been changed.
    """
    first = wall.replace(tzinfo=zone, fold=0).utcoffset()
    second = wall.replace(tzinfo=zone, fold=1).utcoffset()
    if first is None or second is None:  # pragma: no cover - a ZoneInfo always knows
        raise ValueError(zone)
    seconds = wall_seconds(wall) - first // _SECOND
    if second >= first:
        return seconds, False
    if newest is not None and seconds < newest - _DISORDER:
        seconds = wall_seconds(wall) - second // _SECOND
    return seconds, True


def moment(micros: int) -> datetime:
    """Return microseconds since 1970 as an aware UTC datetime."""
    return EPOCH + timedelta(microseconds=micros)


def micros_of(when: datetime) -> int:
    """Return an aware datetime as microseconds since 1970."""
    return (when - EPOCH) // timedelta(microseconds=1)
