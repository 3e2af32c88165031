"""Reads a few written events of Stalwart through the whole stream, and writes them as text and as JSON."""

from __future__ import annotations

import json
from pathlib import Path
from zoneinfo import ZoneInfo

from insights.ingest.formats.stalwart import StalwartParser
from insights.ingest.record import Batch, joined
from insights.ingest.stream import LogStream

SAMPLES = Path(__file__).resolve().parents[4] / "samples" / "stalwart"
ANN = "ann@acme.example"
PEER = 'listenerId = "submission", localPort = 587, remoteIp = 192.0.2.4, remotePort = 38509'
OF_IMAP = 'listenerId = "imaptls", localPort = 993, remoteIp = 192.0.2.4, remotePort = 38509'
OTHER_PORT = 'listenerId = "relay", localPort = 2587, remoteIp = 192.0.2.4, remotePort = 38509'
BEGIN = "DEBUG SMTP connection started (smtp.connection-start)"
END = "DEBUG SMTP connection ended (smtp.connection-end)"
EHLO = 'INFO SMTP EHLO command (smtp.ehlo); domain = "pc"'
SHAKE = (
    'INFO TLS handshake (tls.handshake); listenerId = "submission", version = "TLSv1_2", details = "TLS_X"'
)
TAIL = ", nextRetry = 2026-11-20T10:00:00Z, nextDsn = (null), expires = 2026-11-25T10:00:00Z"


def stream() -> LogStream:
    """Return a stream that has read nothing."""
    return LogStream(StalwartParser(source_key="a source", zone=ZoneInfo("UTC"), year=None))


def read(data: bytes) -> Batch:
    """Read one whole input."""
    reader = stream()
    return joined([reader.feed(data), reader.end_of_input()])


def line(event: str, *, peer: str = PEER, stamp: str = "2026-11-20T10:00:00Z") -> str:
    """Return a line: an event is its head and, behind a semicolon, its keys; the connection's stand between."""
    head, _, keys = event.partition("; ")
    return f"{stamp} {head} {', '.join(part for part in (peer, keys) if part)}"


def log(*events: str, peer: str = PEER, stamp: str = "2026-11-20T10:00:00Z") -> bytes:
    """Return lines of one connection and second."""
    return b"".join(line(event, peer=peer, stamp=stamp).encode() + b"\n" for event in events)


def login(account: str = ANN, more: str = ", accountId = 7") -> str:
    """Return a login."""
    return f'INFO Authentication successful (auth.success); accountName = "{account}"{more}'


def queued(
    number: int = 3,
    *,
    sender: str = f'"{ANN}"',
    to: str = '"x@rcpt.example"',
    size: int = 40,
    tail: str = TAIL,
) -> str:
    """Return a message that was taken over."""
    return (
        "INFO Queued message submission for delivery (queue.authenticated-message-queued); "
        f"queueId = {number}, from = {sender}, to = [{to}], size = {size}{tail}"
    )


def refused(name: str = "auth.failed", keys: str = f'accountName = "{ANN}", reason = "No"') -> str:
    """Return a refused login."""
    return f"DEBUG Some words ({name}); {keys}"


def record(name: str, **data: object) -> dict[str, object]:
    """Return an event as JSON has it, of the connection of `PEER`."""
    peer = {"listenerId": "submission", "localPort": 587, "remoteIp": "192.0.2.4", "remotePort": 38509}
    return {"createdAt": "2026-11-20T10:00:00Z", "type": name, "data": {**data, **peer}}


def records(*values: object) -> bytes:
    """Return a line of each value."""
    return b"".join(json.dumps(value, separators=(",", ":")).encode() + b"\n" for value in values)
