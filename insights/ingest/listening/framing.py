"""Cut a TCP stream into syslog messages, both ways of RFC 6587; bounded and linear whatever comes. Pure.

A frame that begins with a count and `<` is octet-counted (3.4.1), any other ends with LF or NUL (3.4.2), whichever the
connection used first. After a counted frame there must be another one: what else comes is counted as broken, and as
nobody knows where the next message would begin, the connection is to be closed.
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple

MAX_MESSAGE: Final = 65_536
"""Octets of a message; a longer one is skipped to its end, and its beginning kept."""
MAX_SKIPPED: Final = 16 * 1024 * 1024
"""The longest message that is skipped; a longer one is taken for a broken count."""
KEPT_OF_LONG: Final = 2_048
_COUNT = re.compile(rb"([1-9][0-9]{0,8}) <")
_MAYBE_COUNT = re.compile(rb"[1-9][0-9]{0,8} ?")
_LONGEST_COUNT: Final = 11
_BETWEEN = b"\r\n\0"


class Frame(NamedTuple):
    """A message; `size` is its whole length, of which a too long one has the beginning alone."""

    message: bytes
    size: int

    @property
    def is_too_long(self) -> bool:
        """Tell whether only the beginning was kept."""
        return self.size > len(self.message)


class Framing:
    """Feed it what a connection brings. `is_broken`: nothing more can be read of it.

    Every octet fed is in one of `octets_framed` (of messages), `octets_between` (counts and ends), `octets_discarded`
    (after a broken frame) or still held.
    """

    def __init__(self) -> None:
        self.is_broken = False
        self.octets_framed = self.octets_between = self.octets_discarded = 0
        self._buffer = bytearray()
        self._looked_at = 0
        self._is_counting = False
        self._end: bytes | None = None
        self._long: _Long | None = None

    @property
    def held(self) -> int:
        """Return how many octets wait for the rest of their message."""
        return len(self._buffer)

    @property
    def is_within(self) -> bool:
        """Tell whether a message has begun that is not complete."""
        return bool(self._buffer) or self._long is not None

    def feed(self, data: bytes) -> list[Frame]:
        """Return the messages that are complete now."""
        if self.is_broken:
            self.octets_discarded += len(data)
            return []
        self._buffer += data
        return self._complete()

    def end(self) -> list[Frame]:
        """Return what the connection left without an end, and be broken if that was a counted message."""
        frames: list[Frame] = []
        if self._long is not None and self._long.left is None:
            frames.append(Frame(self._long.beginning, self._long.size))
        elif self._long is not None or (self._buffer and self._is_counted()):
            self.is_broken = True
            self.octets_discarded += len(self._buffer)
        elif self._buffer:
            self._take(self._buffer, frames)
        self._buffer.clear()
        self._long = None
        return frames

    def _complete(self) -> list[Frame]:
        frames: list[Frame] = []
        at = 0
        while (after := self._next(at, frames)) is not None:
            at = after
        del self._buffer[:at]
        self._looked_at = max(0, self._looked_at - at)
        if self.is_broken:
            self.octets_discarded += len(self._buffer)
            self._buffer.clear()
        return frames

    def _break(self) -> int | None:
        self.is_broken = True
        return None

    def _is_counted(self) -> bool:
        return self._is_counting or (self._end is None and _COUNT.match(self._buffer) is not None)

    def _next(self, at: int, frames: list[Frame]) -> int | None:
        """Take one step from `at` on; return where the next one begins, None when more is needed or it is broken."""
        if self._long is not None:
            return self._skip(at, frames)
        buffer = self._buffer
        if at >= len(buffer):
            return None
        if self._is_counting and buffer[at] in _BETWEEN:
            self.octets_between += 1
            return at + 1
        if self._is_counting or (self._end is None and buffer[at] in b"123456789"):
            return self._counted(at, frames)
        return self._ended(at, frames)

    def _counted(self, at: int, frames: list[Frame]) -> int | None:
        buffer = self._buffer
        found = _COUNT.match(buffer, at)
        if found is None:
            head = bytes(buffer[at : at + _LONGEST_COUNT])
            if len(head) < _LONGEST_COUNT and _MAYBE_COUNT.fullmatch(head):
                return None
            return self._break() if self._is_counting else self._ended(at, frames)
        size, start = int(found[1]), found.end() - 1
        if size > MAX_SKIPPED:
            return self._break()
        self._is_counting = True
        if size <= MAX_MESSAGE and len(buffer) < start + size:
            return None
        self.octets_between += start - at
        if size > MAX_MESSAGE:
            self._long = _Long(size=size, left=size)
            return start
        self.octets_framed += size
        frames.append(Frame(bytes(buffer[start : start + size]), size))
        return start + size

    def _ended(self, at: int, frames: list[Frame]) -> int | None:
        found = self._find_end(max(at, self._looked_at), at)
        if found < 0:
            self._looked_at = len(self._buffer)
            if len(self._buffer) - at <= MAX_MESSAGE + 1:
                return None
            self._long = _Long(size=0, left=None)
            self._looked_at = 0
            return at
        self._looked_at = 0
        self._take(self._buffer[at:found], frames)
        self.octets_between += 1
        return found + 1

    def _find_end(self, start: int, at: int) -> int:
        """Return where the message that begins at `at` ends, looking from `start` on; -1 when it does not yet."""
        if self._end is not None:
            return self._buffer.find(self._end, start)
        ends = [place for end in (b"\n", b"\0") if (place := self._buffer.find(end, start)) >= 0]
        if not ends:
            return -1
        found = min(ends)
        self._end = bytes(self._buffer[found : found + 1])
        return found

    def _take(self, message: bytearray, frames: list[Frame]) -> None:
        size = len(message)
        self.octets_framed += size
        if size:
            frames.append(Frame(bytes(message[: size if size <= MAX_MESSAGE else KEPT_OF_LONG]), size))

    def _skip(self, at: int, frames: list[Frame]) -> int | None:
        """Go on in a message that is too long."""
        long, available = self._long, len(self._buffer) - at
        if long is None or not available:
            return None
        if long.left is not None:
            taken, over = min(long.left, available), long.left <= available
            long.left -= taken
        else:
            found = self._find_end(at, at)
            over = found >= 0
            taken = found - at if over else available
            long.size += taken
        long.beginning += bytes(self._buffer[at : at + min(taken, KEPT_OF_LONG - len(long.beginning))])
        self.octets_framed += taken
        at += taken
        if over:
            if long.left is None:
                self.octets_between += 1
                at += 1
            frames.append(Frame(long.beginning, long.size))
            self._long = None
        return at


class _Long:
    """A message that is being skipped: `left` octets of a counted one, None for one that ends with a character."""

    __slots__ = ("beginning", "left", "size")

    def __init__(self, *, size: int, left: int | None) -> None:
        self.size, self.left, self.beginning = size, left, b""
