"""What fuzzing begins with: the samples of a format, whole lines of which are put together anew."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from insights.ingest.errors import IngestError
from insights.ingest.formats import FORMATS
from insights.ingest.inputs import open_log

SAMPLES = Path(__file__).resolve().parents[1] / "samples"
LINES_OF_A_SEED = 24
LONGEST_SEED = 8_192


@cache
def lines_of(name: str) -> list[bytes]:
    """Return the lines of a format's samples, with their ends; none where it has no folder."""
    lines: list[bytes] = []
    for path in sorted((SAMPLES / name).glob("*")):
        try:
            with open_log(path) as log:
                lines += b"".join(log.chunks()).splitlines(keepends=True)
        except IngestError:
            continue  # a sample of what is refused
    return lines


@cache
def other_lines(name: str) -> list[bytes]:
    """Return some lines of every other format's samples."""
    return [line for other in FORMATS if other != name for line in lines_of(other)[::9]]


def seeds(name: str) -> list[bytes]:
    """Return pieces of the samples, some lines each."""
    lines = lines_of(name)
    starts = range(0, len(lines), LINES_OF_A_SEED)
    return [b"".join(lines[start : start + LINES_OF_A_SEED])[:LONGEST_SEED] for start in starts]
