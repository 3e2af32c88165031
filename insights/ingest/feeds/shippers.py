"""Log lines out of what log shippers send: plain text, or JSON of Fluent Bit, Vector, rsyslog and journald. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final, NamedTuple

from insights.ingest.feeds.json_bodies import NotJson, is_array, lines_of, records_of, value_of
from insights.ingest.feeds.limits import MAX_LINES, refuse_long, refuse_many
from insights.ingest.local_time import EPOCH
from insights.ingest.record import Skipped, SkipReason
from insights.ingest.stamps import Stamp, read_stamp
from insights.ingest.texts import sample_of

MESSAGES: Final = ("log", "message", "msg", "MESSAGE", "line", "rawmsg")
"""The members that may hold a line, in the order in which they are looked for."""
_TIMES: Final = (
    "timestamp", "@timestamp", "time", "timereported", "timegenerated", "_SOURCE_REALTIME_TIMESTAMP",
    "__REALTIME_TIMESTAMP", "date",
)  # fmt: skip
_HOSTS: Final = ("host", "hostname", "_HOSTNAME", "fromhost")
_PROGRAMS: Final = (
    "syslogtag", "ident", "appname", "app-name", "SYSLOG_IDENTIFIER", "programname", "program",
)  # fmt: skip
_PIDS: Final = ("pid", "procid", "SYSLOG_PID", "_PID")
_FAR: Final = 4_102_444_800  # 2100, in seconds
_BREAKS: Final = bytes.maketrans(b"\r\n", b"  ")


class LogLines(NamedTuple):
    """The lines of a body in order, each with its place in the body counted from 0, and what held no line.

    `unreadable` is numbered from 1, as the samples of files are.
    """

    lines: list[bytes]
    places: Sequence[int]
    unreadable: list[Skipped]


def log_lines(body: bytes, *, is_json: bool) -> LogLines:
    """Return the lines of a body: an array of JSON if it `is_json`, a JSON object a line, or plain text.

    A line of text stands as it is among lines of JSON too. Raises OverLimit and Unreadable.
    """
    if is_json and is_array(body):
        return _of_values(
            [
                (record.place, record.value, record.raw)
                for record in records_of(body, most=MAX_LINES, what="lines")
            ]
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
        ]
    )


def _of_values(values: Sequence[tuple[int, Any, bytes]]) -> LogLines:
    refuse_many(len(values), most=MAX_LINES, what="lines")
    found = LogLines([], places := [], [])
    for index, value, raw in values:
        line = _line_of(value)
        if isinstance(line, SkipReason):
            found.unreadable.append(Skipped(index + 1, line, sample_of(raw)))
            continue
        refuse_long(line, index)
        found.lines.append(line)
        places.append(index)
    return found


def _line_of(value: Any) -> bytes | SkipReason:
    """Return the log line that a value of JSON stands for, or why there is none."""
    if isinstance(value, bytes):
        return value
    if isinstance(value, str):
        return _one_line(value)
    if not isinstance(value, Mapping):
        return SkipReason.NO_JSON if isinstance(value, NotJson) else SkipReason.NO_MESSAGE
    message = next((text for name in MESSAGES if (text := _text(value.get(name))) is not None), None)
    if message is None:
        return SkipReason.NO_MESSAGE
    line = _one_line(message)
    if isinstance(read_stamp(line), Stamp):
        return line
    header = _header(value)
    return line if header is None else b"%b: %b" % (_one_line(header), line.lstrip())


def _text(value: Any) -> str | None:
    """Return text; journald gives what is no UTF-8 as a list of bytes."""
    if isinstance(value, str):
        return value
    if isinstance(value, list) and value and all(type(one) is int and 0 <= one < 256 for one in value):
        return bytes(value).decode("utf-8", "surrogateescape")
    return None


def _one_line(text: str) -> bytes:
    return (
        text.encode("utf-8", "surrogateescape" if _is_escaped(text) else "backslashreplace")
        .rstrip(b"\r\n")
        .translate(_BREAKS)
    )


def _is_escaped(text: str) -> bool:
    """Tell whether every lone surrogate stands for a byte that was no UTF-8."""
    return text.isprintable() or all(
        not 0xD800 <= ord(character) <= 0xDFFF or 0xDC80 <= ord(character) <= 0xDCFF for character in text
    )


def _header(value: Mapping[str, Any]) -> str | None:
    """Return what would stand before the text in a syslog file; None without a time or a program."""
    time = next(_times(value), None)
    program = next(_strings(value, _PROGRAMS), "").rstrip(":")
    if time is None or not program:
        return None
    pid = next(_strings(value, _PIDS), "")
    suffix = f"[{pid}]" if pid.isdigit() and "[" not in program else ""
    host = next(_strings(value, _HOSTS), "").replace(" ", "")
    return f"{time} {host + ' ' if host else ''}{program}{suffix}"


def _strings(value: Mapping[str, Any], names: Sequence[str]) -> Iterator[str]:
    for name in names:
        found = value.get(name)
        if isinstance(found, str | int) and not isinstance(found, bool) and str(found).strip():
            yield str(found).strip()


def _times(value: Mapping[str, Any]) -> Iterator[str]:
    for name in _TIMES:
        found = value.get(name)
        if isinstance(found, str) and isinstance(read_stamp(found.encode(errors="replace") + b" "), Stamp):
            yield found
            continue
        if isinstance(found, str) and found.isascii() and found.isdigit() and len(found) < 20:
            found = int(found)
        if isinstance(found, int | float) and not isinstance(found, bool) and (at := _since_1970(found)):
            yield at.isoformat()


def _since_1970(number: float) -> datetime | None:
    """Return a time in seconds, milli-, micro- or nanoseconds since 1970: whichever is before 2100."""
    for unit in (1, 1_000, 1_000_000, 1_000_000_000):
        if 0 < number < _FAR * unit:
            if isinstance(number, int):
                return EPOCH + timedelta(microseconds=number * 1_000_000 // unit)
            return datetime.fromtimestamp(number / unit, tz=UTC)
    return None
