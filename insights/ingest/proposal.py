"""What a file itself says of the year it was written in; a proposal for a person, never taken by itself."""

from __future__ import annotations

import struct
from datetime import UTC, datetime
from pathlib import Path

_GZIP_MAGIC = b"\x1f\x8b"


def proposed_year(file: Path) -> int | None:
    """Return the year of the time in a gzip header (RFC 1952), else of the file's modification; None without one."""
    try:
        with file.open("rb") as opened:
            header = opened.read(8)
        written = file.stat().st_mtime
    except OSError:
        return None
    if header.startswith(_GZIP_MAGIC) and len(header) == 8:
        written = struct.unpack("<I", header[4:8])[0] or written
    return datetime.fromtimestamp(written, tz=UTC).year
