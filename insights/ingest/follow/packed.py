"""Read a file that rotation has compressed: it has its end, and places in it are of unpacked bytes."""

from __future__ import annotations

import os
from typing import BinaryIO, Final

from insights.ingest.follow.chain import Seen
from insights.ingest.follow.taken import Damaged, Taken
from insights.ingest.unpack import DAMAGES, gzip_pieces, zstd_pieces

_GZIP: Final = b"\x1f\x8b"
_ZSTD: Final = b"\x28\xb5\x2f\xfd"
_PIECE: Final = 262_144


def is_packed(magic: bytes) -> bool:
    """Tell whether a file that begins so is compressed with gzip or zstd."""
    return magic.startswith((_GZIP, _ZSTD))


class PackedFile:
    """An open compressed file. Raises Damaged once everything before the damage was returned."""

    behind = 0

    def __init__(self, seen: Seen, descriptor: int) -> None:
        self.taken = Taken(seen)
        self._file: BinaryIO = os.fdopen(descriptor, "rb")
        is_gzip = self._file.read(4).startswith(_GZIP)
        self._file.seek(0)
        self._pieces = gzip_pieces(self._file, size=_PIECE) if is_gzip else zstd_pieces(self._file)
        self._waiting = b""
        self._damage: Exception | None = None

    def skip_to(self, offset: int) -> None:
        """Take everything up to `offset`, or to an earlier end."""
        while (left := offset - self.taken.offset) > 0:
            data = self._read(min(_PIECE, left))
            if not data:
                return
            self.taken.add(data)

    def take(self, limit: int) -> bytes:
        """Return the next complete lines, at most `limit` bytes; a line that is longer comes in parts."""
        data = self._read(limit)
        end = self.taken.whole_lines(data, limit)
        self._waiting = data[end:] + self._waiting
        return self.taken.add(data[:end])

    def rest(self, limit: int) -> bytes:
        """Return what stands after the last line end."""
        data, self._waiting = self._waiting, b""
        return self.taken.add(data)

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def _read(self, size: int) -> bytes:
        """Return `size` bytes, fewer at the end."""
        parts, count = [self._waiting], len(self._waiting)
        while count < size and self._damage is None:
            try:
                piece = next(self._pieces, b"")
            except DAMAGES as error:
                self._damage = error
                break
            if not piece:
                break
            parts.append(piece)
            count += len(piece)
        data = b"".join(parts)
        self._waiting = data[size:]
        if self._damage is not None and not data:
            raise Damaged from self._damage
        return data[:size]
