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

_SECONDS: Final = {b"%02d" % second: second for second in range(60)}
_FIRST_YEAR, _LAST_YEAR = 1970, 2199
_MILLION = 1_000_000
_WEEK = 7 * 86_400
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
        self._earliest = None if earliest is None else micros_of(earliest)
        self._latest = None if latest is None else micros_of(latest)
        self._anchor: int | None = None
        self._anchor_month = (0, 0)
        self._minute = _NOTHING
        self._minute_starts = 0
        self._offset = _NOTHING

    def read(self, line: bytes) -> int:
        """Return the length of the stamp with the blank after it, or 0 with `refused` set.

        Raises `YearRequired` at the first stamp that needs a year which nobody gave.
        """
        if line[:13] == self._minute:
            second = _SECONDS.get(line[13:15])
            if second is not None and line[15:16] == b" ":
                return self._accept((self._minute_starts + second) * _MILLION, 16)
        elif line[:17] == self._minute and line[26:33] == self._offset and line[19:20] == b".":
            second, fraction = _SECONDS.get(line[17:19]), line[20:26]
            if second is not None and fraction.isdigit():
                return self._accept((self._minute_starts + second) * _MILLION + int(fraction), 33)
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
        self._minute = _NOTHING
        if resolved is not None:
            self._year = resolved[0].year

    def go_on(self, line: bytes) -> None:
        """Take the year of `line`, the first stamped line of an input that goes on after the one before."""
        stamp = read_stamp(line)
        if isinstance(stamp, SkipReason) or self._anchor is None:
            return
        told, guessed = self._resolve(stamp, new_input=True), self._resolve(stamp, new_input=False)
        if told is not None and (guessed is None or told[0].year != guessed[0].year):
            self._move_anchor(told[0], told[1] * _MILLION + stamp.micros)
            self._minute = _NOTHING

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
        self._minute = _NOTHING

    def _accept(self, micros: int, end: int) -> int:
        if self._earliest is not None and micros < self._earliest:
            return self._refuse(SkipReason.BEFORE_RETENTION)
        if self._latest is not None and micros > self._latest:
            return self._refuse(SkipReason.IN_THE_FUTURE)
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
        resolved = self._resolve(stamp, new_input=False)
        if resolved is None:
            return self._refuse(SkipReason.BAD_STAMP)
        wall, seconds, twice = resolved
        micros = seconds * _MILLION + stamp.micros
        end = self._accept(micros, stamp.end)
        if end or self.refused is SkipReason.BEFORE_RETENTION:
            self._move_anchor(wall, micros)
        if end:
            self.rfc5424 = stamp.rfc5424
            if not twice and not stamp.start:
                self._remember_minute(line, stamp, seconds)
        return end

    def _remember_minute(self, line: bytes, stamp: Stamp, seconds: int) -> None:
        """Let the next lines of the same minute, written in the same common form, be read quickly."""
        if not stamp.has_year and line[15:16] == b" " and line[13:15] in _SECONDS:
            self._minute, self._minute_starts = line[:13], seconds - _SECONDS[line[13:15]]
        elif stamp.offset is not None and stamp.end == 33 and line[17:19] in _SECONDS:
            self._minute, self._minute_starts = line[:17], seconds - _SECONDS[line[17:19]]
            self._offset = line[26:33]

    def _move_anchor(self, wall: datetime, micros: int) -> None:
        if self._anchor is None or micros > self._anchor:
            self._anchor, self._anchor_month = micros, (wall.year, wall.month)

    def _resolve(self, stamp: Stamp, *, new_input: bool) -> tuple[datetime, int, bool] | None:
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
        if micros is not None and self._latest is not None and micros > self._latest:
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
