"""How much of a file was taken, and the bytes by which it is known again."""

from __future__ import annotations

from insights.ingest.follow.chain import Match, Seen
from insights.ingest.follow.prints import HEAD, TAIL, Place, print_of
from insights.ingest.follow.writing import MARK, writing_of


class Replaced(Exception):
    """The file is not what it was: it was emptied, or holds something else before the place."""


class Damaged(Exception):
    """A compressed file is damaged or ends early; what came before was taken."""


class Taken:
    """Counts the bytes taken of a file, unpacked, and keeps the first and the last of them."""

    def __init__(self, seen: Seen) -> None:
        self.seen = seen
        self.offset = 0
        self.changed_ns = seen.changed_ns
        self.head = self.tail = b""

    def whole_lines(self, data: bytes, limit: int) -> int:
        """Return how many of the next bytes are to be taken: complete lines, or `limit` of one that is longer."""
        writing = writing_of((self.head + data[:MARK])[:MARK])
        end = writing.whole_lines(data)
        return limit - limit % writing.width if not end and len(data) == limit else end

    def add(self, data: bytes) -> bytes:
        """Count the next bytes, and return them as UTF-8 where they are UTF-16."""
        writing = writing_of((self.head + data[:MARK])[:MARK])
        if len(self.head) < HEAD:
            self.head += data[: HEAD - len(self.head)]
        self.tail = data[-TAIL:] if len(data) >= TAIL else (self.tail + data)[-TAIL:]
        self.offset += len(data)
        return writing.utf8(data)

    def place(self) -> Place:
        """Return the place after what was taken."""
        return Place(
            device=self.seen.device,
            inode=self.seen.inode,
            offset=self.offset,
            head=print_of(self.head),
            tail=print_of(self.tail),
            changed_ns=self.changed_ns,
        )

    def match(self, place: Place) -> Match:
        """Tell whether what was taken, up to the place or to an earlier end, is what had been read."""
        if not place.head.fits(self.head[: place.head.length]):
            return Match.NO
        if self.offset < place.offset:
            return Match.BEGINNING
        return Match.YES if place.tail.fits(self.tail) else Match.NO
