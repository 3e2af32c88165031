"""Lines that wait to be stored, by source, in bounded memory. Knows no network and no database."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from insights.ingest.listening.routes import Route

MOST_OF_ALL: Final = 64 * 1024 * 1024
MOST_OF_ONE: Final = 16 * 1024 * 1024
BATCH_LINES: Final = 5_000
BATCH_BYTES: Final = 2 * 1024 * 1024
_A_LINE: Final = 120
"""Bytes that a line takes beside its own."""
_A_SOURCE: Final = 4_000
"""Bytes that a source takes for which anything waits: a sender may name another one with every line."""


class Line(NamedTuple):
    """A line, or the beginning of a message that was too long, without what its sender says of itself."""

    text: bytes
    size: int
    is_too_long: bool = False

    @property
    def weight(self) -> int:
        """The memory it takes."""
        return len(self.text) + _A_LINE


@dataclass(slots=True)
class _Waiting:
    lines: deque[Line] = field(default_factory=deque)
    weight: int = 0
    taken: int = 0


class Backlog:
    """A queue for each source; what was taken and is not stored yet counts as well.

    `put` always takes a line: who can be made to wait asks `is_full` first, who cannot drops it. `on_room` is called
    whenever lines were stored, because there may be room then for any source.
    """

    def __init__(self, *, most: int = MOST_OF_ALL, most_of_one: int = MOST_OF_ONE) -> None:
        self.weight = 0
        self.on_room: Callable[[], None] = lambda: None
        self._most, self._most_of_one = most, most_of_one
        self._waiting: dict[Route, _Waiting] = {}

    def __len__(self) -> int:
        return sum(len(one.lines) for one in self._waiting.values())

    def is_full(self, route: Route) -> bool:
        """Tell whether there is no room for this source, or for any."""
        waiting = self._waiting.get(route)
        of_one = 0 if waiting is None else waiting.weight
        return self.weight >= self._most or of_one >= self._most_of_one

    def has_room(self, route: Route) -> bool:
        """Tell whether there is room enough to go on after it was full."""
        waiting = self._waiting.get(route)
        of_one = 0 if waiting is None else waiting.weight
        return self.weight <= self._most // 2 and of_one <= self._most_of_one // 2

    def put(self, route: Route, line: Line) -> None:
        """Add a line behind the others of its source."""
        waiting = self._waiting.get(route)
        if waiting is None:
            waiting = self._waiting[route] = _Waiting(weight=_A_SOURCE)
            self.weight += _A_SOURCE
        waiting.lines.append(line)
        waiting.weight += line.weight
        self.weight += line.weight

    def is_batch(self, route: Route) -> bool:
        """Tell whether enough waits for a batch."""
        waiting = self._waiting.get(route)
        return waiting is not None and (len(waiting.lines) >= BATCH_LINES or waiting.weight >= BATCH_BYTES)

    def take(self, route: Route) -> list[Line]:
        """Take the next lines of a source in order; `done` must follow before the next ones are taken."""
        waiting = self._waiting.get(route)
        batch: list[Line] = []
        if waiting is None:
            return batch
        while waiting.lines and len(batch) < BATCH_LINES and waiting.taken < BATCH_BYTES:
            line = waiting.lines.popleft()
            waiting.taken += line.weight
            batch.append(line)
        return batch

    def done(self, route: Route) -> None:
        """Forget the lines that were taken."""
        waiting = self._waiting[route]
        waiting.weight -= waiting.taken
        self.weight -= waiting.taken
        waiting.taken = 0
        if not waiting.lines:
            del self._waiting[route]
            self.weight -= _A_SOURCE
        self.on_room()
