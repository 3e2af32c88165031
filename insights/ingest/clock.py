"""Decides when a log line was written: year, zone, repeated hours and bounds; fast for consecutive lines.

Year and zone are given, never asked of the clock: a stamp without a year takes that of the log's newest
stamp (first the argument), one more when the month falls by more than six, one less when it rises by more
than six. A stamp outside the bounds moves nothing, except that one before `earliest` still carries the year
on: else a log that begins before the kept range would never reach it.
"""

from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from insights.ingest.errors import YearRequired
from insights.ingest.local_time import micros_of, utc_seconds, wall_seconds
from insights.ingest.record import SkipReason
from insights.ingest.stamps import Stamp, read_stamp

_PLAIN: Final = {b"%02d" % number: number for number in range(60)}
_COLON: Final = {text + b":": number for text, number in _PLAIN.items()}
_BLANK: Final = {text + b" ": number * 1_000_000 for text, number in _PLAIN.items()}
_FIRST_YEAR, _LAST_YEAR = 1970, 2199
_MILLION = 1_000_000
_MINUTE = 60 * _MILLION
_WEEK = 7 * 86_400
_LONG_AGO, _FAR_OFF = -(2**63), 2**63
_SIGNS: Final = (b"+", b"-")
_NOTHING = b"\n"


