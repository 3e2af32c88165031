"""200 authenticated submissions to each of Debian's other servers are 200 exact rows, over syslog and followed.

A real rsyslogd takes what the server says by syslog(3), sends it on as *Connect a source* says, and writes the log
file that is followed, which is rotated in the middle.
"""

from __future__ import annotations

import base64
import itertools
import logging
import os
import re
import shutil
import signal
import smtplib
import ssl
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from insights.enums import PLAIN_OR_LOGIN, FailureReason, TlsVersion
from insights.models import LoginFailure, SkippedLine, Source, Submission
from insights.web.syslog_snippets import Place
from tenants.models import Tenant
from tenants.scope import tenant_scope
from tests.factories import make_source
from tests.imports import assert_recounted
from tests.insights.ingest.listening.authority import Authority
from tests.insights.ingest.listening.daemon import drops, settles, syslog
from tests.insights.ingest.listening.test_daemon import key_of
from tests.live.dovecot import dovecot
from tests.live.exim import exim
from tests.live.opensmtpd import opensmtpd
from tests.live.packages import unpacked
from tests.live.postfix import HOST, PASSWORD
from tests.live.root import Installed
from tests.live.rows import compare, pasted, rows
from tests.live.rsyslog import syslogd
from tests.live.submitting import VERSIONS, last_word, submit_all
from tests.ports import free_port
from tests.processes import PATIENCE_SECONDS, ends_well, start, until

COUNT = 200
SOURCES = ("sent", "followed")
LACKING = [name for name in ("rsyslogd", "openssl") if shutil.which(name) is None]
pytestmark = [
    pytest.mark.django_db(transaction=True, databases=["default", "owner"]),
    pytest.mark.skipif(
        bool(LACKING) and os.environ.get("CI") != "true", reason=f"not installed here: {', '.join(LACKING)}"
    ),
    pytest.mark.skipif(os.geteuid() != 0, reason="mail servers start as root"),
]


def there(server: str) -> Path:
    """Return where the server is unpacked; without it the test is skipped, or fails in CI."""
    folder = unpacked(server)
    if folder is not None:
        return folder
    told = f"{server} is not unpacked here: python -m tests.live.packages"
    if os.environ.get("CI") == "true":
        pytest.fail(told)
    pytest.skip(told)


class Relay:
    """Takes every message, and answers with the name that the server before it has written into its head."""

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802  # its name
        """Answer as a server that has queued it."""
        assert isinstance(envelope.content, bytes)
        found = re.search(rb"\n\s+id (\S+)", envelope.content)
        return f"250 2.0.0 Ok: queued as {found[1].decode()}" if found else "554 5.6.0 no name"


@contextmanager
def relay() -> Iterator[int]:
    """Run a relay until the block ends, and say at which port."""
    # Its thread tells of connections that end when nobody listens to the log any more.
    logging.getLogger("mail.log").setLevel(logging.WARNING)
    controller = Controller(Relay(), hostname="127.0.0.1", port=free_port(), ready_timeout=PATIENCE_SECONDS)
    controller.start()
    try:
        yield controller.port
    finally:
        controller.stop()


def named_first(answer: bytes) -> str:
    """Return the queue id out of Exim's answer, `OK id=…`."""
    found = re.search(rb"id=(\S+)", answer)
    assert found, answer
    return found[1].decode()


def test_200_submissions_to_exim(tenant: Tenant, folder: Path) -> None:
    certificate, key = Authority(folder).sign("mx", f"DNS:{HOST}")
    server = exim(folder / "root", there("exim"), certificate=certificate, key=key)
    proves(server, tenant, folder, format_="exim", queue_id=named_first)


def test_200_submissions_to_dovecot(tenant: Tenant, folder: Path) -> None:
    certificate, key = Authority(folder).sign("mx", f"DNS:{HOST}")
    with relay() as port:
        server = dovecot(folder / "root", there("dovecot"), certificate=certificate, key=key, relay=port)
        proves(
            server,
            tenant,
            folder,
            format_="dovecot",
            queue_id=last_word,
            later=timedelta(seconds=5),
            login=b"submission-login: Login: ",
        )


def test_200_submissions_to_opensmtpd(tenant: Tenant, folder: Path) -> None:
    """It takes AUTH over TLS 1.2 and newer alone, and does not say by which mechanism."""
    certificate, key = Authority(folder).sign("mx", f"DNS:{HOST}")
    with relay() as port:
        server = opensmtpd(folder / "root", there("opensmtpd"), certificate=certificate, key=key, relay=port)
        with server.running():
            if not speaks_tls(server.port):
                # https://github.com/OpenSMTPD/OpenSMTPD/issues/1171
                pytest.skip(
                    "this OpenSMTPD (Debian 12's 6.8) ends every TLS handshake, and takes AUTH over TLS alone"
                )
        proves(
            server,
            tenant,
            folder,
            format_="opensmtpd",
            queue_id=lambda answer: answer.decode().split()[1],
            versions=(TlsVersion.TLS1_2, TlsVersion.TLS1_3),
            mechanism=PLAIN_OR_LOGIN,
        )


