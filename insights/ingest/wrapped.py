"""The log line that a value of JSON stands for, as journald, Fluent Bit, Vector and rsyslog wrap one. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from insights.ingest.json_values import NotJson
from insights.ingest.local_time import EPOCH
from insights.ingest.record import SkipReason
from insights.ingest.stamps import Stamp, read_stamp

MESSAGES: Final = ("log", "message", "msg", "MESSAGE", "line", "rawmsg")
"""The members that may hold a line, in the order in which they are looked for."""
_TIMES: Final = (
    "timestamp", "@timestamp", "time", "timereported", "timegenerated", "_SOURCE_REALTIME_TIMESTAMP",
    "__REALTIME_TIMESTAMP", "date",
)  # fmt: skip
_HOSTS: Final = ("host", "hostname", "_HOSTNAME", "fromhost")
_PROGRAMS: Final = (
    "syslogtag", "ident", "appname", "app-name", "SYSLOG_IDENTIFIER", "programname", "program", "_COMM",
)  # fmt: skip
_PIDS: Final = ("pid", "procid", "SYSLOG_PID", "_PID")
_FAR: Final = 4_102_444_800  # 2100, in seconds
_BREAKS: Final = bytes.maketrans(b"\r\n", b"  ")
OF_JOURNAL: Final = "__REALTIME_TIMESTAMP"
"""The member that every entry of the journal has, and nothing else."""


def line_of(value: Any, *, keeps_objects: bool = False, keeps_others: bool = False) -> bytes | SkipReason:
    """Return the log line that a value of JSON stands for, or why there is none.

    What has no stamp of its own gets the head that syslog would have written, of the members beside it. With
    `keeps_objects` an object is a record of the log itself, unless it is the journal's or holds such a record as text;
    with `keeps_others` one that holds no text is.
    """
    if isinstance(value, bytes):
        return value
    if isinstance(value, str):
        return _one_line(value)
    if not isinstance(value, Mapping):
        return SkipReason.NO_JSON if isinstance(value, NotJson) else SkipReason.NO_MESSAGE
    message = next((text for name in MESSAGES if (text := _text(value.get(name))) is not None), None)
    if keeps_objects and (kept := _kept(value, message)) is not None:
        return kept
    if message is None:
        return _written(value) if keeps_others else SkipReason.NO_MESSAGE
    return _with_header(_one_line(message), value)


def _kept(value: Mapping[str, Any], message: str | None) -> bytes | None:
    """Return the record of the log that an object is or holds as text; None for one that wraps a line."""
    if message is not None and message.lstrip().startswith("{"):
        return _one_line(message)
    return None if OF_JOURNAL in value else _written(value)


def _written(value: Mapping[str, Any]) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode()


def _with_header(line: bytes, value: Mapping[str, Any]) -> bytes:
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
