"""Opens a log file, plain or compressed, as bounded chunks of bytes, and refuses early what is no log."""

import codecs
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, Final, Self

from insights.ingest.documents import Unfolder
from insights.ingest.errors import BinaryInput, BrokenInput, EmptyInput
from insights.ingest.unpack import DAMAGES, gathered, gzip_pieces, plain_pieces, zstd_pieces

CHUNK: Final = 1_048_576
_GZIP, _ZSTD = b"\x1f\x8b", b"\x28\xb5\x2f\xfd"
_FOREIGN_MAGIC: Final = ((b"BZh", "bzip2"), (b"\xfd7zXZ\x00", "xz"), (b"PK\x03\x04", "zip"))
_UTF_16: Final = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_UTF_32: Final = (codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)
_BYTE_ORDER_MARK: Final = b"\xef\xbb\xbf"
_FIRST_BLOCK: Final = 8_192


class LogInput:
    """A log file that gives its decompressed bytes chunk by chunk, as UTF-8 where it is UTF-16. A context manager.

    `bytes_read` counts bytes of the file itself, for progress; `size` is the file's. `name` is what messages
    call it, where the file is kept under another name than people gave it. Of a file that `unfolds` each
    record of a JSON document is a line; of one that `is_whole` the last line needs no end.
    """

    def __init__(self, path: Path, *, name: str = "", unfolds: bool = False, is_whole: bool = False) -> None:
        self.path = path
        self.name = name or path.name
        self._unfolds, self._is_whole = unfolds, is_whole
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
        """Yield the log's bytes, those of a document record by record; what was yielded before an error stays valid.

        Raises `EmptyInput`, `BinaryInput` before the first chunk, and `BrokenInput` where a compressed file or a
        document is damaged or ends early.
        """
        if not self._unfolds:
            last = b""
            for last in self._text():
                yield last
            if self._is_whole and not last.endswith(b"\n"):
                yield b"\n"
            return
        unfolder, given = Unfolder(name=self.name), False
        for chunk in self._text():
            if lines := unfolder.feed(chunk):
                given = True
                yield lines
        if rest := unfolder.end():
            yield rest
        elif not given:
            raise EmptyInput(f"{self.name} holds no records.")

    def _text(self) -> Iterator[bytes]:
        first, given = True, False
        unpacked, narrow = self._unpacked(), None
        while chunk := self._next(unpacked):
            if first and chunk.startswith(_UTF_16) and not chunk.startswith(_UTF_32):
                narrow = codecs.getincrementaldecoder("utf-16")("replace")
            if narrow is not None:
                # Programs of Microsoft write their tables so. What is no character becomes U+FFFD.
                chunk = narrow.decode(chunk).encode("utf-8", "replace")
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


def open_log(path: Path, *, name: str = "", unfolds: bool = False, is_whole: bool = False) -> LogInput:
    """Open a log file; the caller closes it."""
    return LogInput(path, name=name, unfolds=unfolds, is_whole=is_whole)


def _refuse_binary(chunk: bytes, name: str) -> None:
    if chunk.startswith(_UTF_32):
        raise BinaryInput(f"{name} is UTF-32 text.", hint="Convert it to UTF-8.")
    if b"\0" in chunk[:_FIRST_BLOCK]:
        raise BinaryInput(f"{name} is not a text file.", hint="Give a mail server's log.")
