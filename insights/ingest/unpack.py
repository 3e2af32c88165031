"""Decompress gzip and zstd as bounded pieces, and tell an input that ends early from one that ends."""

import gzip
import zlib
from collections.abc import Iterator
from typing import BinaryIO, Final


class BadZstd(Exception):
    """zstd's words for data that it cannot unpack."""


DAMAGES: Final = (EOFError, zlib.error, gzip.BadGzipFile, BadZstd)
"""What the pieces raise for a damaged or unfinished input, after everything before the damage."""
_MAX_WINDOW: Final = 1 << 27
"""zstd's window: 128 MiB is what `zstd --ultra -22` needs; more would be a way to fill memory."""
_PACKED: Final = 1024
"""Bytes given to zstd at once: the worst of them expand to 32 MiB, where a whole chunk could fill the memory."""


def plain_pieces(file: BinaryIO, *, size: int) -> Iterator[bytes]:
    """Yield the file as it is."""
    while piece := file.read(size):
        yield piece


def gzip_pieces(file: BinaryIO, *, size: int) -> Iterator[bytes]:
    """Yield the contents of all members (RFC 1952)."""
    with gzip.GzipFile(fileobj=file, mode="rb") as unpacked:
        while piece := unpacked.read1(size):
            yield piece


def zstd_pieces(
    file: BinaryIO, *, packed_bytes: int = _PACKED, max_window: int = _MAX_WINDOW
) -> Iterator[bytes]:
    """Yield the contents of all frames (RFC 8878); `packed_bytes` given at once expand to 32 KiB each at the worst."""
    import zstandard  # a twentieth of a second, which other logs need not wait for

    decompressor = zstandard.ZstdDecompressor(max_window_size=max_window)
    frame = decompressor.decompressobj()
    is_open = False
    while packed := file.read(packed_bytes):
        while packed:
            is_open = True
            try:
                piece = frame.decompress(packed)
            except zstandard.ZstdError as error:
                raise BadZstd(str(error)) from error
            if piece:
                yield piece
            packed = b""
            if frame.eof:
                packed, is_open = frame.unused_data, False
                frame = decompressor.decompressobj()
    if is_open:
        raise EOFError("The last frame is not complete.")


def gathered(pieces: Iterator[bytes], *, size: int) -> Iterator[bytes]:
    """Yield the same bytes in chunks of about `size`; before an error of `DAMAGES` everything that came before it."""
    waiting: list[bytes] = []
    waiting_bytes = 0
    damage: Exception | None = None
    while True:
        try:
            piece = next(pieces, None)
        except DAMAGES as error:
            piece, damage = None, error
        if piece is not None:
            waiting.append(piece)
            waiting_bytes += len(piece)
        if waiting and (piece is None or waiting_bytes >= size):
            yield b"".join(waiting)
            waiting, waiting_bytes = [], 0
        if damage is not None:
            raise damage
        if piece is None:
            return
