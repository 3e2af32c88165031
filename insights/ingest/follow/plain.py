"""Read a file that may grow, be emptied or be written anew, line by line to its end."""

from __future__ import annotations

import os

from insights.ingest.follow.chain import Seen
from insights.ingest.follow.prints import HEAD, TAIL
from insights.ingest.follow.taken import Replaced, Taken


class PlainFile:
    """An open file at an offset, up to which it counts as taken."""

    def __init__(self, seen: Seen, descriptor: int, *, offset: int) -> None:
        self.taken = Taken(seen)
        self._descriptor = descriptor
        self._looked_at: tuple[int, int] | None = None
        self.taken.head = os.pread(descriptor, min(HEAD, offset), 0)
        self.taken.tail = os.pread(descriptor, min(TAIL, offset), max(0, offset - TAIL))
        self.taken.offset = min(offset, os.fstat(descriptor).st_size)

    def take(self, limit: int) -> bytes:
        """Return the next complete lines as UTF-8, at most `limit` bytes of the file; b"" when no line is complete.

        A line that is longer comes in parts. Raises Replaced when something else stands before the place by now.
        """
        found = os.fstat(self._descriptor)
        look = (found.st_size, found.st_mtime_ns)
        if look == self._looked_at:
            return b""
        data = self._read(limit)
        end = self.taken.whole_lines(data, limit)
        # The file was looked at before it was read: what was written meanwhile shows in its size the next time.
        self._looked_at = None if end else look
        self.taken.changed_ns = found.st_mtime_ns
        return self.taken.add(data[:end])

    def rest(self, limit: int) -> bytes:
        """Return what stands after the last line end of a file that will not grow any more."""
        return self.taken.add(self._read(limit))

    @property
    def behind(self) -> int:
        """How many bytes are there that were not taken."""
        return max(0, os.fstat(self._descriptor).st_size - self.taken.offset)

    def close(self) -> None:
        """Close the file."""
        os.close(self._descriptor)

    def _read(self, limit: int) -> bytes:
        """Return up to `limit` bytes after the place, read together with those before it, which must be the same."""
        before = self.taken.tail
        data = os.pread(self._descriptor, len(before) + limit, self.taken.offset - len(before))
        if not data.startswith(before):
            raise Replaced
        return data[len(before) :]
