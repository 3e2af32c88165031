"""Bodies of JSON: an array, or a value a line (NDJSON), with what is no JSON told apart record by record. Pure."""

from __future__ import annotations

import re
from typing import Any, Final, NamedTuple

from insights.ingest.feeds.errors import OverLimit, Unreadable
from insights.ingest.feeds.limits import refuse_long, refuse_many
from insights.ingest.json_values import BLANK, in_words, lenient, value_of

BYTE_ORDER_MARK: Final = b"\xef\xbb\xbf"
_ARRAY: Final = re.compile(rb"(?:\xef\xbb\xbf)?[ \t\n\r]*\[")


class Record(NamedTuple):
    """A record of a body: its place, counted from 0, its value, and the bytes it was written as."""

    place: int
    value: Any
    raw: bytes


def is_array(body: bytes) -> bool:
    """Tell whether a body is a JSON array; else it is a value a line."""
    return _ARRAY.match(body) is not None


def records_of(body: bytes, *, most: int, what: str) -> list[Record]:
    """Return the records of a body, those that are no JSON as `NotJson`.

    Lone surrogates, NaN and control characters are read, for whoever looks at the record to refuse it by name. Raises
    Unreadable where an array breaks off, because nobody can tell where its next record begins; OverLimit over `most`
    records, called `what`, before more are read.
    """
    return _of_array(body, most, what) if is_array(body) else _of_lines(body, most, what)


def _of_lines(body: bytes, most: int, what: str) -> list[Record]:
    lines = lines_of(body)
    refuse_many(sum(1 for line in lines if line.strip()), most=most, what=what)
    records = []
    for index, line in enumerate(lines):
        if line.strip():
            refuse_long(line, index)
            records.append(Record(index, value_of(line), line))
    return records


def lines_of(body: bytes) -> list[bytes]:
    """Return the lines of a body without their ends (LF or CR LF); the last one may lack its end."""
    lines = body.removeprefix(BYTE_ORDER_MARK).split(b"\n")
    if not lines[-1]:
        lines.pop()
    return [line.removesuffix(b"\r") for line in lines] if b"\r" in body else lines


def _of_array(body: bytes, most: int, what: str) -> list[Record]:
    text = body.removeprefix(BYTE_ORDER_MARK).decode("utf-8", "surrogateescape")
    records: list[Record] = []
    at = _skip_blank(text, text.index("[") + 1)
    if text[at : at + 1] == "]":
        at += 1
    else:
        while True:
            if len(records) == most:
                raise OverLimit(
                    f"The body holds more than {most} {what}, which is how many are taken at once."
                )
            value, end = _element(text, at, len(records))
            raw = text[at : min(end, at + 2_000)].encode("utf-8", "surrogateescape")
            records.append(Record(len(records), value, raw))
            at = _skip_blank(text, end)
            mark = text[at : at + 1]
            at = _skip_blank(text, at + 1)
            if mark == "]":
                break
            if mark != ",":
                raise Unreadable(f"The array breaks off after record {len(records) - 1}.")
    if _skip_blank(text, at) != len(text):
        raise Unreadable("More follows the array.")
    return records


def _element(text: str, at: int, index: int) -> tuple[Any, int]:
    try:
        return lenient.raw_decode(text, at)
    except RecursionError as error:
        raise Unreadable(f"Record {index} is nested too deeply.") from error
    except ValueError as error:
        raise Unreadable(f"Record {index} is no JSON: {in_words(error)}.") from error


def _skip_blank(text: str, at: int) -> int:
    while text[at : at + 1] in BLANK and at < len(text):
        at += 1
    return at
