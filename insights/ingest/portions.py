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

EVENTS_A_PORTION = 40_000
"""The more events come at once, the fewer days of clients are brought forward twice; memory has the last word. The
first portion is an eighth of that, so that storing begins early, and each may be twice the one before. Towards the end
each is a third of what is left, down to an eighth again: nothing is read while the very last one is stored."""
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
    waiting_bytes = waiting_events = taken = 0
    sizes = _Sizes(log)
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
            sizes.skipped()
            continue
        batch = stream.feed(fresh)
        pending.append(batch)
        waiting_bytes += len(fresh)
        waiting_events += len(batch.submissions) + len(batch.failures)
        if sizes.is_enough(waiting_events) or waiting_bytes >= BYTES_A_PORTION:
            yield _portion(pending, writer, log, stream, taken, is_last=False)
            sizes.cut(waiting_events)
            pending, waiting_bytes, waiting_events = [], 0, 0
    if broken is not None:
        if pending:
            yield _portion(pending, writer, log, stream, taken, is_last=False)
        raise broken
    pending.append(stream.end_of_input())
    yield _portion(pending, writer, log, stream, taken, is_last=True)


class _Sizes:
    """How many events make a portion, by what was read of the file and what is left of it."""

    def __init__(self, log: LogInput) -> None:
        self._log = log
        self._least = self._most = EVENTS_A_PORTION // 8
        self._begun_at = self._events_cut = 0

    def skipped(self) -> None:
        """Note that all that was read up to here had been read before."""
        self._begun_at = self._log.bytes_read

    def is_enough(self, events: int) -> bool:
        """Tell whether these events are a portion, or a third of what there is still to come, at the rate so far."""
        if not self._least <= events < self._most:
            return events >= self._most
        read_to = self._log.bytes_read
        left = (self._events_cut + events) * (self._log.size - read_to) / max(read_to - self._begun_at, 1)
        return 2 * events >= left

    def cut(self, events: int) -> None:
        """Note that a portion was cut: the next may be twice as large."""
        self._events_cut += events
        self._most = min(2 * self._most, EVENTS_A_PORTION)


def first_line(path: Path, *, name: str, unfolds: bool = False) -> bytes:
    """Return the first line of a log, without its end, of which at most the first megabyte is read.

    Raises what `LogInput.chunks` raises.
    """
    with open_log(path, name=name, unfolds=unfolds) as log:
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
