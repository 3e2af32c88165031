"""Read a request's body as it was before it was packed, with a bound on what it expands to."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from typing import Any, BinaryIO, Final, cast

from rest_framework.exceptions import ParseError, UnsupportedMediaType
from rest_framework.request import Request

from insights.ingest.feeds.limits import MAX_BYTES
from insights.ingest.unpack import DAMAGES, BadZstd, gzip_pieces, plain_pieces, zstd_pieces
from tenants.api.problems import TooLarge

ENCODINGS: Final = ("gzip", "zstd")
_PIECE: Final = 65_536
_PACKED: Final = 64
"""Bytes given to zstd at once; the worst of them expand to 2 MiB."""
_MAX_WINDOW: Final = MAX_BYTES
_DRAINED: Final = 4 * MAX_BYTES
"""What is read of a refused body at most, to be thrown away."""
_WINDOW_TOO_LARGE: Final = re.compile("too much memory|window", re.IGNORECASE)


def read_body(request: Request) -> bytes:
    """Return the body, unpacked. Content-Encoding is `gzip` (RFC 1952), `zstd` (RFC 8878) or nothing.

    Raises TooLarge over `MAX_BYTES`, UnsupportedMediaType for another or several encodings, ParseError for a body that
    is damaged or ends early. Of a body that is too large it never holds more than `MAX_BYTES`,
    a piece and zstd's window.
    """
    encoding = request.headers.get("Content-Encoding", "").strip().lower()
    if encoding not in {"", "identity", *ENCODINGS}:
        detail = f"Content-Encoding can be one of gzip, zstd and identity, not “{encoding[:50]}”."
        raise UnsupportedMediaType(encoding, detail)
    body: list[bytes] = []
    size = 0
    try:
        for piece in _pieces(_stream(request), encoding):
            body.append(piece)
            size += len(piece)
            if size > MAX_BYTES:
                raise _over_limit()
    except BadZstd as error:
        if _WINDOW_TOO_LARGE.search(str(error)):
            raise TooLarge(
                f"The zstd frame asks for a window of more than {_MAX_WINDOW} bytes. Nothing was stored."
            ) from error
        raise _damaged(encoding) from error
    except DAMAGES as error:
        raise _damaged(encoding) from error
    except OSError as error:
        raise ParseError("The body broke off. Nothing was stored.") from error
    return b"".join(body)


def drain(request: Request) -> None:
    """Read on without keeping anything: a sender whose connection is closed while it sends never sees the answer."""
    left = _DRAINED
    with suppress(OSError):
        stream = _stream(request)
        while left > 0 and (piece := stream.read(_PIECE)):
            left -= len(piece)


def _pieces(stream: BinaryIO, encoding: str) -> Iterator[bytes]:
    if encoding == "gzip":
        return gzip_pieces(stream, size=_PIECE)
    if encoding == "zstd":
        return zstd_pieces(stream, packed_bytes=_PACKED, max_window=_MAX_WINDOW)
    return plain_pieces(stream, size=_PIECE)


class _Nothing:
    """A body that was not sent."""

    def read(self, size: int = -1) -> bytes:
        return b""


def _stream(request: Request) -> BinaryIO:
    """Return what the body is read from; Django takes one without Content-Length for none, gunicorn ends it itself."""
    if "chunked" in request.headers.get("Transfer-Encoding", "").lower():
        return cast("BinaryIO", request.META["wsgi.input"])
    stream: Any = request.stream
    return cast("BinaryIO", stream or _Nothing())


def _over_limit() -> TooLarge:
    return TooLarge(f"The body, unpacked, is larger than {MAX_BYTES} bytes. Nothing of it was stored.")


def _damaged(encoding: str) -> ParseError:
    return ParseError(f"The body is no {encoding}, is damaged or ends early. Nothing was stored.")
