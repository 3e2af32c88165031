"""The written forms of a log line's time stamp, without any decision about year or zone."""

import re
from datetime import datetime
from typing import Final, NamedTuple

from insights.ingest.record import SkipReason

_BSD = re.compile(rb"([A-Z][a-z]{2}) {1,2}(\d{1,2}) (?:(\d{4}) )?(\d\d):(\d\d):(\d\d)(?:[.,](\d{1,9}))? ")
_ISO = re.compile(
    rb"(\d{4})-(\d\d)-(\d\d)[T ](\d\d):(\d\d):(\d\d)(?:[.,](\d{1,9}))?(?:(Z)| ?([+-])(\d\d):?(\d\d))? "
)
_PRIORITY = re.compile(rb"<\d{1,3}>(1 )?")
_FRAME = re.compile(rb"[A-Za-z0-9][\w.-]{0,127} {1,64}\| (?:\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z )?")
_LONGEST_FRAME: Final = 240
_STAMP_LIKE = re.compile(rb"[A-Z][a-z]{2} {1,2}\d{1,2} |\d{4}-\d\d-\d\d[T ]")
_MONTHS: Final = {
    name: number
    for number, name in enumerate(
        (b"Jan", b"Feb", b"Mar", b"Apr", b"May", b"Jun", b"Jul", b"Aug", b"Sep", b"Oct", b"Nov", b"Dec"), 1
    )
}
LEAP_YEAR: Final = 2000
"""Stands in for a year that the stamp does not have, so that 29 February can be read."""


class Stamp(NamedTuple):
    """A stamp as written: `wall` to the second, `offset` in seconds east, `end` after the blank."""

    wall: datetime
    has_year: bool
    micros: int
    offset: int | None
    end: int
    start: int
    rfc5424: bool


def frame_end(line: bytes) -> int:
    """Return where what `docker compose logs` puts before a line ends, 0 where there is none.

    That is the container's name and, with `--timestamps`, when it came to Docker, which is not when it was written.
    """
    frame = _FRAME.match(line) if b" | " in line[:_LONGEST_FRAME] else None
    return 0 if frame is None else frame.end()


def read_stamp(line: bytes) -> Stamp | SkipReason:
    """Read the stamp at the head of a line, after an optional `<PRI>` and the version of RFC 5424.

    Before these may stand what `docker compose logs` puts there.
    """
    start, rfc5424 = frame_end(line), False
    if line[start : start + 1] == b"<" and (priority := _PRIORITY.match(line, start)):
        start, rfc5424 = priority.end(), priority[1] is not None
    try:
        if found := _BSD.match(line, start):
            return _bsd(found, start, rfc5424=rfc5424)
        if found := _ISO.match(line, start):
            return _iso(found, start, rfc5424=rfc5424)
    except ValueError:
        return SkipReason.BAD_STAMP
    if _STAMP_LIKE.match(line, start):
        return SkipReason.BAD_STAMP
    return SkipReason.NO_STAMP


def _bsd(found: re.Match[bytes], start: int, *, rfc5424: bool) -> Stamp | SkipReason:
    name, day, year, hour, minute, second, fraction = found.groups()
    month = _MONTHS.get(name)
    if month is None:
        return SkipReason.NO_STAMP
    wall = _wall(int(year or LEAP_YEAR), month, int(day), int(hour), int(minute), int(second))
    return Stamp(wall, year is not None, _micros(fraction), None, found.end(), start, rfc5424)


def _iso(found: re.Match[bytes], start: int, *, rfc5424: bool) -> Stamp:
    fraction, utc, sign, hours, minutes = found.groups()[6:]
    wall = _wall(*(int(part) for part in found.groups()[:6]))
    offset = 0 if utc else None
    if sign:
        if int(hours) > 15 or int(minutes) > 59:
            raise ValueError(found[0])
        offset = (int(hours) * 60 + int(minutes)) * (-60 if sign == b"-" else 60)
    micros = _micros(fraction)
    return Stamp(
        wall, has_year=True, micros=micros, offset=offset, end=found.end(), start=start, rfc5424=rfc5424
    )


def _wall(year: int, month: int, day: int, hour: int, minute: int, second: int) -> datetime:
    """Return naive wall-clock time; a leap second is the second before it."""
    return datetime(year, month, day, hour, minute, 59 if second == 60 else second)  # noqa: DTZ001


def _micros(fraction: bytes | None) -> int:
    return int(fraction[:6].ljust(6, b"0")) if fraction else 0
