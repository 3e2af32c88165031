"""200 authenticated submissions to a real Postfix, sent on by a real rsyslogd, are 200 exact rows over each road."""

from __future__ import annotations

import os
import shutil
import signal
from pathlib import Path

import pytest

from insights.models import LoginFailure
from insights.web.syslog_snippets import Place
from tenants.models import Tenant
from tenants.scope import tenant_scope
from tests.factories import make_source
from tests.imports import assert_recounted
from tests.insights.ingest.listening.authority import Authority
from tests.insights.ingest.listening.daemon import drops, settles, syslog
from tests.insights.ingest.listening.test_daemon import key_of
from tests.live.postfix import HOST, missing, postfix
from tests.live.rows import compare, pasted, rows
from tests.live.rsyslog import rsyslogd
from tests.live.submitting import submit_all
from tests.processes import ends_well, start

COUNT = 200
LACKING = [*missing(), *(name for name in ("rsyslogd", "openssl") if shutil.which(name) is None)]
pytestmark = [
    pytest.mark.django_db(transaction=True, databases=["default", "owner"]),
    pytest.mark.skipif(
        bool(LACKING) and os.environ.get("CI") != "true", reason=f"not installed here: {', '.join(LACKING)}"
    ),
    pytest.mark.skipif(os.geteuid() != 0, reason="mail servers start as root"),
]


def test_200_submissions_are_200_exact_rows_by_tcp_and_by_tls(tenant: Tenant, folder: Path) -> None:
    authority = Authority(folder)
    mx = authority.sign("mx", f"DNS:{HOST}")
    certificate, key = authority.sign("localhost", "DNS:localhost")
    for source in ("by tcp", 'by "tls" [50%]'):
        make_source(tenant, source)
    token = key_of(tenant)
    listens = ("--tcp", "127.0.0.1:0", "--tls", "127.0.0.1:0", "--certificate", certificate, "--key", key)
    with syslog(*listens) as daemon, postfix(folder, certificate=mx[0], key=mx[1]) as server:
        texts = [
            pasted("by tcp", Place("127.0.0.1", daemon.ports["tcp"], is_tls=False), token),
            pasted('by "tls" [50%]', Place("localhost", daemon.ports["tls"], is_tls=True), token).replace(
                "/etc/ssl/certs/ca-certificates.crt", str(authority.certificate)
            ),
        ]
        with rsyslogd(folder, log=server.log, texts=texts):
            said = list(submit_all(server.port, COUNT))
            for source in ("by tcp", 'by "tls" [50%]'):
                settles(lambda source=source: len(rows(tenant, source)), COUNT)
        assert daemon.end() == 0
    for source in ("by tcp", 'by "tls" [50%]'):
        compare(said, rows(tenant, source))
    assert drops(tenant) == {}
    with tenant_scope([tenant.pk]):
        assert not LoginFailure.objects.exists()


def test_200_submissions_are_200_exact_rows_of_a_log_that_is_followed_while_it_is_rotated(
    tenant: Tenant, folder: Path
) -> None:
    """Postfix rotates its log itself: it renames it, begins another one, and packs the old one."""
    mx = Authority(folder).sign("mx", f"DNS:{HOST}")
    with postfix(folder, certificate=mx[0], key=mx[1]) as server:
        command = ("follow", server.log, "--tenant", "acme", "--source", "mx1", "--time-zone", "UTC")
        with start("manage.py", *command, "--interval", "0.05", PYTHONUNBUFFERED="1") as following:
            assert following.stdout is not None
            assert "followed from its beginning" in following.stdout.readline()
            said = list(submit_all(server.port, COUNT // 2))
            server.rotate()
            said += submit_all(server.port, COUNT // 2, first=COUNT // 2)
            settles(lambda: len(rows(tenant, "mx1")), COUNT)
            following.send_signal(signal.SIGTERM)
            assert f" {COUNT} events stored, 0 known before." in ends_well(following)
    assert [one.suffix for one in server.log.parent.glob("mail.log.*")] == [".gz"]
    compare(said, rows(tenant, "mx1"))
    with tenant_scope([tenant.pk]):
        assert not LoginFailure.objects.exists()
    assert_recounted(tenant)
