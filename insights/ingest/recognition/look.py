"""Show the beginning of a log to every parser. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from insights.ingest.days import Days
from insights.ingest.documents import Unfolder
from insights.ingest.errors import IngestError
from insights.ingest.formats import BY_COLUMNS, DOCUMENTS, FORMATS, factory_of
from insights.ingest.formats.csv_rows import cells_of, column_names, delimiter_of, is_preamble
from insights.ingest.inputs import open_log
from insights.ingest.journal import bare
from insights.ingest.programs import programs_in
from insights.ingest.recognition.decide import (
    MIXED,
    Doubt,
    Found,
    Recognition,
    Sureness,
    agreed,
    decide,
    fits,
)
from insights.ingest.recognition.quiet import quiet_records, quiet_servers
from insights.ingest.record import SkipReason
from insights.ingest.stream import LogStream

BY_SYSLOG: Final = ("postfix", "exim", "sendmail", "opensmtpd", "dovecot")
"""The formats of daemons that share a syslog: what `mixed` reads."""
FIRST_LOOK: Final = 256 * 1024
LAST_LOOK: Final = 4 * 1024 * 1024
"""Bytes looked at, first and at most: a busy relay's log may hold few submissions."""
_ANY_LEAP_YEAR: Final = 2024
_ANY_DAYS: Final = Days(date(_ANY_LEAP_YEAR, 1, 1), date(_ANY_LEAP_YEAR, 1, 1))
_ODD: Final = (SkipReason.UNKNOWN_FORM, SkipReason.TOO_MANY_REPEATS, SkipReason.BAD_RECORD)
_COLUMNS_SHOWN: Final = 20


def recognise(head: bytes) -> Recognition:
    """Return which format the beginning of a log is of; its last line may be cut."""
    looks: list[Found] = []
    lines, unfolded = 0, _unfolded(head)
    for name in FORMATS:
        if name == MIXED or name in BY_COLUMNS:
            continue
        found, read = _look(name, unfolded if name in DOCUMENTS else head)
        lines = max(lines, read)
        looks.append(found)
    quiet = quiet_servers(_lines(head)) or quiet_records(_lines(unfolded))
    decided = decide(looks, lines=lines, by_syslog=BY_SYSLOG, quiet=quiet)
    if decided.format in DOCUMENTS:
        return decided._replace(lines=unfolded.count(b"\n") or 1)
    if not any(look.matched for look in decided.found) and (columns := _columns(_first(head))):
        # Rows that begin with a time look like those of Exchange, whose logs begin with comments.
        return Recognition(None, None, Doubt.TABLE, lines, (), columns=columns)
    return _explained(decided, head) if decided.format is None else decided


def may_be_read_as(recognition: Recognition, log_format: str) -> bool:
    """Tell whether a log may be read into a source of this format."""
    return fits(recognition, log_format, by_syslog=BY_SYSLOG, by_columns=BY_COLUMNS)


def one_format_of(recognitions: Sequence[Recognition]) -> str | None:
    """Return the one format that the logs of a source can be read as, None where there is none."""
    return agreed(recognitions, by_syslog=BY_SYSLOG)


def recognise_file(path: Path, *, name: str) -> Recognition:
    """Return which format a file is of, from its first lines, from more of them where the first leave a doubt.

    Raises what `LogInput.chunks` raises before its first chunk.
    """
    head = b""
    recognition = None
    for size, head in _heads(path, name):
        recognition = recognise(head)
        if recognition.sureness is Sureness.CERTAIN or size >= LAST_LOOK:
            return recognition
    return recognition or recognise(head)


def _heads(path: Path, name: str) -> Iterator[tuple[int, bytes]]:
    """Yield the beginning of a file, first a little of it, then as much as is looked at; with the size asked for."""
    with open_log(path, name=name) as log:
        chunks = log.chunks()
        head = next(chunks)
        is_small = len(head) <= FIRST_LOOK
        if not is_small:
            yield FIRST_LOOK, head[:FIRST_LOOK]
        try:
            while len(head) < LAST_LOOK and (chunk := next(chunks, None)):
                head += chunk
        except IngestError:
            pass  # what is damaged later is told when it is read
        yield LAST_LOOK, head[:LAST_LOOK]


def _look(name: str, head: bytes) -> tuple[Found, int]:
    """Return what a parser makes of the lines, and how many they are."""
    factory = factory_of(name, mapping=None, days=_ANY_DAYS)
    parser = factory(source_key="", zone=ZoneInfo("UTC"), year=_ANY_LEAP_YEAR)
    stream = LogStream(parser)
    batches = [stream.feed(head)]
    if not head.endswith(b"\n") and len(head) < FIRST_LOOK:
        batches.append(stream.feed(b"\n"))
    batches.append(stream.end_of_input())
    events = sum(len(batch.submissions) + len(batch.failures) for batch in batches)
    matched = sum(batch.counts.event + batch.counts.evidence for batch in batches)
    odd = sum(batch.counts.unrecognised[reason] for batch in batches for reason in _ODD)
    return Found(name, events, matched, odd), sum(batch.counts.lines for batch in batches)


def _lines(head: bytes) -> list[bytes]:
    return [bare(line) for line in head.split(b"\n")[:-1] or [head]]


def _unfolded(head: bytes) -> bytes:
    """Return the records of a document as lines as far as they go, and a file of lines as it is."""
    try:
        return Unfolder(name="").feed(head)
    except IngestError:
        return b""


def _explained(decided: Recognition, head: bytes) -> Recognition:
    """Say more of a log that is of no known format: who wrote it, or that it holds JSON records."""
    if decided.doubt is Doubt.NOTHING and _first(head).lstrip()[:1] == b"{":
        return decided._replace(doubt=Doubt.RECORDS)
    return decided._replace(programs=programs_in(_lines(head)))


def _first(head: bytes) -> bytes:
    """Return the first line that is not empty and no preamble of a table."""
    lines = (line.rstrip(b"\r") for line in _lines(head) if line.strip())
    return next((line for line in lines if not is_preamble(line)), b"")


def _columns(line: bytes) -> tuple[str, ...]:
    """Return the names of the columns if a line looks like the header of a table: words, apart, no two the same."""
    cells = cells_of(line, delimiter=delimiter_of(line))
    names = [] if cells is None else column_names(cells)
    if len(names) < 3 or len(set(names)) < len(names):
        return ()
    if not all(name and not any(character.isdigit() for character in name) for name in names):
        return ()
    return tuple(name[:60] for name in names[:_COLUMNS_SHOWN])
