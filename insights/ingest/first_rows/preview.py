"""Read the first rows as an import would, and tell of each row what it becomes or why it is left out. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from enum import StrEnum
from typing import Final, NamedTuple

from insights.ingest.first_rows.head import Head
from insights.ingest.formats.columns.mapping import Field
from insights.ingest.formats.columns.parser import MappedParser
from insights.ingest.formats.csv_rows import is_preamble
from insights.ingest.record import LoginFailureRecord, SkipReason, SubmissionRecord

_OF_NO_CELL: Final = frozenset(
    {SkipReason.BAD_ROW, SkipReason.NO_JSON, SkipReason.EMPTY, SkipReason.BINARY, SkipReason.OTHER_COLUMNS}
)


class Becomes(StrEnum):
    """What a row becomes."""

    SUBMISSION = "submission"
    LOGIN = "login"
    FAILURE = "failure"
    OTHER = "other"
    UNREAD = "unread"


class Fault(NamedTuple):
    """Why a row is not read; `field` says which cell is to blame, None where it is the whole row."""

    field: Field | None
    reason: SkipReason


class ReadRow(NamedTuple):
    """A row, by the number of its last line in the file, with the event that it becomes."""

    line_number: int
    becomes: Becomes
    event: SubmissionRecord | LoginFailureRecord | None
    faults: tuple[Fault, ...]


class Preview(NamedTuple):
    """The first rows, and how many of them become what."""

    rows: tuple[ReadRow, ...]
    counted: Counter[Becomes]


def preview(head: Head, parser: MappedParser) -> Preview:
    """Read the lines of `head` with a parser that has read nothing; headers and lines within a row are no rows."""
    rows = tuple(
        row for number, line in enumerate(head.lines, 1) for row in _read(line, number, head, parser)
    )
    return Preview(rows, Counter(row.becomes for row in rows))


def _read(line: bytes, number: int, head: Head, parser: MappedParser) -> Sequence[ReadRow]:
    batch = parser.feed([line], first_line_number=number)
    rows = [
        ReadRow(number, Becomes.SUBMISSION if event.messages else Becomes.LOGIN, event, ())
        for event in batch.submissions
    ]
    rows += [ReadRow(number, Becomes.FAILURE, event, ()) for event in batch.failures]
    if not rows and batch.counts.other and not _is_header(line, head):
        rows.append(ReadRow(number, Becomes.OTHER, None, ()))
    rows += [
        ReadRow(number, Becomes.UNREAD, None, _faults(line, reason, parser))
        for reason in map(SkipReason, batch.counts.unrecognised)
        if reason is not SkipReason.EMPTY
    ]
    return rows


def _is_header(line: bytes, head: Head) -> bool:
    written = line.decode("utf-8", "backslashreplace").strip()
    return written.removeprefix("\ufeff") == head.header.strip() or is_preamble(line)


def _faults(line: bytes, reason: SkipReason, parser: MappedParser) -> tuple[Fault, ...]:
    """Return every fault of the row, not only the first for which its line counts."""
    told = [] if reason in _OF_NO_CELL else parser.record_of(line)
    faults = [Fault(*problem) for problem in told] if isinstance(told, list) else []
    if reason in {fault.reason for fault in faults}:
        return tuple(faults)
    return (Fault(None, reason),)
