"""The database breaks off, or the listener is killed: what was committed is there once, and nothing else is lost."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from random import Random

import pytest

from insights.models import LogImport
from tenants.models import Tenant
from tenants.scope import tenant_scope
from tests.cast import Cast, make_cast
from tests.imports import assert_recounted
from tests.insights.api.ingest.senders import stored
from tests.insights.ingest.lines import messages, refused_login
from tests.insights.ingest.listening.daemon import TOLD, drops, settles, syslog, until, wrapped
from tests.insights.ingest.listening.test_daemon import accounts, data, key_of, lines
from tests.ports import free_port
from tests.processes import MANAGE_SLOWLY
from tests.wire import url_over, wire

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])


@pytest.fixture
def cast(transactional_db: None) -> Cast:
    """Return people and tenants whose rows another process sees."""
    return make_cast()


def stream(log: list[bytes], token: bytes) -> bytes:
    return b"".join(wrapped(log, data=token, counted=True))


def test_commit_that_nobody_heard_of_is_stored_once(cast: Cast) -> None:
    """Equal refused logins of one second are told apart by how often they were read: read twice, they would be more."""
    log = 3 * [refused_login(datetime.now(UTC) - timedelta(hours=1))]
    token, port = data(key_of(cast.acme)), free_port()
    with (
        wire(port) as way,
        syslog("--tcp", "127.0.0.1:0", DATABASE_URL=url_over(port), **TOLD) as daemon,
    ):
        daemon.send(stream(lines(2), token))
        settles(lambda: stored(cast.acme), (2, 1))
        way.lose_commit(after=b"insights_linefeed")
        daemon.send(stream(log, token))
        until(way.lost.is_set, process=daemon.process)
        assert stored(cast.acme) == (2, 4)
        daemon.send(stream(lines(2, first=50), token))
        settles(lambda: stored(cast.acme), (4, 5))
        assert daemon.end() == 0
    assert daemon.told()["stored"] == 11 + 3 + 11
    assert accounts(cast.acme)[1] == 11 + 3 + 11
    assert any("syslog.storing_again" in one for one in daemon.said)
    assert_recounted(cast.acme)


def test_database_that_breaks_off_again_and_again_changes_no_number(cast: Cast) -> None:
    """Over TCP, while lines go on coming: whatever is asked just then breaks off."""
    random = Random(3)
    log, token, port = lines(400, ago=timedelta(hours=5)), data(key_of(cast.acme)), free_port()
    parts = [log[at : at + 250] for at in range(0, len(log), 250)]
    with wire(port) as way, syslog("--tcp", "127.0.0.1:0", DATABASE_URL=url_over(port), **TOLD) as daemon:
        with daemon.connect() as connection:
            for part in parts:
                connection.sendall(stream(part, token))
                time.sleep(random.uniform(0.2, 0.5))
                way.cut()
        settles(lambda: stored(cast.acme), (400, 1))
        assert daemon.end() == 0
    assert daemon.told()["stored"] == len(log)
    assert accounts(cast.acme)[1] == len(log)
    assert_recounted(cast.acme)


def test_killed_listener_keeps_what_it_committed_and_takes_all_that_is_sent_again(cast: Cast) -> None:
    count, token = 4_000, data(key_of(cast.acme))
    at = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=20)
    sent = stream(messages(at, count, every=timedelta(seconds=10)).splitlines(keepends=True), token)
    with syslog("--tcp", "127.0.0.1:0", program=MANAGE_SLOWLY) as daemon:
        daemon.send(sent)
        until(lambda: stored(cast.acme)[0] > 0, process=daemon.process)
        daemon.process.kill()
        daemon.process.wait(30)
    kept = stored(cast.acme)[0]
    assert 0 < kept < count
    assert counted(cast.acme) == (kept, 0)
    with syslog("--tcp", "127.0.0.1:0", **TOLD) as daemon:
        daemon.send(sent)
        settles(lambda: stored(cast.acme), (count, 0))
        assert daemon.end() == 0
    assert daemon.told()["stored"] == 5 * count
    assert counted(cast.acme) == (count, kept)
    assert drops(cast.acme) == {}
    assert_recounted(cast.acme)


def counted(tenant: Tenant) -> tuple[int, int]:
    """Return how many events the accounts of imports say were stored, and how many were known before."""
    with tenant_scope([tenant.pk]):
        numbers = [one.accounting() for one in LogImport.objects.all()]
    return sum(one["stored"] for one in numbers), sum(one["duplicate"] for one in numbers)
