"""Reads a few written lines of Dovecot through the whole stream, and writes the lines of a session."""

from __future__ import annotations

from pathlib import Path
from zoneinfo import ZoneInfo

from insights.ingest.formats.dovecot import DovecotParser
from insights.ingest.record import Batch, joined
from insights.ingest.stream import LogStream

SAMPLES = Path(__file__).resolve().parents[4] / "samples" / "dovecot"
ANN = "ann@acme.example"
TLS_1_3 = "TLSv1.3 with cipher TLS_AES_256_GCM_SHA384 (256/256 bits)"


def stream(*, year: int | None = 2026, zone: str = "UTC") -> LogStream:
    """Return a stream that has read nothing."""
    return LogStream(DovecotParser(source_key="a source", zone=ZoneInfo(zone), year=year))


def read(data: bytes, *, year: int | None = 2026) -> Batch:
    """Read one whole input."""
    reader = stream(year=year)
    return joined([reader.feed(data), reader.end_of_input()])


def log(*texts: str, head: str = "Jun  3 10:40:57 mail dovecot: ") -> bytes:
    """Return lines of one second."""
    return b"".join(f"{head}{text}\n".encode() for text in texts)


def login(
    words: str = f"TLS, {TLS_1_3}, ",
    *,
    user: str = ANN,
    session: str = "GiU4",
    pid: int = 71,
    address: str = "192.0.2.4",
) -> str:
    """Return the line of a client that is handed on, as version 2.3 writes it."""
    return (
        f"submission-login: Login: user=<{user}>, method=PLAIN, rip={address}, lip=198.51.100.25, mpid={pid}, "
        f"{words}session=<{session}>"
    )


def relayed(
    message: str = "O6HaNIVLBWufUwAAg+zDdQ",
    *,
    user: str = ANN,
    sender: str = ANN,
    named: str = "<71><GiU4>",
    recipients: int = 1,
) -> str:
    """Return the line of a message that the relay took."""
    return (
        f"submission({user}){named}: Successfully relayed message: from=<{sender}>, size=391, id={message}, "
        f"nrcpt={recipients}, reply=`250 2.0.0 Ok: queued as 4AA091855DA0'"
    )


def refused(
    reason: str = "auth failed, 1 attempts in 2 secs", *, user: str = "admin", said: str = "Connection closed"
) -> str:
    """Return the line of a client that goes without having been let in, as version 2.3 writes it."""
    return (
        f"submission-login: Disconnected: {said} ({reason}): user=<{user}>, method=PLAIN, rip=203.0.113.66, "
        f"lip=198.51.100.25, TLS, session=<x0Y>"
    )


ENDED = f"submission({ANN})<71><GiU4>: Disconnected: Logged out (state=READY) in=246 out=225"
