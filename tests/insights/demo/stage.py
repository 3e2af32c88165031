"""Play single sessions for the tests of the generator, and read the generated lines back as text."""

from __future__ import annotations

from datetime import UTC, datetime
from random import Random
from zoneinfo import ZoneInfo

from insights.demo.people import client
from insights.demo.postfix_lines import LogStyle, PostfixLog
from insights.demo.processes import Processes
from insights.demo.queue_ids import QueueIds
from insights.demo.sessions import Client, Service, Session
from insights.demo.stamps import instant
from insights.enums import TlsVersion

AT = datetime(2026, 6, 3, 10, 40, 57, tzinfo=UTC)
STYLE = LogStyle(host="mail", zone=ZoneInfo("UTC"))


def somebody(tls: TlsVersion = TlsVersion.TLS1_2, *, service: Service = Service.SUBMISSION) -> Client:
    """Give a client at 192.0.2.17, whose name is not known."""
    return client("alice@north.example", "192.0.2.17", tls, service=service)


def played(*sessions: Session, style: LogStyle = STYLE) -> PostfixLog:
    """Give the log after these sessions."""
    rng = Random(1)
    queue_ids = QueueIds(style=style.queue_ids, rng=rng)
    log = PostfixLog(style=style, rng=rng, processes=Processes(first_pid=100), queue_ids=queue_ids)
    for session in sessions:
        log.play(session)
    return log


def texts(log: PostfixLog) -> list[str]:
    """Give the lines in order, without the host."""
    return [line.text.removeprefix(f" {STYLE.host} ").rstrip("\n") for line in sorted(log.lines.lines)]


def at(seconds: float = 0) -> int:
    """Give an instant so many seconds after `AT`."""
    return instant(AT) + int(seconds * 1_000_000)
