"""Log lines out of what log shippers send: plain text, or JSON of Fluent Bit, Vector, rsyslog and journald. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

from insights.ingest.feeds.json_bodies import is_array, lines_of, records_of
from insights.ingest.feeds.limits import MAX_LINES, refuse_long, refuse_many
from insights.ingest.formats import OF_RECORDS
from insights.ingest.json_values import value_of
from insights.ingest.record import Skipped, SkipReason
from insights.ingest.texts import sample_of
from insights.ingest.wrapped import line_of

_LISTS: Final = {"stalwart": "events", "entra": "value"}
"""Where one object holds several records: the body of a webhook of Stalwart, an answer of Microsoft Graph."""


class LogLines(NamedTuple):
    """The lines of a body in order, each with its place in the body counted from 0, and what held no line.

    `unreadable` is numbered from 1, as the samples of files are.
    """

    lines: list[bytes]
    places: Sequence[int]
    unreadable: list[Skipped]


def log_lines(body: bytes, *, is_json: bool, log_format: str = "") -> LogLines:
    """Return the lines of a body: an array of JSON if it `is_json`, a JSON object a line, or plain text.

    A line of text stands as it is among lines of JSON too. Where `log_format` is one of JSON records, an object that
    holds no line is one, and so is each of those that a webhook's body or an answer of Graph holds. Raises OverLimit
    and Unreadable.
    """
    is_record = log_format in OF_RECORDS
    if is_record and (held := _held_in(body, _LISTS.get(log_format, ""))) is not None:
        return _of_values([(index, one, b"") for index, one in enumerate(held)], is_record=True)
    if is_json and is_array(body):
        return _of_values(
            [
                (record.place, record.value, record.raw)
                for record in records_of(body, most=MAX_LINES, what="lines")
            ],
            is_record=is_record,
        )
    lines = lines_of(body)
    refuse_many(len(lines), most=MAX_LINES, what="lines")
    for index, line in enumerate(lines):
        refuse_long(line, index)
    if not any(line.startswith(b"{") for line in lines):
        return LogLines(lines, range(len(lines)), [])
    return _of_values(
        [
            (index, value_of(line) if line.startswith(b"{") else line, line)
            for index, line in enumerate(lines)
            if line.strip()
        ],
        is_record=is_record,
    )


def _held_in(body: bytes, name: str) -> list[Any] | None:
    """Return the records that a body holds as one object, which may be longer than a line."""
    value = value_of(body) if body.startswith(b"{") and b"\n" not in body.strip() else None
    held = value.get(name) if isinstance(value, Mapping) else None
    return held if isinstance(held, list) else None


def _of_values(values: Sequence[tuple[int, Any, bytes]], *, is_record: bool) -> LogLines:
    refuse_many(len(values), most=MAX_LINES, what="lines")
    found = LogLines([], places := [], [])
    for index, value, raw in values:
        line = line_of(value, keeps_others=is_record)
        if isinstance(line, SkipReason):
            found.unreadable.append(Skipped(index + 1, line, sample_of(raw)))
            continue
        refuse_long(line, index)
        found.lines.append(line)
        places.append(index)
    return found
