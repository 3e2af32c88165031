"""Opens a log file, plain or compressed, as bounded chunks of bytes, and refuses early what is no log."""

import gzip
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, Final, Self

import zstandard

from insights.ingest.errors import BinaryInput, BrokenInput, EmptyInput

CHUNK: Final = 1_048_576
_MAX_WINDOW: Final = 1 << 27
"""zstd's window: 128 MiB is what `zstd --ultra -22` needs; more would be a way to fill memory."""
_GZIP, _ZSTD = b"\x1f\x8b", b"\x28\xb5\x2f\xfd"
_FOREIGN_MAGIC: Final = ((b"BZh", "bzip2"), (b"\xfd7zXZ\x00", "xz"), (b"PK\x03\x04", "zip"))
_WIDE_MARKS: Final = (b"\xff\xfe", b"\xfe\xff", b"\x00\x00\xfe\xff")
_BYTE_ORDER_MARK: Final = b"\xef\xbb\xbf"
_FIRST_BLOCK: Final = 8_192


class LogInput:
    """A log file that gives its decompressed bytes chunk by chunk. Use it as a context manager.

    `bytes_read` counts bytes of the file itself, for progress; `size` is the file's. `name` is what messages
    call it, where the file is kept under another name than people gave it.
    """

    def __init__(self, path: Path, *, name: str = "") -> None:
        self.path = path
        self.name = name or path.name
        self.size = path.stat().st_size
        self._file: BinaryIO = path.open("rb")

    @property
    def bytes_read(self) -> int:
        """Return how much of the file has been read."""
        return self._file.tell()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def chunks(self) -> Iterator[bytes]:
        """Yield the log's bytes; what was yielded before an error stays valid.

        Raises `EmptyInput`, `BinaryInput` before the first chunk, and `BrokenInput` where a compressed file
        is damaged or ends early.
        """
        reader = self._reader()
        first, given = True, False
        while chunk := self._read(reader):
            if first:
                _refuse_binary(chunk, self.name)
                chunk = chunk.removeprefix(_BYTE_ORDER_MARK)
                first = False
            if chunk:
                given = True
                yield chunk
        if not given:
            raise EmptyInput(f"{self.name} holds no bytes.")

    def _reader(self) -> BinaryIO | gzip.GzipFile | zstandard.ZstdDecompressionReader:
        magic = self._file.read(8)
        self._file.seek(0)
        if not magic:
            raise EmptyInput(f"{self.name} is empty.")
        for mark, name in _FOREIGN_MAGIC:
            if magic.startswith(mark):
                raise BinaryInput(
                    f"{self.name} is compressed with {name}.", hint="Unpack it, or use gzip or zstd."
                )
        if magic.startswith(_GZIP):
            return gzip.GzipFile(fileobj=self._file, mode="rb")
        if magic.startswith(_ZSTD):
            decompressor = zstandard.ZstdDecompressor(max_window_size=_MAX_WINDOW)
            return decompressor.stream_reader(self._file, read_across_frames=True, closefd=False)
        return self._file

    def _read(self, reader: BinaryIO | gzip.GzipFile | zstandard.ZstdDecompressionReader) -> bytes:
        try:
            return reader.read(CHUNK)
        except (EOFError, zlib.error, gzip.BadGzipFile, zstandard.ZstdError) as error:
            raise BrokenInput(
                f"{self.name} is damaged or ends early.",
                hint="What was read before is kept. Copy the file again and import it once more.",
            ) from error


def open_log(path: Path, *, name: str = "") -> LogInput:
    """Open a log file; the caller closes it."""
    return LogInput(path, name=name)


def _refuse_binary(chunk: bytes, name: str) -> None:
    if chunk.startswith(_WIDE_MARKS):
        raise BinaryInput(f"{name} is UTF-16 or UTF-32 text.", hint="Convert it to UTF-8.")
    if b"\0" in chunk[:_FIRST_BLOCK]:
        raise BinaryInput(f"{name} is not a text file.", hint="Give a mail server's log.")
