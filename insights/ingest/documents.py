"""The records of a JSON document as lines, whatever its layout, in memory that does not grow with it. Pure.

A document is an array, an object whose member `value` is one (an answer of Graph), objects over several lines, or any
of these one after the other. What is a record a line already passes through as it is.
"""

from __future__ import annotations

import json
import re
from enum import Enum
from typing import Any, Final

from insights.ingest.errors import BrokenInput
from insights.ingest.json_values import value_of
from insights.ingest.lines import MAX_LINE

MAX_RECORD: Final = 1_048_576
# Up to the next bracket that stands outside of text; each byte can be matched in one way.
_BRACKET: Final = re.compile(rb'[^"\[\]{}]*+(?:"(?:[^"\\]++|\\.)*+"[^"\[\]{}]*+)*+([\[\]{}])', re.DOTALL)
_PLAIN: Final = re.compile(rb'(?:"(?:[^"\\]++|\\.)*+"|[^"{}\[\],])++', re.DOTALL)
_VALUE: Final = re.compile(rb'(?<!\\)"value"[ \t\r\n]*+:[ \t\r\n]*+\Z')
_BREAK: Final = re.compile(rb"[\r\n][ \t\r\n]*+")
_BLANK: Final = re.compile(rb"[ \t\r\n]*+")
_BETWEEN: Final = re.compile(rb"[ \t\r\n,]*+")


class _Place(Enum):
    """Where in the file the reading stands."""

    OUTSIDE = 0
    ARRAY = 1
    AFTER = 2
    """Behind the array of an object, before the object's end."""


class Unfolder:
    """Gives the lines of a file bit by bit; `name` is what the file is called where it cannot be read."""

    def __init__(self, *, name: str) -> None:
        self._name = name
        self._place = _Place.OUTSIDE
        self._in_object = self._is_document = self._goes_by_lines = False
        self._rest = b""
        self._from = self._at = self._depth = 0
        """What is read next begins in the rest at `_from`; up to `_at` its brackets were counted, `_depth` are open."""

    def feed(self, data: bytes) -> bytes:
        """Return the lines that the next bytes complete; raise BrokenInput at a record of more than 1 MiB."""
        if self._goes_by_lines:
            return self._passed(data)
        self._rest = self._rest[self._from :] + data
        self._at, self._from = self._at - self._from, 0
        found: list[bytes] = []
        while (piece := self._next()) is not None:
            found.append(piece)
        if len(self._rest) - self._from > MAX_RECORD and not self._goes_by_lines:
            raise BrokenInput(
                f"{self._name} holds a record of more than 1 MiB.",
                hint="What was read before is kept. Give the sign-ins as the portal or Graph writes them.",
            )
        return b"".join(found)

    def end(self) -> bytes:
        """Return what is left at the end of the file; raise BrokenInput where the document is not complete."""
        rest = self._rest[self._from :]
        if self._goes_by_lines:
            return b"\n" if isinstance(value_of(rest), dict) else b""
        if self._place is _Place.OUTSIDE and not (rest and self._is_document) and b"\n" not in rest:
            return rest
        raise BrokenInput(
            f"{self._name} is damaged or ends early.",
            hint="What was read before is kept. Copy the file again and import it once more.",
        )

    def _next(self) -> bytes | None:
        """Return the next piece, which may be empty; None when more bytes are needed."""
        if self._goes_by_lines:
            return None
        if self._place is _Place.OUTSIDE:
            return self._outside()
        return self._in_array() if self._place is _Place.ARRAY else self._behind_array()

    def _outside(self) -> bytes | None:
        first = self._first(_BLANK)
        if first == b"{":
            return self._object()
        if first == b"[":
            return self._enter_array(self._from + 1, in_object=False)
        return self._go_by_lines() if first else None

    def _object(self) -> bytes | None:
        while found := _BRACKET.match(self._rest, self._at):
            if found[1] == b"[" and self._depth == 1 and _VALUE.search(self._rest[self._at : found.start(1)]):
                return self._enter_array(found.end(), in_object=True)
            if self._closes(found):
                is_line = not self._is_document and b"\n" not in self._rest[self._from : found.end()]
                return self._go_by_lines() if is_line else self._taken(found.end())
        return None

    def _in_array(self) -> bytes | None:
        first = self._first(_BETWEEN)
        if first == b"]":
            self._skip_to(self._from + 1)
            self._place = _Place.AFTER if self._in_object else _Place.OUTSIDE
            self._depth = 1 if self._in_object else 0
            return b""
        if first not in {b"{", b"["}:
            return self._plain_value(first)
        while found := _BRACKET.match(self._rest, self._at):
            if self._closes(found):
                return self._taken(found.end())
        return None

    def _plain_value(self, first: bytes) -> bytes | None:
        """Return what stands in the place of a record and is none."""
        if first == b"}":
            return self._taken(self._from + 1)
        found = _PLAIN.match(self._rest, self._from)
        return None if found is None or found.end() == len(self._rest) else self._taken(found.end())

    def _behind_array(self) -> bytes | None:
        while found := _BRACKET.match(self._rest, self._at):
            if self._closes(found):
                self._skip_to(found.end())
                self._place = _Place.OUTSIDE
                return b""
        self._from = self._at
        return None

    def _first(self, between: re.Pattern[bytes]) -> bytes:
        """Return the byte that a record begins with, when what stands between records was left out."""
        if self._at == self._from and (found := between.match(self._rest, self._from)):
            self._skip_to(found.end())
        return self._rest[self._from : self._from + 1]

    def _closes(self, found: re.Match[bytes]) -> bool:
        """Go past a bracket; tell whether it closes what was opened first."""
        self._at = found.end()
        self._depth += 1 if found[1] in b"[{" else -1
        return self._depth <= 0

    def _enter_array(self, end: int, *, in_object: bool) -> bytes:
        self._place, self._in_object, self._is_document = _Place.ARRAY, in_object, True
        self._skip_to(end)
        return b""

    def _taken(self, end: int) -> bytes:
        record, self._is_document = self._rest[self._from : end], True
        self._skip_to(end)
        return _line(record)

    def _skip_to(self, end: int) -> None:
        self._from = self._at = end
        self._depth = 0

    def _go_by_lines(self) -> bytes:
        data, self._rest, self._from, self._goes_by_lines = self._rest[self._from :], b"", 0, True
        return self._passed(data)

    def _passed(self, data: bytes) -> bytes:
        """Return the bytes as they are, and remember the line that has no end yet, if it is no longer than a line."""
        self._rest = (self._rest + data).rpartition(b"\n")[2][: MAX_LINE + 1]
        return data


def _line(record: bytes) -> bytes:
    """Return a record as a line; one that is too long for a line without its lists, of which nothing is read."""
    line = _BREAK.sub(b" ", record).strip()
    if len(line) > MAX_LINE and isinstance(value := value_of(line), dict):
        line = json.dumps(_without_lists(value), separators=(",", ":")).encode()
    return line + b"\n"


def _without_lists(record: dict[str, Any]) -> dict[str, Any]:
    return {
        name: {key: inner for key, inner in value.items() if not isinstance(inner, list)}
        if isinstance(value, dict)
        else value
        for name, value in record.items()
        if not isinstance(value, list)
    }
