"""Reads written tables through the whole stream, in one piece or cut and resumed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from insights.ingest.formats import factory_of
from insights.ingest.record import Batch, joined
from insights.ingest.stream import LogStream

TRACE: dict[str, Any] = {
    "columns": {
        "time": "Date",
        "account": "User",
        "sender": "From",
        "client_ip": "IP",
        "tls": "TLS",
        "mechanism": "Auth",
        "recipients": "To",
        "outcome": "Status",
        "reason": "Why",
    },
    "time_format": "iso",
    "success": ["OK"],
    "failure": ["failed"],
    "other": ["queued"],
}
HEADER = b"Date;User;From;IP;TLS;Auth;To;Status;Why\r\n"
TABLE = HEADER + (
    b'2026-11-20 10:00:00;ann;<ann@a.example>;192.0.2.1:5123;TLSv1.2;plain;"a@b.example,\nc@b.example";OK;\r\n'
    b"2026-11-20T10:00:01+01:00;Bob;;[2001:db8::1]:25;SP_PROT_TLS1_0;XOAUTH2;3;ok;\r\n"
    b"2026-11-20 10:00:02;eve;;198.51.100.1;none;;;failed;bad password\r\n"
    b"2026-11-20 10:00:02;eve;;198.51.100.1;none;;;failed;bad password\r\n"
    b"2026-11-20 10:00:03;ann;;;;;;queued;\r\n"
    b"yesterday;ann;;;;;;ok;\r\n"
    b";ann;;;;;;ok;\r\n"
    b"2026-11-20 10:00:04;;;;;;;ok;\r\n"
    b"2026-11-20 10:00:04;ann;;1.2;;;;ok;\r\n"
    b"2026-11-20 10:00:04;ann;;;;;;perhaps;\r\n"
    b"2026-11-20 10:00:04;ann;;;;;many;ok;\r\n"
    b"half;a row\r\n"
    b"\r\n"
)
"""Two messages, two refused logins that are alike, and a row of each kind that is none."""


def stream(
    mapping: Mapping[str, Any] | None = None, *, form: str = "csv", zone: str = "Europe/Berlin"
) -> LogStream:
    """Return a stream that has read nothing."""
    factory = factory_of(form, mapping=TRACE if mapping is None else mapping)
    return LogStream(factory(source_key="a source", zone=ZoneInfo(zone), year=None))


def read(data: bytes, mapping: Mapping[str, Any] | None = None, **options: Any) -> Batch:
    """Read one whole input."""
    reader = stream(mapping, **options)
    return joined([reader.feed(data), reader.end_of_input()])


def read_cut(
    data: bytes, cuts: Sequence[int], mapping: Mapping[str, Any] | None = None, **options: Any
) -> Batch:
    """Read the pieces between the cuts as inputs of their own, each by another process."""
    batches, last, state = [], 0, None
    for cut in (*cuts, len(data)):
        reader = stream(mapping, **options)
        if state is not None:
            reader.restore(state)
        batches += [reader.feed(data[last:cut]), reader.end_of_input()]
        last, state = cut, reader.state()
    return joined(batches)