def test_200_refused_logins_of_opensmtpd(tenant: Tenant, folder: Path) -> None:
    """It logs the whole command that it refuses, with the password in it: that is kept nowhere."""
    certificate, key = Authority(folder).sign("mx", f"DNS:{HOST}")
    server = opensmtpd(
        folder / "root", there("opensmtpd"), certificate=certificate, key=key, relay=free_port()
    )
    response = base64.b64encode(f"\0user@live.example\0{PASSWORD}".encode()).decode()
    with both_ways(server, tenant, folder, format_="opensmtpd") as rotate:
        for number in range(COUNT):
            if number == COUNT // 2:
                rotate()
            place = (f"127.0.0.{10 + number % 11}", 0)
            with smtplib.SMTP("127.0.0.1", server.port, timeout=30, source_address=place) as client:
                client.ehlo("client.example")
                assert client.docmd("AUTH", f"PLAIN {response}")[0] == 503
        for source in SOURCES:
            settles(lambda source=source: refusals(tenant, source).total(), COUNT)
    expected = Counter(
        ("mx", f"127.0.0.{10 + number % 11}", "PLAIN", FailureReason.MECHANISM_NOT_OFFERED)
        for number in range(COUNT)
    )
    for source in SOURCES:
        assert refusals(tenant, source) == expected
    assert response in (folder / "mail.log").read_text()
    with tenant_scope([tenant.pk]):
        assert not Submission.objects.exists()
        kept = [
            *LoginFailure.objects.values_list("account", "detail"),
            *SkippedLine.objects.values_list("text"),
            *((bytes(one.parser_state or b""),) for one in Source.objects.all()),
        ]
    assert not [row for row in kept if response in repr(row)]


def refusals(tenant: Tenant, source: str) -> Counter[tuple[str, str | None, str, str]]:
    with tenant_scope([tenant.pk]):
        found = LoginFailure.objects.filter(source_id=make_source(tenant, source).pk)
        return Counter((one.host, one.client_ip, one.mechanism, one.reason) for one in found)


def speaks_tls(port: int) -> bool:
    """Tell whether a handshake comes to its end."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    with smtplib.SMTP("127.0.0.1", port, timeout=30) as client:
        try:
            client.starttls(context=context)
        except ssl.SSLError:
            client.close()
            return False
    return True


def proves(
    server: Installed,
    tenant: Tenant,
    folder: Path,
    *,
    format_: str,
    queue_id: Callable[[bytes], str],
    later: timedelta = timedelta(0),
    versions: Sequence[TlsVersion] = tuple(VERSIONS),
    mechanism: str | None = None,
    login: bytes | None = None,
) -> None:
    """Submit to the server, and compare every row of both ways with what was sent.

    `versions` are those at which it takes logins. `mechanism` is what stands for it where the log does not tell. Where
    another process logs a `login` than the message, the log of a busy machine may have the message first, whose row
    then says less: the message waits for that line.
    """
    logins = itertools.count(1)

    def logged_in() -> None:
        if login is not None:
            count = next(logins)
            until(lambda: sum(log.read_bytes().count(login) for log in folder.glob("mail.log*")) >= count)

    send = partial(
        submit_all, server.port, COUNT // 2, queue_id=queue_id, versions=versions, logged_in=logged_in
    )
    with both_ways(server, tenant, folder, format_=format_) as rotate:
        said = list(send())
        rotate()
        said += send(first=COUNT // 2)
        for source in SOURCES:
            settles(lambda source=source: len(rows(tenant, source)), COUNT)
    if mechanism is not None:
        said = [one._replace(sent=one.sent._replace(mechanism=mechanism)) for one in said]
    for source in SOURCES:
        compare(said, rows(tenant, source), later=later)
    with tenant_scope([tenant.pk]):
        assert not LoginFailure.objects.exists()


@contextmanager
def both_ways(
    server: Installed, tenant: Tenant, folder: Path, *, format_: str
) -> Iterator[Callable[[], object]]:
    """Run the server, rsyslogd and both ways into the tenant's sources; what is yielded rotates the log."""
    log, token = folder / "mail.log", key_of(tenant)
    with tenant_scope([tenant.pk]):
        for name in SOURCES:
            Source.objects.create(tenant=tenant, name=name, format=format_, time_zone="UTC")
    command = ("follow", log, "--tenant", "acme", "--source", "followed", "--interval", "0.05")
    with (
        syslog("--tcp", "127.0.0.1:0") as daemon,
        start("manage.py", *command, PYTHONUNBUFFERED="1") as following,
    ):
        text = pasted("sent", Place("127.0.0.1", daemon.ports["tcp"], is_tls=False), token)
        assert following.stdout is not None
        assert "followed from its beginning" in following.stdout.readline()
        with syslogd(folder, socket=server.root.log_socket, log=log, texts=[text]) as writing:

            def rotate() -> None:
                log.rename(folder / "mail.log.1")
                writing.send_signal(signal.SIGHUP)

            with server.running():
                yield rotate
        following.send_signal(signal.SIGTERM)
        ends_well(following)
        assert daemon.end() == 0
    assert drops(tenant) == {}
    assert_recounted(tenant)