class Clock:
    """Turns stamps into UTC. `read` leaves what it found in `micros` (since 1970), `rfc5424` or `refused`."""

    def __init__(
        self, *, zone: ZoneInfo, year: int | None, earliest: datetime | None, latest: datetime | None
    ) -> None:
        self.micros = 0
        self.rfc5424 = False
        self.refused = SkipReason.NO_STAMP
        self.newest: int | None = None
        self._zone = zone
        self._given = self._year = year
        self._earliest = _LONG_AGO if earliest is None else micros_of(earliest)
        self._latest = _FAR_OFF if latest is None else micros_of(latest)
        self._anchor: int | None = None
        self._anchor_month = (0, 0)
        self._hour = self._minute = self._tail = _NOTHING
        self._hour_starts = self._minute_starts = self._tail_at = self._end = 0
        self._scale = 1

    def read(self, line: bytes) -> int:
        """Return the length of the stamp with the blank after it, or 0 with `refused` set.

        Raises `YearRequired` at the first stamp that needs a year which nobody gave.
        """
        if line[:13] == self._minute:
            within = _BLANK.get(line[13:16])
            if within is not None:
                return self._accept(self._minute_starts + within, 16)
        elif line[:10] == self._hour:
            minute, within = _COLON.get(line[10:13]), _BLANK.get(line[13:16])
            if minute is not None and within is not None:
                self._minute, self._minute_starts = line[:13], self._hour_starts + minute * _MINUTE
                return self._accept(self._minute_starts + within, 16)
        elif line[:14] == self._hour and line[self._tail_at : self._end] == self._tail:
            minute, second = _COLON.get(line[14:17]), _PLAIN.get(line[17:19])
            fraction = line[19 : self._tail_at]
            # Behind a stamp without an offset an offset may stand all the same.
            is_whole = self._tail != b" " or line[self._end : self._end + 1] not in _SIGNS
            if minute is not None and second is not None and is_whole:
                micros = self._hour_starts + minute * _MINUTE + second * _MILLION
                if not fraction:
                    return self._accept(micros, self._end)
                if fraction[:1] == b"." and fraction[1:].isdigit():
                    return self._accept(micros + int(fraction[1:]) * self._scale, self._end)
        return self._read_slowly(line)

    def peek(self, line: bytes, *, new_input: bool = False) -> tuple[int, int] | None:
        """Return the microseconds and the length of a line's stamp, or None; change nothing."""
        stamp = read_stamp(line)
        if isinstance(stamp, SkipReason):
            return None
        resolved = self._resolve(stamp, new_input=new_input)
        return None if resolved is None else (resolved[1] * _MILLION + stamp.micros, stamp.end)

    def start_afresh(self, line: bytes) -> None:
        """Forget the times read so far; `line` is the first stamped line of an older log."""
        stamp = read_stamp(line)
        resolved = None if isinstance(stamp, SkipReason) else self._resolve(stamp, new_input=True)
        self.newest = self._anchor = None
        self._hour = self._minute = _NOTHING
        if resolved is not None:
            self._year = resolved[0].year

    def go_on(self, line: bytes) -> None:
        """Take the year of `line`, the first stamped line of an input that goes on after the one before."""
        stamp = read_stamp(line)
        if isinstance(stamp, SkipReason) or self._anchor is None:
            return
        told, guessed = self._resolve(stamp, new_input=True), self._resolve(stamp)
        if told is not None and (guessed is None or told[0].year != guessed[0].year):
            self._move_anchor(told[0], told[1] * _MILLION + stamp.micros)
            self._hour = self._minute = _NOTHING

    def state(self) -> dict[str, Any]:
        """Return the newest times as plain data."""
        return {
            "newest": self.newest,
            "anchor": self._anchor,
            "month": self._anchor_month,
            "year": self._year,
        }

    def restore(self, state: dict[str, Any]) -> None:
        """Take up what `state` gave."""
        self.newest, self._anchor = state["newest"], state["anchor"]
        self._anchor_month = (int(state["month"][0]), int(state["month"][1]))
        if self._given is None:
            self._year = state["year"]
        self._hour = self._minute = _NOTHING

    def _accept(self, micros: int, end: int) -> int:
        if not self._earliest <= micros <= self._latest:
            early = micros < self._earliest
            return self._refuse(SkipReason.BEFORE_RETENTION if early else SkipReason.IN_THE_FUTURE)
        self.micros = micros
        self.rfc5424 = False
        if self.newest is None or micros > self.newest:
            self.newest = micros
        return end

    def _refuse(self, reason: SkipReason) -> int:
        self.refused = reason
        return 0

    def _read_slowly(self, line: bytes) -> int:
        stamp = read_stamp(line)
        if isinstance(stamp, SkipReason):
            return self._refuse(stamp)
        resolved = self._resolve(stamp)
        if resolved is None:
            return self._refuse(SkipReason.BAD_STAMP)
        wall, seconds, _ = resolved
        micros = seconds * _MILLION + stamp.micros
        end = self._accept(micros, stamp.end)
        if end or self.refused is SkipReason.BEFORE_RETENTION:
            self._move_anchor(wall, micros)
        if end:
            self.rfc5424 = stamp.rfc5424
            self._remember_hour(line, stamp)
        return end

    def _remember_hour(self, line: bytes, stamp: Stamp) -> None:
        """Let the next lines of the same hour, written in the same common form, be read quickly."""
        self._hour = self._minute = _NOTHING
        if stamp.start:
            return
        if stamp.end == 16 and line[6:7] == b" " and not stamp.has_year:
            key = line[:10]
        elif line[19:20] == b"." and line[20:26].isdigit() and not line[26:27].isdigit():
            key, self._tail_at, self._scale = line[:14], 26, 1
        elif line[19:20] == b"." and line[20:23].isdigit() and not line[23:24].isdigit():
            key, self._tail_at, self._scale = line[:14], 23, 1_000
        elif line[4:5] == b"-" and line[19:20] not in b".,":
            key, self._tail_at = line[:14], 19
        else:
            return
        starts = self._resolve(stamp._replace(wall=stamp.wall.replace(minute=0, second=0)))
        ends = self._resolve(stamp._replace(wall=stamp.wall.replace(minute=59, second=59)))
        if starts and ends and ends[1] - starts[1] == 3_599 and not starts[2] and not ends[2]:
            self._hour, self._hour_starts = key, starts[1] * _MILLION
            self._tail, self._end = line[self._tail_at : stamp.end], stamp.end

    def _move_anchor(self, wall: datetime, micros: int) -> None:
        if self._anchor is None or micros > self._anchor:
            self._anchor, self._anchor_month = micros, (wall.year, wall.month)

    def _resolve(self, stamp: Stamp, *, new_input: bool = False) -> tuple[datetime, int, bool] | None:
        """Return the wall-clock time with its year, UTC seconds and whether the hour happens twice."""
        if stamp.has_year:
            return self._in_year(stamp, stamp.wall.year)
        if self._anchor is None:
            if self._year is None:
                raise YearRequired
            return self._in_year(stamp, self._year)
        year = self._anchor_month[0]
        rise = stamp.wall.month - self._anchor_month[1]
        if rise < -6:
            year += 1
        elif rise > 6 and self.newest is not None:
            year -= 1
        resolved = self._in_year(stamp, year)
        return self._at_start(stamp, year, resolved) if new_input else resolved

    def _at_start(
        self, stamp: Stamp, year: int, resolved: tuple[datetime, int, bool] | None
    ) -> tuple[datetime, int, bool] | None:
        """Judge the first stamp of another input, which may be an older log than the one before.

        What goes on where the last input ended takes its year; else the given year counts, and a log is
        never from the future.
        """
        newest = self.newest if self.newest is not None else self._anchor
        micros = None if resolved is None else resolved[1] * _MILLION
        if newest is None:
            return resolved
        if micros is not None and 0 <= micros - newest // _MILLION * _MILLION <= _WEEK * _MILLION:
            return resolved
        if self._given is not None:
            return self._in_year(stamp, self._given)
        if micros is not None and micros > self._latest:
            return self._in_year(stamp, year - 1)
        return resolved

    def _in_year(self, stamp: Stamp, year: int) -> tuple[datetime, int, bool] | None:
        try:
            wall = stamp.wall.replace(year=year)
        except ValueError:
            return None
        if not _FIRST_YEAR < wall.year < _LAST_YEAR:
            return None
        if stamp.offset is not None:
            return wall, wall_seconds(wall) - stamp.offset, False
        newest = None if self.newest is None else self.newest // _MILLION
        seconds, twice = utc_seconds(wall, zone=self._zone, newest=newest)
        return wall, seconds, twice
