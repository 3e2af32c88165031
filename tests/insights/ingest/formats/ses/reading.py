"""Reads a few written events of Amazon SES through the whole stream, and writes them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from insights.ingest.formats.ses import SesParser
from insights.ingest.record import Batch, joined
from insights.ingest.stream import LogStream
from tests.insights.ingest.test_stream_properties import fed

SAMPLES = Path(__file__).resolve().parents[4] / "samples" / "ses"
TAGS = {
    "ses:operation": ["SendRawEmail"], "ses:source-ip": ["192.0.2.4"], "ses:caller-identity": ["scanner-smtp"],
    "ses:source-tls-version": ["TLSv1.2"], "ses:outgoing-tls-version": ["TLSv1.3"],
}  # fmt: skip


def send(kind: str = "Send", **changes: Any) -> dict[str, Any]:
    """Return an event, with members of `mail` changed."""
    mail = {
        "timestamp": "2026-06-03T10:40:57.123Z", "source": "Ann <ann@acme.example>", "messageId": "0100-a-000000",
        "destination": ["x@rcpt.example", "y@rcpt.example"], "tags": TAGS,
    }  # fmt: skip
    return {"eventType": kind, "mail": mail | changes, "send": {}}


def stream() -> LogStream:
    """Return a stream that has read nothing."""
    return LogStream(SesParser(source_key="a source", zone=ZoneInfo("UTC"), year=None))


def log(*records: dict[str, Any]) -> bytes:
    """Return a line of each record."""
    return b"".join(json.dumps(record).encode() + b"\n" for record in records)


def read(data: bytes) -> Batch:
    """Read one whole input."""
    return joined(fed(stream(), [data]))
