"""Write a source's log day by day: every actor's sessions, in the order of time, with their truth.

Each day draws from a seed of its own, so that any part can be written alone and always reads the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random
from typing import NamedTuple
from zoneinfo import ZoneInfo

from insights.demo.habits import Actor, LocalDay
from insights.demo.lines import Line
from insights.demo.postfix_lines import Accepted, Failed, LogStyle, PostfixLog
from insights.demo.processes import Processes
from insights.demo.queue_ids import QueueIds
from insights.demo.stamps import instant, stamper
from insights.demo.truth import Truth

LOOK_BACK_DAYS = 1
"""How long a message may wait in the queue: lines of a day's sessions end within the next day."""
_PIDS_A_DAY = 2_000
_PID_DAYS = 15


class Day(NamedTuple):
    """What a source's sessions of one day write and mean; some lines belong to the day after."""

    lines: list[Line]
    accepted: list[Accepted]
    failed: list[Failed]


@dataclass(frozen=True, slots=True)
class SourceLog:
    """A source's whole log, from the first day on without an end."""

    style: LogStyle
    actors: tuple[Actor, ...]
    zone: ZoneInfo
    first_on: date
    is_holiday: Callable[[date], bool]
    seed: str

    def day(self, on: date) -> Day:
        """Write one day's sessions."""
        rng = Random(f"{self.seed}:{on.isoformat()}")
        day = LocalDay(on, self.zone, is_holiday=self.is_holiday(on))
        processes = Processes(first_pid=1_000 + on.toordinal() % _PID_DAYS * _PIDS_A_DAY)
        queue_ids = QueueIds(style=self.style.queue_ids, rng=rng, first=on.toordinal() * 811)
        log = PostfixLog(style=self.style, rng=rng, processes=processes, queue_ids=queue_ids)
        if on == self.first_on:
            log.start(day.bounds[0])
        sessions = [session for actor in self.actors for session in actor.sessions(day, rng)]
        sessions.sort(key=lambda session: session.at)
        for session in sessions:
            log.play(session)
        return Day(log.lines.lines, log.accepted, log.failed)

    def days(self, start: datetime, end: datetime) -> Iterator[tuple[date, Day]]:
        """Write all days that have lines in [start, end)."""
        on = max(self.first_on, start.astimezone(self.zone).date() - timedelta(days=LOOK_BACK_DAYS))
        while on <= end.astimezone(self.zone).date():
            yield on, self.day(on)
            on += timedelta(days=1)

    def write(self, start: datetime, end: datetime) -> Iterator[bytes]:
        """Give the lines stamped in [start, end) in their order, about one chunk a day."""
        begin, stop = instant(start), instant(end)
        return in_order(
            ((LocalDay(on, self.zone).bounds[1], day.lines) for on, day in self.days(start, end)),
            style=self.style,
            begin=begin,
            stop=stop,
        )

    def truth(self, start: datetime, end: datetime) -> Truth:
        """Give the events that lines in [start, end) decide, for a reader who knows the lines before `start`.

        A submission belongs to the part that has its deciding line (`queue active`, `hold`, `discard`).
        """
        begin, stop = instant(start), instant(end)
        accepted: list[Accepted] = []
        failed: list[Failed] = []
        for _, day in self.days(start, end):
            accepted += [event for event in day.accepted if begin <= event.at < stop]
            failed += [event for event in day.failed if begin <= event.at < stop]
        return truth_of(accepted, failed)


def truth_of(accepted: list[Accepted], failed: list[Failed]) -> Truth:
    """Give the truth of events in the order of their deciding lines."""
    return Truth(
        tuple(event.truth for event in sorted(accepted, key=lambda event: event.at)),
        tuple(event.truth for event in sorted(failed, key=lambda event: event.at)),
    )


def in_order(
    days: Iterator[tuple[int, Sequence[Line]]], *, style: LogStyle, begin: int, stop: int
) -> Iterator[bytes]:
    """Stamp lines in their order; each item is a day's end and the lines of sessions begun before it."""
    stamp = stamper(style.stamp, style.zone)
    waiting: list[Line] = []
    for day_end, lines in days:
        waiting += lines
        waiting.sort()
        ripe = [line for line in waiting if line.at < day_end]
        waiting = [line for line in waiting if line.at >= day_end]
        yield from _chunk(ripe, stamp, begin, stop)
    yield from _chunk(waiting, stamp, begin, stop)


def _chunk(lines: list[Line], stamp: Callable[[int], str], begin: int, stop: int) -> Iterator[bytes]:
    text = "".join([stamp(line.at) + line.text for line in lines if begin <= line.at < stop])
    if text:
        yield text.encode()
