"""Reads a few written lines of Haraka through the whole stream, and writes the lines of a connection."""

from __future__ import annotations

from pathlib import Path
from zoneinfo import ZoneInfo

from insights.ingest.formats.haraka import HarakaParser
from insights.ingest.record import Batch, joined
from insights.ingest.stream import LogStream

SAMPLES = Path(__file__).resolve().parents[4] / "samples" / "haraka"
ANN = "ann@acme.example"
UUID = "17DA77C9-EB21-4C84-A591-B7173A3E5B34"
SECRET = "c2VjcmV0LWFubg=="
TLS_1_3 = "[tls] secured: cipher=TLS_AES_256_GCM_SHA384 version=TLSv1.3 verified=false"
DELAYED = "[auth/flat_file] delaying for 1 seconds"
TICKET = "[auth/flat_file] ticket: <e2798.1a20cc26358@mail.acme.example>"


def stream(*, year: int | None = 2026, zone: str = "UTC") -> LogStream:
    """Return a stream that has read nothing."""
    return LogStream(HarakaParser(source_key="a source", zone=ZoneInfo(zone), year=year))


def read(data: bytes, *, year: int | None = 2026) -> Batch:
    """Read one whole input."""
    reader = stream(year=year)
    return joined([reader.feed(data), reader.end_of_input()])


def log(*texts: str, head: str = "2026-06-03T10:40:57.123Z ", uuid: str = UUID) -> bytes:
    """Return lines of one moment and one connection; `[1] ` before an origin names the transaction."""
    return b"".join(f"{head}{line(text, uuid=uuid)}\n".encode() for text in texts)


def line(text: str, *, uuid: str = UUID) -> str:
    """Return a line without its stamp, in the default format."""
    number, there, rest = text.partition("] [") if text[1:2].isdigit() else ("", "", "")
    return f"[NOTICE] [{uuid}.{number[1:]}] [{rest}" if there else f"[NOTICE] [{uuid}] {text}"


def connect(port: int = 587, address: str = "192.0.2.4") -> str:
    """Return the line of a new connection."""
    return f"[core] connect ip={address} port=54299 local_ip=198.51.100.2 local_port={port}"


def login(user: str = ANN, method: str = "PLAIN") -> str:
    """Return what a plugin logs of a login."""
    return f'[log_auth] AUTH user="{user}" method={method} success=true'


def tried(params: str = "AUTH", plugin: str = "auth/flat_file") -> str:
    """Return what core logs of a command that a plugin handled."""
    return f'[core]  hook=unrecognized_command plugin={plugin} function=f params="{params}" retval=OK msg=""'


def taken(number: int = 1, *, sender: str = ANN, recipients: int = 1, mid: str = "<a@b>") -> tuple[str, ...]:
    """Return the lines of a message that was taken over."""
    queued = f"Message Queued ({UUID}.{number})"
    return (
        f'[{number}] [core] sender <{sender}> code=CONT msg=""',
        f'[{number}] [core] recipient <x@rcpt.example> code=OK msg="" sender={sender}',
        f'[{number}] [core] message mid={mid} size=40 rcpts={recipients}/0/0 delay=0 code=CONT msg=""',
        f'[{number}] [core] queue code=CONT msg="{queued}"',
        f'[{number}] [core] queue code=OK msg="{queued}"',
    )


def ended(
    relay: str = "Y", tls: str = "Y", *, address: str = "192.0.2.4", helo: str = "pc.acme.example"
) -> str:
    """Return the line of a connection that is over."""
    return (
        f"[1] [core] disconnect ip={address} rdns=NXDOMAIN helo={helo} relay={relay} early=N esmtp=Y tls={tls} pipe=N "
        'errors=0 txns=1 rcpts=1/0/0 msgs=1/0/0 bytes=40 lr="" time=0.039'
    )
