"""The lines of a log among entries of the journal, as `journalctl -o json` writes them into a file. Pure.

An entry is an object of JSON in a line of its own (https://systemd.io/JOURNAL_EXPORT_FORMATS/#journal-json-format).
"""

from __future__ import annotations

from typing import Final, NamedTuple

from insights.ingest.json_values import value_of
from insights.ingest.record import SkipReason
from insights.ingest.wrapped import OF_JOURNAL, line_of

_MARK: Final = f'"{OF_JOURNAL}"'.encode()
_BEGINNING: Final = 2_000


class NoLine(NamedTuple):
    """An entry that holds no line of a log: its place among the lines, from 0, why, and its beginning."""

    place: int
    reason: SkipReason
    beginning: bytes


def may_hold_entries(before: bytes, data: bytes) -> bool:
    """Tell whether `data`, which comes right after `before`, may complete an entry. Takes no time a line."""
    return _MARK in data or _MARK in before + data[: len(_MARK)]


def line_in(line: bytes) -> bytes | SkipReason:
    """Return the line that an entry wraps, or why there is none; what is no entry of the journal, as it is."""
    if line[:1] != b"{" or _MARK not in line:
        return line
    value = value_of(line)
    if not isinstance(value, dict) or OF_JOURNAL not in value:
        return line
    return line_of(value, keeps_objects=True)


def bare(line: bytes) -> bytes:
    """Return the line that an entry wraps, b"" where there is none."""
    found = line_in(line)
    return b"" if isinstance(found, SkipReason) else found


def is_entry(line: bytes) -> bool:
    """Tell whether a line is a whole entry of the journal."""
    return line_in(line) is not line


def unwrap(lines: list[bytes]) -> list[NoLine]:
    """Put the lines in the place of the entries that wrap them, b"" where there is none; return these."""
    without: list[NoLine] = []
    for index, line in enumerate(lines):
        found = line_in(line)
        if isinstance(found, SkipReason):
            without.append(NoLine(index, found, line[:_BEGINNING]))
            lines[index] = b""
        elif found is not line:
            lines[index] = found
    return without
