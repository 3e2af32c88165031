"""Reads a few written lines through the whole stream, and writes the lines of a session."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from insights.ingest.formats.postfix import PostfixParser
from insights.ingest.record import Batch, joined
from insights.ingest.stream import LogStream

PEER = "mail.example[192.0.2.4]"
TLS = f"Anonymous TLS connection established from {PEER}: TLSv1.2 with cipher X (256/256 bits)"
SMTPD = "postfix/submission/smtpd[71]"


def stream(
    *,
    year: int | None = 2026,
    zone: str = "UTC",
    earliest: datetime | None = None,
    latest: datetime | None = None,
) -> LogStream:
    """Return a stream that has read nothing."""
    return LogStream(
        PostfixParser(source_key="a source", zone=ZoneInfo(zone), year=year, earliest=earliest, latest=latest)
    )


def read(data: bytes, *, year: int | None = 2026, zone: str = "UTC") -> Batch:
    """Read one whole input."""
    reader = stream(year=year, zone=zone)
    return joined([reader.feed(data), reader.end_of_input()])


def log(*texts: str, stamp: str = "Jun  3 10:40:57 mail ") -> bytes:
    """Return lines of one second; a text without a program is that of the submission service."""
    return b"".join(
        f"{stamp}{text if text.startswith('postfix') else f'{SMTPD}: {text}'}\n".encode() for text in texts
    )


def client(queue_id: str, *, account: str = "ann@acme.example", method: str = "PLAIN") -> str:
    """Return the text of an authenticated `client=` line."""
    return f"{queue_id}: client={PEER}, sasl_method={method}, sasl_username={account}"


def queued(queue_id: str, *, sender: str = "ann@acme.example", recipients: int = 1) -> str:
    """Return the queue manager's line that accepts a message."""
    return f"postfix/qmgr[9]: {queue_id}: from=<{sender}>, size=391, nrcpt={recipients} (queue active)"


def cleanup(text: str) -> str:
    """Return a line of cleanup."""
    return f"postfix/cleanup[33]: {text}"


CONNECT = f"connect from {PEER}"
DISCONNECT = f"disconnect from {PEER} ehlo=2 starttls=1 auth=1 mail=1 rcpt=1 data=1 quit=1 commands=8"
