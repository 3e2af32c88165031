"""Opens a log file, plain or compressed, as bounded chunks of bytes, and refuses early what is no log."""

from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, Final, Self

from insights.ingest.errors import BinaryInput, BrokenInput, EmptyInput
from insights.ingest.unpack import DAMAGES, gathered, gzip_pieces, plain_pieces, zstd_pieces

CHUNK: Final = 1_048_576
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
        first, given = True, False
        unpacked = self._unpacked()
        while chunk := self._next(unpacked):
            if first:
                _refuse_binary(chunk, self.name)
                chunk = chunk.removeprefix(_BYTE_ORDER_MARK)
                first = False
            if chunk:
                given = True
                yield chunk
        if not given:
            raise EmptyInput(f"{self.name} holds no bytes.")

    def _unpacked(self) -> Iterator[bytes]:
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
            return gathered(gzip_pieces(self._file, size=CHUNK), size=CHUNK)
        if magic.startswith(_ZSTD):
            return gathered(zstd_pieces(self._file), size=CHUNK)
        return plain_pieces(self._file, size=CHUNK)

    def _next(self, unpacked: Iterator[bytes]) -> bytes | None:
        try:
            return next(unpacked, None)
        except DAMAGES as error:
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
