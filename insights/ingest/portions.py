"""Cut a log into portions that are each stored in one transaction. Pure: reads a stream, knows no database."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from insights.ingest.errors import IngestError
from insights.ingest.inputs import LogInput, open_log
from insights.ingest.record import Batch, LineCounts, Skipped, joined
from insights.ingest.rows import Names, Rows, RowWriter
from insights.ingest.stream import LogStream

EVENTS_A_PORTION = 20_000
NEAR_END = 16 * 1024 * 1024
"""The last bytes of a file come in quarters of a portion: nothing is read while the very last one is stored."""
BYTES_A_PORTION = 64 * 1024 * 1024
"""A log without events is still brought forward now and then, so that its progress shows and is kept."""


@dataclass(frozen=True, slots=True)
class Portion:
    """What a stretch of the log gave, and everything needed to go on after it.

    `bytes_taken` counts decompressed bytes from the beginning, `bytes_read` bytes of the file.
    """

    submissions: Rows
    failures: Rows
    names: Names
    skipped: list[Skipped]
    counts: LineCounts
    state: bytes
    bytes_taken: int
    bytes_read: int
    held_bytes: int
    last_at: datetime | None
    is_last: bool


def portions(log: LogInput, stream: LogStream, *, skip_bytes: int) -> Iterator[Portion]:
    """Yield the portions of `log` after its first `skip_bytes`, which the restored `stream` has read already.

    Raises what `LogInput.chunks` raises, after a last portion with what was read before.
    """
    writer = RowWriter()
    pending: list[Batch] = []
    waiting_bytes = taken = 0
    broken: IngestError | None = None
    chunks = log.chunks()
    while True:
        try:
            chunk = next(chunks, None)
        except IngestError as error:
            broken, chunk = error, None
        if chunk is None:
            break
        fresh = chunk[max(0, skip_bytes - taken) :]
        taken += len(chunk)
        if not fresh:
            continue
        pending.append(stream.feed(fresh))
        waiting_bytes += len(fresh)
        events = sum(len(batch.submissions) + len(batch.failures) for batch in pending)
        enough = EVENTS_A_PORTION // 4 if log.size - log.bytes_read < NEAR_END else EVENTS_A_PORTION
        if events >= enough or waiting_bytes >= BYTES_A_PORTION:
            yield _portion(pending, writer, log, stream, taken, is_last=False)
            pending, waiting_bytes = [], 0
    if broken is not None:
        if pending:
            yield _portion(pending, writer, log, stream, taken, is_last=False)
        raise broken
    pending.append(stream.end_of_input())
    yield _portion(pending, writer, log, stream, taken, is_last=True)


def first_line(path: Path, *, name: str) -> bytes:
    """Return the first line of a log, without its end, of which at most the first megabyte is read.

    Raises what `LogInput.chunks` raises.
    """
    with open_log(path, name=name) as log:
        return next(log.chunks()).partition(b"\n")[0]


def _portion(
    pending: list[Batch], writer: RowWriter, log: LogInput, stream: LogStream, taken: int, *, is_last: bool
) -> Portion:
    batch = joined(pending)
    submissions, names = writer.submissions(batch.submissions)
    return Portion(
        submissions=submissions,
        failures=writer.failures(batch.failures),
        names=names,
        skipped=batch.skipped,
        counts=batch.counts,
        state=stream.state(),
        bytes_taken=taken,
        bytes_read=log.size if is_last else log.bytes_read,
        held_bytes=stream.held_bytes,
        last_at=stream.parser.last_at,
        is_last=is_last,
    )
