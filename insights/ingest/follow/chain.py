"""The files of one log, oldest first, and where in them reading goes on. Pure, but for the look at a folder."""

from __future__ import annotations

import stat
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum
from fnmatch import fnmatch
from pathlib import Path
from typing import Final

from insights.ingest.follow.names import in_order, rotated
from insights.ingest.follow.prints import Place

_LOOKS: Final = 5
"""How often a folder is looked at until it holds still."""


class Match(Enum):
    """Whether a file is the one that was being read: no, its beginning alone, or all that was read."""

    NO = 0
    BEGINNING = 1
    YES = 2


@dataclass(frozen=True, slots=True)
class Seen:
    """A file as its folder tells of it; `changed_ns` is when it was written last."""

    path: Path
    device: int
    inode: int
    size: int
    changed_ns: int

    @property
    def key(self) -> tuple[int, int]:
        """What no other file has while this one is there."""
        return self.device, self.inode


class Begin(Enum):
    """How what is read next continues what was read before."""

    GOES_ON = 0
    """In the same file, right after it."""
    NEXT = 1
    """In the next file of the log."""
    ANEW = 2
    """In a file of which nobody knows what it is to the one before."""


@dataclass(frozen=True, slots=True)
class Way:
    """What is to be read, in this order: the first file from `offset`, the others from their beginnings."""

    files: Sequence[Seen]
    offset: int
    begin: Begin


@dataclass(frozen=True, slots=True)
class Watched:
    """What is followed: a file with those it was rotated to, or a pattern for files with dates in their names."""

    path: Path

    @property
    def is_pattern(self) -> bool:
        """Whether the name stands for several files, of which the last is written to."""
        return any(sign in self.path.name for sign in "*?[")

    def chain(self) -> list[Seen]:
        """Return the files of the log that are there, oldest first. Raises OSError for a folder that cannot be read.

        They are looked at until two looks show the same: a rotation under way would hide one.
        """
        found = self._look()
        for _attempt in range(_LOOKS):
            before, found = found, self._look()
            if [seen.key for seen in before] == [seen.key for seen in found]:
                break
        return found

    def _look(self) -> list[Seen]:
        """Return the files under their names now, oldest first, a file with two names once."""
        names = [entry.name for entry in self.path.parent.iterdir()]
        if self.is_pattern:
            ordered = in_order(name for name in names if fnmatch(name, self.path.name))
        else:
            ordered = [*rotated(self.path.name, names), self.path.name]
        found = (seen_at(self.path.parent / name) for name in ordered)
        return list({seen.key: seen for seen in found if seen is not None}.values())

    def newest(self) -> Seen | None:
        """Return the file that is written to by its name; None when there is none."""
        if not self.is_pattern:
            return seen_at(self.path)
        chain = self.chain()
        return chain[-1] if chain else None


def seen_at(path: Path) -> Seen | None:
    """Return what is at the path; None where no file is."""
    try:
        found = path.stat()
    except FileNotFoundError:
        return None
    if not stat.S_ISREG(found.st_mode):
        return None
    return Seen(path, found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns)


def way_from(
    place: Place | None, chain: Sequence[Seen], match: Callable[[Seen], Match], *, whole: bool
) -> Way:
    """Return how the files are read on from `place`; `match` tells whether one is the file of the place.

    Without a place: the newest file alone, or the `whole` chain. Where the file of the place is gone, everything that
    was written since: what turns out to be known is not counted twice.
    """
    if place is None:
        return Way(chain if whole else chain[-1:], 0, Begin.ANEW)
    newest_first = range(len(chain) - 1, -1, -1)
    beginning: int | None = None
    for index in sorted(newest_first, key=lambda index: chain[index].key != (place.device, place.inode)):
        matched = match(chain[index])
        if matched is Match.YES:
            return Way(chain[index:], place.offset, Begin.GOES_ON)
        # A copy made before the last lines that were read of the file itself, which was emptied then: it is read.
        if matched is Match.BEGINNING and beginning is None and index < len(chain) - 1:
            beginning = index
    if beginning is not None:
        return Way(chain[beginning + 1 :], 0, Begin.NEXT)
    newest = chain[-1:]
    since = [one for one in chain[:-1] if one.changed_ns >= place.changed_ns]
    return Way([*since, *newest], 0, Begin.ANEW)
