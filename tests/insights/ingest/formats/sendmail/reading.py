"""Reads a few written lines of Sendmail through the whole stream, and writes the lines of a session."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from insights.ingest.formats.sendmail import SendmailParser
from insights.ingest.record import Batch, joined
from insights.ingest.stream import LogStream

CLIENT = "pc.acme.example [192.0.2.4]"
PROGRAM = "sm-mta[71]"


def stream(
    *,
    year: int | None = 2026,
    zone: str = "UTC",
    earliest: datetime | None = None,
    latest: datetime | None = None,
) -> LogStream:
    """Return a stream that has read nothing."""
    return LogStream(
        SendmailParser(
            source_key="a source", zone=ZoneInfo(zone), year=year, earliest=earliest, latest=latest
        )
    )


def read(data: bytes, *, year: int | None = 2026, zone: str = "UTC") -> Batch:
    """Read one whole input."""
    reader = stream(year=year, zone=zone)
    return joined([reader.feed(data), reader.end_of_input()])


def log(*texts: str, stamp: str = "Jun  3 10:40:57 mail ", program: str = PROGRAM) -> bytes:
    """Return lines of one second, of one process."""
    return b"".join(f"{stamp}{program}: {text}\n".encode() for text in texts)


def starttls(*, version: str = "TLSv1.2", client: str = CLIENT, cipher: str = "AES128-SHA") -> str:
    """Return the text of a server's STARTTLS line."""
    return f"STARTTLS=server, relay={client}, version={version}, verify=NOT, cipher={cipher}, bits=256/256"


def auth(*, account: str = "ann@acme.example", mechanism: str = "PLAIN", client: str = CLIENT) -> str:
    """Return the text of a login."""
    return f"AUTH=server, relay={client}, authid={account}, mech={mechanism}, bits=0"


def taken(
    queue_id: str = "a1",
    *,
    sender: str = "<ann@acme.example>",
    recipients: int = 1,
    message_id: str | None = "<1@pc>",
    protocol: str = "ESMTPSA",
    client: str = CLIENT,
) -> str:
    """Return the text of a `from=` line; without a Message-ID it is that of a message that broke off."""
    told = "" if message_id is None else f", msgid={message_id}"
    return (
        f"{queue_id}: from={sender}, size=391, class=0, nrcpts={recipients}{told}, proto={protocol}, "
        f"daemon=MSA, relay={client}"
    )


def failure(
    detail: str = "authentication failure (-13) SASL(-13): authentication failure: checkpass failed",
    *,
    mechanism: str = "LOGIN",
    user: str | None = "ann",
    client: str = CLIENT,
) -> str:
    """Return the text of a refused login."""
    named = "" if user is None else f", user={user}"
    return f"b2: AUTH failure ({mechanism}): {detail}{named}, relay={client}"
