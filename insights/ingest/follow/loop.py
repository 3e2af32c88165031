"""Follow logs until told to stop: read, store, and try again whatever could not be read or stored just now."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from threading import Event
from typing import Final, TypeVar

from django.db import InterfaceError, OperationalError, connection

from insights.ingest.feeds.stored_lines import Taken
from insights.ingest.follow.keep import Overtaken, Target, Way, store_lines_of
from insights.ingest.follow.prints import Place
from insights.ingest.follow.tail import Piece, Tail
from insights.ingest.lines import Lines, Splitter

FIRST_PAUSE: Final = 0.5
LONGEST_PAUSE: Final = 15.0
_T = TypeVar("_T")


class Stopped(Exception):
    """Somebody said to stop while the database was waited for."""


def patiently(ask: Callable[[], _T], *, stop: Event, say: Callable[[str], None], waiting: str) -> _T:
    """Return what `ask` returns, asking again and saying so until the database answers; raises Stopped."""
    pause = FIRST_PAUSE
    while True:
        try:
            return ask()
        except (OperationalError, InterfaceError) as error:
            connection.close()
            say(f"{waiting}, tried again in {pause:g} s: {_words(error)}")
        if stop.wait(pause):
            raise Stopped
        pause = min(2 * pause, LONGEST_PAUSE)


class Followed:
    """One log on its way into its source. `lines`, `stored` and `duplicate` count what this process stored."""

    def __init__(
        self,
        target: Target,
        tail: Tail,
        *,
        clock: Callable[[], datetime],
        say: Callable[[str], None],
    ) -> None:
        self.target, self.tail = target, tail
        self.lines = self.stored = self.duplicate = 0
        self._clock, self._say = clock, say
        self._splitter = Splitter()
        self._stored_to = tail.place
        self._trouble = ""
        self._is_overtaken = False

    @property
    def has_trouble(self) -> bool:
        """Whether the log could not be read the last time."""
        return bool(self._trouble)

    def step(self, stop: Event) -> bool:
        """Store the next piece; tell whether there was one. Raises Source.DoesNotExist when the source is gone."""
        piece = self.tail.next()
        self._tell()
        if piece is None:
            return False
        self._store(piece, self._complete(piece), stop)
        return True

    def _complete(self, piece: Piece) -> Lines:
        """Return the complete lines of a piece; one at the end of a file that has ended needs no end of its own.

        Of a line that is longer than a piece only the beginning is kept until its end comes.
        """
        data = piece.data
        if not data.endswith(b"\n") and not piece.goes_on:
            data += b"\n"
        return self._splitter.feed(data)

    def _store(self, piece: Piece, lines: Lines, stop: Event) -> None:
        """Store until it is done, or give up when told to stop: then nothing of the piece is stored."""
        way = Way(self._stored_to, piece.place)
        try:
            taken = patiently(
                lambda: store_lines_of(
                    self.target,
                    lines.lines,
                    lines.too_long,
                    size=len(piece.data),
                    way=way,
                    clock=self._clock,
                ),
                stop=stop,
                say=self._say,
                waiting=f"{self.target.path}: not stored yet",
            )
        except Stopped:
            return
        except Overtaken as overtaken:
            self._go_to(overtaken.place)
        else:
            self._stored_to = piece.place
            if taken is not None:
                self._count(taken)

    def _go_to(self, place: Place | None) -> None:
        """Go on where another process stored; what was read here is its own."""
        if not self._is_overtaken:
            self._say(f"{self.target.path}: another process follows it into the same source. One is enough.")
        self._is_overtaken = True
        self.tail.go_to(place)
        self._splitter, self._stored_to = Splitter(), place

    def _count(self, taken: Taken) -> None:
        self.lines += taken.counts.lines
        self.stored += taken.stored
        self.duplicate += taken.duplicate

    def _tell(self) -> None:
        for remark in self.tail.remarks:
            self._say(remark)
        self.tail.remarks.clear()
        error = self.tail.trouble
        trouble = "" if error is None else f"{error.filename or self.target.path}: {error.strerror or error}"
        if trouble and trouble != self._trouble:
            self._say(f"{trouble}; it is tried again.")
        elif self._trouble and not trouble:
            self._say(f"{self.target.path}: is read again.")
        self._trouble = trouble


def follow(logs: Sequence[Followed], *, stop: Event, interval: float) -> None:
    """Follow every log until `stop` is set, looking again after `interval` seconds where nothing was new."""
    try:
        while not stop.is_set():
            was_busy = False
            for log in logs:
                if not stop.is_set():
                    was_busy = log.step(stop) or was_busy
            if not was_busy:
                stop.wait(interval)
    finally:
        for log in logs:
            log.tail.close()


def follow_once(logs: Sequence[Followed], *, stop: Event, quiet_for: float, pause: float) -> None:
    """Read what is there by now: until nothing came for `quiet_for` seconds, in which a rotated file may be left."""
    quiet = 0.0
    try:
        while not stop.is_set() and quiet < quiet_for:
            was_busy = [log.step(stop) for log in logs]
            if any(was_busy):
                quiet = 0.0
            else:
                stop.wait(pause)
                quiet += pause
    finally:
        for log in logs:
            log.tail.close()


def _words(error: Exception) -> str:
    return " ".join(str(error).split()) or type(error).__name__
