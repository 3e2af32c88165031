"""Reads a few written records of KumoMTA through the whole stream, and writes those of a transaction."""

from __future__ import annotations

import json
from base64 import b64encode
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from insights.ingest.formats.kumomta import KumoMtaParser
from insights.ingest.record import Batch
from insights.ingest.stream import LogStream
from tests.insights.ingest.test_stream_properties import fed

SAMPLES = Path(__file__).resolve().parents[4] / "samples" / "kumomta"
ANN = "ann@acme.example"
SECRET = b64encode(b"\0ann@acme.example\0secret-of-ann").decode()
RECEPTION: dict[str, Any] = {
    "type": "Reception", "id": "f68462cf36ca11ee99f450ebf67f93bd", "sender": ANN, "recipient": "x@rcpt.example",
    "size": 518, "response": {"code": 250, "content": "", "command": None},
    "peer_address": {"name": "pc", "addr": "192.0.2.4"}, "timestamp": 1780483257, "meta": {"authn_id": ANN},
    "reception_protocol": "ESMTP", "nodeid": "4eb22880", "session_id": "9bcd689e", "tls_protocol_version": "TLSv1.3",
}  # fmt: skip
REJECTION: dict[str, Any] = {
    **RECEPTION, "type": "Rejection",
    "response": {"code": 535, "content": "5.7.8 AUTH invalid", "command": SECRET},
}  # fmt: skip


def stream() -> LogStream:
    """Return a stream that has read nothing."""
    return LogStream(KumoMtaParser(source_key="a source", zone=ZoneInfo("UTC"), year=None))


def log(*records: dict[str, Any]) -> bytes:
    """Return a line of each record."""
    return b"".join(json.dumps(record).encode() + b"\n" for record in records)


def read(data: bytes) -> list[Batch]:
    """Read one whole input."""
    return fed(stream(), [data])


def received(name: str, *, created: int, at: int, **more: Any) -> dict[str, Any]:
    """Return a record of 2025.10 and later; times in milliseconds of one minute."""
    return RECEPTION | {"id": name, "created_time": _time(created), "event_time": _time(at)} | more


def about(name: str, kind: str = "Delivery", *, at: int, **more: Any) -> dict[str, Any]:
    """Return what became of a message."""
    return received(name, created=0, at=at, session_id="of the delivery", **more) | {"type": kind}


def refused(content: str, *, at: int, code: int = 550, command: str = "DATA", **more: Any) -> dict[str, Any]:
    """Return what the server answered in the session."""
    response = {"code": code, "content": content, "command": command}
    return received("", created=at, at=at, **more) | {"type": "Rejection", "response": response}


def _time(milliseconds: int) -> str:
    minutes, rest = divmod(milliseconds, 60_000)
    return f"2026-06-03T10:{40 + minutes}:{rest // 1000:02}.{rest % 1000:03}731000Z"
