"""Reads written rows of Exchange's receive log through the whole stream, and writes the rows of a session."""

from __future__ import annotations

from pathlib import Path
from zoneinfo import ZoneInfo

from insights.ingest.formats.exchange import ExchangeParser
from insights.ingest.record import Batch, joined
from insights.ingest.stream import LogStream

SAMPLES = Path(__file__).resolve().parents[4] / "samples" / "exchange"
FRONT_END, MAILBOX = SAMPLES / "frontend.log", SAMPLES / "hub.log"
HEADER = (
    b"#Software: Microsoft Exchange Server\r\n#Version: 15.0.0.0\r\n#Log-type: SMTP Receive Protocol Log\r\n"
    b"#Date: 2026-11-20T09:00:00.000Z\r\n#Fields: date-time,connector-id,session-id,sequence-number,"
    b"local-endpoint,remote-endpoint,event,data,context\r\n"
)
TLS_1_2 = (
    "TLS protocol SP_PROT_TLS1_2_SERVER negotiation succeeded using bulk encryption algorithm CALG_AES_256"
)
LOGIN: tuple[tuple[str, str, str], ...] = (
    ("<", "AUTH LOGIN", ""),
    (">", "334 <authentication response>", ""),
    ("*", "ACME\\ann", "authenticated"),
    (">", "235 2.7.0 Authentication successful", ""),
)
MESSAGE: tuple[tuple[str, str, str], ...] = (
    ("<", "MAIL FROM:<ann@acme.example> SIZE=1453", ""),
    (">", "250 2.1.0 Sender OK", ""),
    ("<", "RCPT TO:<a@example.net>", ""),
    (">", "250 2.1.5 Recipient OK", ""),
    ("<", "DATA", ""),
    (">", "250 2.6.0 <m1@pc> [InternalId=7, Hostname=EX1.acme.example] Queued mail for delivery", ""),
)
BEGIN, END, SECURED = ("+", "", ""), ("-", "", "Local"), ("*", "", TLS_1_2)


def stream() -> LogStream:
    """Return a stream that has read nothing; the zone of the source does not matter."""
    return LogStream(ExchangeParser(source_key="a source", zone=ZoneInfo("Asia/Seoul"), year=None))


def read(*inputs: bytes) -> Batch:
    """Read whole inputs, one after the other."""
    reader = stream()
    return joined([batch for data in inputs for batch in (reader.feed(data), reader.end_of_input())])


def quoted(cell: str) -> str:
    return '"' + cell.replace('"', '""') + '"' if "," in cell or '"' in cell else cell


def rows(
    *told: tuple[str, str, str],
    session: str = "08DF000000000001",
    connector: str = "EX1\\Client Frontend EX1",
    remote: str = "192.0.2.31:50100",
    minute: int = 0,
) -> bytes:
    """Return the rows of a session, a second apart: event, data and context of each."""
    return b"".join(
        f"2026-11-20T09:{minute:02}:{number:02}.000Z,{connector},{session},{number},198.51.100.5:587,{remote},"
        f"{event},{quoted(data)},{quoted(context)}\r\n".encode()
        for number, (event, data, context) in enumerate(told)
    )
