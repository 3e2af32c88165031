"""What rotation calls the older files of a log, and which of them is older. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

_PACKED: Final = (".gz", ".zst")
_SUFFIX = re.compile(r"[.-](?P<digits>[0-9]+(?:[-_.:T]?[0-9]+)*Z?)(?P<packed>\.gz|\.zst)?")
_LONGEST_NUMBER: Final = 4
"""`mail.log.12` counts rotations; from five digits on it is a date, or seconds since 1970."""
_PARTS = re.compile(r"([0-9]+)")


def rotated(name: str, names: Iterable[str]) -> list[str]:
    """Return those of `names` that `name` was given when it was rotated, the oldest first.

    Numbers count up with age (logrotate, savelog, exicyclog), dates with time (dateext, Postfix). Of a file and its
    compressed form only the file is returned: the other is still being written.
    """
    found: dict[str, tuple[bool, list[int], str]] = {}
    for other in sorted(names):
        match = _SUFFIX.fullmatch(other, len(name)) if other.startswith(name) else None
        if match is None:
            continue
        plain = other.removesuffix(match["packed"] or "")
        if plain in found:
            continue  # sorted: the file stands before what it is compressed to
        numbers = [int(part) for part in re.findall(r"[0-9]+", match["digits"])]
        counts_up = len(numbers) == 1 and len(match["digits"]) <= _LONGEST_NUMBER
        found[plain] = (not counts_up, [-numbers[0]] if counts_up else numbers, other)
    return [other for _is_dated, _age, other in sorted(found.values())]


def in_order(names: Iterable[str]) -> list[str]:
    """Return the names that a pattern found, the oldest first: dates and numbers in them count up with time.

    Of a file and its compressed form only the file is returned.
    """
    every = set(names)
    kept = [
        name
        for name in every
        if not any(name.endswith(end) and name[: -len(end)] in every for end in _PACKED)
    ]
    return sorted(kept, key=_natural)


def _natural(name: str) -> list[tuple[int, str]]:
    """Return what sorts `A-9` before `A-10`, and `A.gz` as `A`."""
    for end in _PACKED:
        name = name.removesuffix(end)
    return [
        (int(part), "") if part.isascii() and part.isdigit() else (-1, part) for part in _PARTS.split(name)
    ]
