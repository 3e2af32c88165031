"""Tells rows apart that are the same byte by byte, as long as they stand near each other."""

from __future__ import annotations

from hashlib import blake2b
from typing import Any, Final

WINDOW: Final = 60 * 1_000_000
"""Microseconds between one row and the next that end a neighbourhood, whichever way the table is sorted."""
MOST: Final = 2_000


class Ordinals:
    """How often each row of a neighbourhood was seen; bounded."""

    def __init__(self) -> None:
        self._seen: dict[str, int] = {}
        self._at = 0

    def next(self, row: bytes, micros: int) -> int:
        """Return how many equal rows came before this one in its neighbourhood."""
        if abs(micros - self._at) > WINDOW:
            self._seen.clear()
        self._at = micros
        digest = blake2b(row, digest_size=8).hexdigest()
        ordinal = self._seen.pop(digest, 0)
        self._seen[digest] = ordinal + 1
        if len(self._seen) > MOST:
            del self._seen[next(iter(self._seen))]
        return ordinal

    def forget(self) -> None:
        """Begin another table."""
        self._seen.clear()

    def dump(self) -> list[Any]:
        """Return what was seen as plain data."""
        return [self._at, *self._seen.items()]

    def load(self, data: list[Any]) -> None:
        """Take up what `dump` gave."""
        self._at = int(data[0])
        self._seen = {str(digest): int(count) for digest, count in data[1:]}
