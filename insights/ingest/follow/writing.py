"""How the text of a log is written, told from its first bytes: UTF-16 with a mark, or anything else. Pure."""

from __future__ import annotations

import codecs
from typing import Final, NamedTuple

MARK: Final = 4
"""How many first bytes tell it."""
_UTF_32: Final = (codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)


class Writing(NamedTuple):
    """A character has at least `width` bytes; places and sizes are counted in bytes as they are written."""

    codec: str
    width: int
    line_end: bytes

    def whole_lines(self, data: bytes) -> int:
        """Return how many of the bytes are complete lines."""
        end = data.rfind(self.line_end)
        while end % self.width and end >= 0:
            end = data.rfind(self.line_end, 0, end + self.width - 1)
        return end + self.width if end >= 0 else 0

    def utf8(self, data: bytes) -> bytes:
        """Return the bytes as UTF-8; what is no character becomes U+FFFD."""
        return data.decode(self.codec, "replace").encode("utf-8", "replace") if self.codec else data


PLAIN: Final = Writing("", 1, b"\n")
_BY_MARK: Final = {
    codecs.BOM_UTF16_LE: Writing("utf-16-le", 2, b"\n\0"),
    codecs.BOM_UTF16_BE: Writing("utf-16-be", 2, b"\0\n"),
}


def writing_of(head: bytes) -> Writing:
    """Return how a file is written that begins so."""
    return PLAIN if head.startswith(_UTF_32) else _BY_MARK.get(head[:2], PLAIN)
