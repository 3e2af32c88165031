"""Entries of the journal as `journalctl -o json` writes them, around the lines of a syslog."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from typing import Any

_LINE = re.compile(rb"(\S+) (\S+) ([^ \[:]+)(?:\[(\d+)\])?: (.*)", re.DOTALL)


def entry(
    text: str | bytes | None, *, at: datetime, program: str, pid: int = 0, host: str = "mx1", **more: Any
) -> bytes:
    """Return an entry with the line's end; bytes that are no UTF-8 are a list of numbers, as journalctl has it."""
    message: Any = text
    if isinstance(text, bytes):
        try:
            message = text.decode()
        except UnicodeDecodeError:
            message = list(text)
    micros = round(at.timestamp() * 1_000_000)
    members = {
        "_HOSTNAME": host,
        "SYSLOG_IDENTIFIER": program,
        "MESSAGE": message,
        "_BOOT_ID": "9b6d1c2e4f5a4b7c8d9e0f1a2b3c4d5e",
        "__REALTIME_TIMESTAMP": str(micros + 40),
        "_SOURCE_REALTIME_TIMESTAMP": str(micros),
        "__CURSOR": f"s=0f1e;b=9b6d;t={micros:x}",
        **({"SYSLOG_PID": str(pid), "_PID": str(pid)} if pid else {}),
        **more,
    }
    return json.dumps(members, separators=(",", ":"), ensure_ascii=False).encode() + b"\n"


def entries(log: bytes) -> bytes:
    """Return the entries of a syslog whose lines begin with a stamp of ISO 8601 and a host."""
    return b"".join(_entry(line) for line in log.splitlines())


def _entry(line: bytes) -> bytes:
    found = _LINE.fullmatch(line)
    assert found is not None, line
    stamp, host, program, pid, text = found.groups()
    at = datetime.fromisoformat(stamp.decode()).astimezone(UTC)
    return entry(text, at=at, program=program.decode(), pid=int(pid or 0), host=host.decode())
