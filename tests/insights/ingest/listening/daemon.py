"""Run `manage.py syslog` as it stands, and send to it as mail servers do."""

from __future__ import annotations

import json
import re
import signal
import socket
import ssl
import subprocess
import threading
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from insights.models import SyslogDrop, SyslogListener
from tenants.models import Tenant
from tenants.scope import tenant_scope
from tests.processes import PATIENCE_SECONDS, start, until

_SHOWN = re.compile(r"Listening at (udp|tcp|tls)://.*:(\d+)")
TOLD = {"LOG_LEVEL": "INFO", "LOG_JSON": "true"}
"""The environment in which it says at its end what became of everything."""


@dataclass
class Daemon:
    """A listener that runs. `ports` are by protocol; `said` is what it wrote to standard error."""

    process: subprocess.Popen[str]
    ports: dict[str, int] = field(default_factory=dict)
    said: list[str] = field(default_factory=list)
    reader: threading.Thread = field(init=False)

    def __post_init__(self) -> None:
        """Write down what it says as it says it."""
        self.reader = threading.Thread(target=_read, args=(self.process.stderr, self.said), daemon=True)
        self.reader.start()

    def send_datagrams(self, messages: Iterable[bytes]) -> None:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sending:
            for message in messages:
                sending.sendto(message, ("127.0.0.1", self.ports["udp"]))

    def connect(self, context: ssl.SSLContext | None = None) -> socket.socket:
        """Return a connection, over TLS where a context is given."""
        port = self.ports["tls" if context else "tcp"]
        plain = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE_SECONDS)
        return context.wrap_socket(plain, server_hostname="localhost") if context else plain

    def send(self, data: bytes, context: ssl.SSLContext | None = None) -> None:
        with self.connect(context) as connection:
            connection.sendall(data)
            if isinstance(connection, ssl.SSLSocket):
                connection.unwrap()

    def resident_kib(self) -> int:
        """Return the memory it has in use."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.findall(r"VmRSS:\s+(\d+)", status)[0])

    def told(self) -> dict[str, Any]:
        """Return what it wrote when it ended, if run with `TOLD`: messages taken, stored, and dropped by reason."""
        self.reader.join(PATIENCE_SECONDS)
        [line] = [one for one in self.said if "syslog.end" in one]
        told: dict[str, Any] = json.loads(line)
        return told

    def end(self) -> int:
        """Ask it to end, and return its exit status."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(PATIENCE_SECONDS)


@contextmanager
def syslog(*arguments: str | Path, program: Sequence[str] = ("manage.py",), **more: str) -> Iterator[Daemon]:
    """Run the command until the block ends; it listens before the block begins."""
    wanted = sum(str(one) in {"--udp", "--tcp", "--tls"} for one in arguments)
    with start(*program, "syslog", "--refresh", "0.2", *arguments, **more) as process:
        daemon = Daemon(process)
        try:
            assert process.stdout is not None
            for _address in range(wanted):
                line = process.stdout.readline()
                found = _SHOWN.match(line)
                assert found, (line, daemon.said)
                daemon.ports[found[1]] = int(found[2])
            yield daemon
        finally:
            if process.poll() is None:
                process.terminate()
                try:
                    process.wait(30)
                except subprocess.TimeoutExpired:
                    process.kill()
            daemon.reader.join(PATIENCE_SECONDS)


def _read(stream: Any, into: list[str]) -> None:
    into.extend(iter(stream.readline, ""))


def wrapped(lines: Iterable[bytes], *, data: bytes = b"-", counted: bool = False) -> Iterator[bytes]:
    """Yield lines of RFC 3164 as messages of RFC 5424, as rsyslog's template makes them, for a stream if `counted`."""
    pattern = re.compile(rb"(\w{3}) +(\d+) (\d\d:\d\d:\d\d) (\S+) ([^\[ :]+)(?:\[(\d+)\])?: ?(.*)", re.DOTALL)
    for line in lines:
        found = pattern.match(line.rstrip(b"\n"))
        assert found, line
        month, day, clock, host, program, pid, text = found.groups()
        stamp = _with_year(b"%b %b %b" % (month, day, clock))
        message = b"<22>1 %b %b %b %b - %b %b" % (stamp, host, program, pid or b"-", data, text)
        yield b"%d %b" % (len(message), message) if counted else message


def _with_year(stamp: bytes) -> bytes:
    """Return a stamp as RFC 5424 has it, of the year in which it was not long ago."""
    latest = datetime.now(UTC) + timedelta(days=1)
    of_year = (
        datetime.strptime(f"{year} {stamp.decode()} +0000", "%Y %b %d %H:%M:%S %z")
        for year in (latest.year, latest.year - 1)
    )
    return f"{next(at for at in of_year if at < latest):%Y-%m-%dT%H:%M:%SZ}".encode()


def drops(tenant: Tenant) -> dict[tuple[str, str], int]:
    """Return what was dropped, by source and reason, on whatever day."""
    found: Counter[tuple[str, str]] = Counter()
    with tenant_scope([tenant.pk]):
        for one in SyslogDrop.objects.select_related("source"):
            found[one.source.name, one.reason] += one.messages
    return dict(found)


def refused(protocol: str) -> dict[str, int]:
    """Return what strangers sent to the address of this protocol, by reason, as it is in the table."""
    found = SyslogListener.objects.filter(address__startswith=protocol).first()
    reasons: dict[str, int] = found.refused["reasons"] if found else {}
    return reasons


def looks_again() -> None:
    """Wait until every listener has looked who may send, and a second time, since now."""
    # It says that it is there only after it has said where it listens.
    until(SyslogListener.objects.exists)
    for _time in range(2):
        seen = dict(SyslogListener.objects.values_list("pk", "seen_at"))
        until(
            lambda seen=seen: all(  # type: ignore[misc]
                one.seen_at > seen[one.pk] for one in SyslogListener.objects.filter(pk__in=seen)
            )
        )


def settles(count: Any, wanted: Any, *, seconds: float = PATIENCE_SECONDS) -> None:
    """Wait until `count()` is `wanted`, and say what it was instead."""
    give_up_at = time.monotonic() + seconds
    while (found := count()) != wanted:
        assert time.monotonic() < give_up_at, (found, wanted)
        time.sleep(0.1)


__all__ = ["TOLD", "Daemon", "drops", "looks_again", "refused", "settles", "syslog", "until", "wrapped"]
