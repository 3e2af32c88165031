"""Open a file of a log at a place, and tell whether a file is the one of a place."""

from __future__ import annotations

import os

from insights.ingest.follow.chain import Match, Seen
from insights.ingest.follow.packed import PackedFile, is_packed
from insights.ingest.follow.plain import PlainFile
from insights.ingest.follow.prints import Place
from insights.ingest.follow.taken import Damaged, Replaced


def open_at(seen: Seen, offset: int) -> PlainFile | PackedFile:
    """Open the file at `offset`; raises Replaced when another one has its name by now, Damaged and OSError."""
    descriptor = os.open(seen.path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        _check(descriptor, seen)
        if not is_packed(os.pread(descriptor, 4, 0)):
            return PlainFile(seen, descriptor, offset=offset)
    except BaseException:
        os.close(descriptor)
        raise
    packed = PackedFile(seen, descriptor)
    try:
        packed.skip_to(offset)
    except BaseException:
        packed.close()
        raise
    return packed


def _check(descriptor: int, seen: Seen) -> None:
    found = os.fstat(descriptor)
    if (found.st_dev, found.st_ino) != (seen.device, seen.inode):
        raise Replaced


def match_file(seen: Seen, place: Place) -> Match:
    """Tell whether a file holds what was read up to the place; raises OSError.

    A compressed file is unpacked up to the place only where its beginning is the same.
    """
    try:
        if _begins_otherwise(seen, place):
            return Match.NO
        file = open_at(seen, place.offset)
    except (FileNotFoundError, Replaced, Damaged):
        return Match.NO
    try:
        return file.taken.match(place)
    finally:
        file.close()


def _begins_otherwise(seen: Seen, place: Place) -> bool:
    file = open_at(seen, place.head.length)
    try:
        return not place.head.fits(file.taken.head)
    finally:
        file.close()
