"""Reads written Exim lines through the whole stream, and writes lines as Exim and syslog stamp them."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from insights.ingest.formats.exim import EximParser
from insights.ingest.record import Batch, joined
from insights.ingest.stream import LogStream

STAMP = "2026-06-03 10:40:57 "
ID, LONG_ID = "1xVczr-0001LH-1h", "1xA6ol-000000037ku-33mU"
PEER = "H=pc.acme.example ([10.0.0.5]) [192.0.2.10]"
TLS = "X=TLS1.3:ECDHE_X25519__RSA_PSS_RSAE_SHA256__AES_256_GCM:256 CV=no"
REFUSED = "login_server authenticator failed for (pc) [203.0.113.9]: 535 Incorrect authentication data (set_id=admin)"


def stream(*, year: int | None = None, zone: str = "UTC") -> LogStream:
    """Return a stream that has read nothing."""
    return LogStream(EximParser(source_key="a source", zone=ZoneInfo(zone), year=year))


def read(data: bytes, *, year: int | None = None, zone: str = "UTC") -> Batch:
    """Read one whole input."""
    reader = stream(year=year, zone=zone)
    return joined([reader.feed(data), reader.end_of_input()])


def log(*texts: str, stamp: str = STAMP) -> bytes:
    """Return lines of one second."""
    return b"".join(f"{stamp}{text}\n".encode() for text in texts)


def arrival(
    *,
    queue_id: str = ID,
    sender: str = "ann@acme.example",
    login: str = "plain_server:ann@acme.example",
    peer: str = PEER,
    tls: str = TLS,
    more: str = " id=1@pc.acme.example",
) -> str:
    """Return the `<=` line of an authenticated client's message."""
    fields = [
        f"{queue_id} <= {sender}",
        peer,
        "P=esmtpsa" if tls else "P=esmtpa",
        tls,
        f"A={login}",
        "S=1281",
    ]
    return " ".join(field for field in fields if field) + more
