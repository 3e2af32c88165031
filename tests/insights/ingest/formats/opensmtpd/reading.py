"""Reads a few written lines of OpenSMTPD through the whole stream, and writes the lines of a session."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from insights.ingest.formats.opensmtpd import OpenSmtpdParser
from insights.ingest.record import Batch, joined
from insights.ingest.stream import LogStream

SESSION = "f274cf34b7d0786b"


def stream(*, year: int | None = 2026, zone: str = "UTC") -> LogStream:
    """Return a stream that has read nothing."""
    return LogStream(OpenSmtpdParser(source_key="a source", zone=ZoneInfo(zone), year=year))


def read(data: bytes, *, year: int | None = 2026) -> Batch:
    """Read one whole input."""
    reader = stream(year=year)
    return joined([reader.feed(data), reader.end_of_input()])


def log(*texts: str, stamp: str = "May  6 20:21:21 mail ", session: str = SESSION) -> bytes:
    """Return lines of one second and one session; a text that begins with `smtp-in` has no session before it."""
    return b"".join(
        f"{stamp}smtpd[3920]: {'' if text.startswith('smtp-in') else session + ' '}{text}\n".encode()
        for text in texts
    )


CONNECTED = "smtp connected address=192.0.2.4 host=pc.acme.example"
TLS = "smtp tls ciphers=TLSv1.3:TLS_AES_256_GCM_SHA384:256"
LOGIN = "smtp authentication user=ann@acme.example result=ok"
ENDED = "smtp disconnected reason=quit"


def taken(
    message: str = "78e5c402", *, recipients: int = 1, sender: str = "ann@acme.example"
) -> tuple[str, ...]:
    """Return the texts of an accepted message: the message and an envelope for each recipient."""
    return (
        f"smtp message msgid={message} size=1118 nrcpt={recipients} proto=ESMTP",
        *(
            f"smtp envelope evpid={message}{number:08x} from=<{sender}> to=<b{number}@c.example>"
            for number in range(recipients)
        ),
    )
