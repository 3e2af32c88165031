"""Read an answer to its end, whatever it is made of."""

from __future__ import annotations

import io
import zipfile
from typing import Any


def content_of(response: Any) -> bytes:
    """Return the whole body; one that is streamed is read to its end, which closes its file."""
    if response.streaming:
        return b"".join(response.streaming_content)
    content: bytes = response.content
    return content


def text_of(response: Any) -> str:
    """Return everything that the answer says: its headers, and its body, a workbook unpacked."""
    content = content_of(response)
    headers = "".join(f"{name}: {value}\n" for name, value in response.headers.items())
    if content.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(content)) as book:
            content = b"\n".join(book.read(name) for name in book.namelist())
    return headers + content.decode()
