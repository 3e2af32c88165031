"""How much one request may bring."""

from __future__ import annotations

from typing import Final

from insights.ingest.feeds.errors import OverLimit

MAX_BYTES: Final = 16 * 1024 * 1024
"""Of a body, unpacked."""
MAX_RECORDS: Final = 10_000
"""Events in a batch."""
MAX_LINES: Final = 100_000
"""Log lines in a request."""
MAX_RECORD_BYTES: Final = 65_536
"""Of one line of a body: a log line, or a record as JSON."""


def refuse_long(line: bytes, index: int) -> None:
    """Raise OverLimit when a line is longer than any mail server writes."""
    if len(line) > MAX_RECORD_BYTES:
        raise OverLimit(
            f"Line {index} (counted from 0) has {len(line)} bytes; at most {MAX_RECORD_BYTES} are taken."
        )


def refuse_many(count: int, *, most: int, what: str) -> None:
    """Raise OverLimit when there are more than `most`."""
    if count > most:
        raise OverLimit(f"The body holds {count} {what}; at most {most} are taken at once.")
