"""The listener as a process, on real sockets: every way in, whose lines they are, and its end."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from insights.models import ImportKind, LogImport, SkippedLine, Source, SyslogListener
from tenants.api_keys import make_key, revoke_key
from tenants.models import Tenant
from tenants.roles import Scope
from tenants.scope import tenant_scope
from tests.cast import Cast, make_cast
from tests.insights.api.ingest.senders import stored
from tests.insights.ingest.lines import messages, refused_login
from tests.insights.ingest.listening.daemon import drops, looks_again, refused, settles, syslog, wrapped

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])
COUNT = 40


@pytest.fixture
def cast(transactional_db: None) -> Cast:
    """Return people and tenants whose rows another process sees."""
    return make_cast()


def key_of(tenant: Tenant, *scopes: Scope) -> str:
    return make_key(name="mx1", scopes=scopes or [Scope.INGEST], tenant=tenant)[1]


def data(token: str, source: str = "mx1", more: str = "") -> bytes:
    return f'[insights@32473 token="{token}" source="{source}"{more}]'.encode()


def lines(count: int = COUNT, *, first: int = 0, ago: timedelta = timedelta(hours=2)) -> list[bytes]:
    """Return the log of messages and one refused login; with another `first` none of it is the same event."""
    at = datetime.now(UTC).replace(microsecond=0) - ago
    log = messages(at, count, every=timedelta(seconds=20), first=first)
    return [*log.splitlines(keepends=True), refused_login(at + timedelta(minutes=80, seconds=first))]


def accounts(tenant: Tenant) -> tuple[set[str], int, int]:
    """Return in which ways lines came, how many, and how many were not understood; there is an account each day."""
    with tenant_scope([tenant.pk]):
        found = list(LogImport.objects.all())
    return (
        {one.kind for one in found},
        sum(one.lines for one in found),
        sum(one.lines_unrecognised for one in found),
    )


@pytest.mark.parametrize("way", ["udp", "lines", "nul", "counted"])
def test_lines_with_a_token_are_stored_under_their_source(cast: Cast, way: str) -> None:
    token = data(key_of(cast.acme))
    log = lines()
    with syslog("--udp", "127.0.0.1:0", "--tcp", "127.0.0.1:0") as daemon:
        if way == "udp":
            daemon.send_datagrams(wrapped(log, data=token))
        elif way == "counted":
            daemon.send(b"".join(wrapped(log, data=token, counted=True)))
        else:
            end = b"\n" if way == "lines" else b"\0"
            daemon.send(b"".join(one + end for one in wrapped(log, data=token)))
        settles(lambda: stored(cast.acme), (COUNT, 1))
        assert daemon.end() == 0
    assert accounts(cast.acme) == ({ImportKind.SYSLOG}, len(log), 0)
    with tenant_scope([cast.acme.pk]):
        assert [one.name for one in Source.objects.all()] == ["mx1"]
    assert stored(cast.initech) == (0, 0)


def test_nothing_is_stored_of_strangers_and_they_are_counted(cast: Cast) -> None:
    """A wrong, a revoked and a mighty token, somebody else's tenant, and none at all."""
    revoked = make_key(name="old", scopes=[Scope.INGEST], tenant=cast.acme)
    revoke_key(revoked[0], now=datetime.now(UTC))
    good, theirs = key_of(cast.acme), key_of(cast.initech)
    wrong = {
        "bad_token": [data(good[:-1] + "x"), data(revoked[1]), data("x"), data(good[:-9] + "A" + good[-8:])],
        "token_too_wide": [data(key_of(cast.acme, Scope.ADMIN)), data(key_of(cast.acme, Scope.READ))],
        "wrong_tenant": [data(theirs, more=' tenant="acme"'), data(theirs, more=' tenant="nobody"')],
        "no_source": [data(good, source=""), f'[insights@32473 token="{good}"]'.encode()],
        "wrong_format": [data(good, more=' format="nothing"')],
        "unknown_sender": [b"-", b'[other@1 token="x"]'],
    }
    counts = {reason: len(ways) for reason, ways in wrong.items()}
    line = lines(1)[:1]
    with syslog("--udp", "127.0.0.1:0", "--tcp", "127.0.0.1:0") as daemon:
        for ways in wrong.values():
            for way in ways:
                daemon.send_datagrams(wrapped(line, data=way))
                daemon.send(b"".join(wrapped(line, data=way, counted=True)))
        settles(lambda: (refused("udp"), refused("tcp")), (counts, counts))
        daemon.send_datagrams(wrapped(lines(1), data=data(good)))
        settles(lambda: stored(cast.acme), (1, 1))
        assert daemon.end() == 0
    assert stored(cast.initech) == stored(cast.globex) == (0, 0)
    said = "".join(daemon.said)
    assert "syslog.refused" in said
    assert good not in said
    for tenant in (cast.acme, cast.globex, cast.initech):
        with tenant_scope([tenant.pk]):
            assert not SkippedLine.objects.exists()
            assert [one.name for one in Source.objects.all()] == (["mx1"] if tenant == cast.acme else [])


def test_nothing_of_a_table_is_taken_before_its_columns_are_named(cast: Cast) -> None:
    """By a token that names it, and by one that names a table that is not there."""
    token = key_of(cast.acme)
    named, unmade = data(token, source="gateway"), data(token, source="table", more=' format="csv"')
    at = f"{datetime.now(UTC) - timedelta(hours=2):%Y-%m-%dT%H:%M:%SZ}".encode()
    row = b'{"at": "%b", "user": "ann"}' % at

    def message(way: bytes) -> bytes:
        return b"<22>1 %b relay app - - %b %b" % (at, way, row)

    with tenant_scope([cast.acme.pk]):
        source = Source.objects.create(tenant=cast.acme, name="gateway", format="ndjson", time_zone="UTC")
    with syslog("--udp", "127.0.0.1:0") as daemon:
        daemon.send_datagrams([message(named), message(unmade), message(named)])
        settles(lambda: drops(cast.acme), {("gateway", "no_columns"): 2})
        with tenant_scope([cast.acme.pk]):
            assert [one.name for one in Source.objects.all()] == ["gateway"]
            source.mapping = {"columns": {"time": "at", "account": "user"}, "time_format": "iso"}
            source.save()
        looks_again()
        daemon.send_datagrams([message(named)])
        settles(lambda: accounts(cast.acme), ({ImportKind.SYSLOG}, 1, 0))
        assert daemon.end() == 0
        said = "".join(daemon.said)
    assert stored(cast.acme) == (1, 0)
    assert "unstorable" not in said
    assert token not in said


def test_new_key_works_and_a_revoked_one_ends_without_restart(cast: Cast) -> None:
    with syslog("--udp", "127.0.0.1:0") as daemon:
        settles(SyslogListener.objects.count, 1)
        key, text = make_key(name="mx1", scopes=[Scope.INGEST], tenant=cast.acme)
        looks_again()
        daemon.send_datagrams(wrapped(lines(3), data=data(text)))
        settles(lambda: stored(cast.acme), (3, 1))
        key.refresh_from_db()
        settles(lambda: type(key).objects.get(pk=key.pk).last_used_from, "127.0.0.1")
        revoke_key(key, now=datetime.now(UTC))
        looks_again()
        daemon.send_datagrams(wrapped(lines(2, first=50), data=data(text)))
        settles(lambda: refused("udp"), {"bad_token": 11})
        assert daemon.end() == 0
    assert stored(cast.acme) == (3, 1)


def test_what_was_taken_is_stored_before_it_ends(cast: Cast) -> None:
    """SIGTERM at once after the last octet was sent, the connection left open."""
    log = lines(2_000, ago=timedelta(hours=20))
    stream = b"".join(wrapped(log, data=data(key_of(cast.acme)), counted=True))
    with syslog("--tcp", "127.0.0.1:0") as daemon, daemon.connect() as connection:
        connection.sendall(stream)
        assert daemon.end() == 0
    assert stored(cast.acme) == (2_000, 1)


def test_too_long_message_is_counted_and_its_neighbours_are_stored(cast: Cast) -> None:
    token = data(key_of(cast.acme))
    parts = list(wrapped(lines(3), data=token))
    long = next(wrapped(lines(1), data=token)) + b"x" * 70_000
    with syslog("--tcp", "127.0.0.1:0") as daemon:
        daemon.send(b"".join(one + b"\n" for one in [*parts[:5], long, *parts[5:]]))
        settles(lambda: stored(cast.acme), (3, 1))
        assert daemon.end() == 0
    assert accounts(cast.acme) == ({ImportKind.SYSLOG}, len(parts) + 1, 1)
    with tenant_scope([cast.acme.pk]):
        sample = SkippedLine.objects.get()
    assert (sample.reason, "sai_" in sample.text) == ("too_long", False)


def test_key_of_a_provider_reaches_the_tenant_that_it_names(cast: Cast) -> None:
    _key, text = make_key(
        name="relay", scopes=[Scope.INGEST], provider=cast.north, tenants=[cast.acme, cast.globex]
    )
    with syslog("--tcp", "127.0.0.1:0") as daemon:
        for slug, count in (("acme", 2), ("globex", 3)):
            named = data(text, source="relay", more=f' tenant="{slug}"')
            daemon.send(b"".join(wrapped(lines(count), data=named, counted=True)))
        daemon.send(
            b"".join(wrapped(lines(4), data=data(text, more=' tenant="initech"'), counted=True))
            + b"".join(wrapped(lines(4), data=data(text), counted=True))
        )
        settles(lambda: (stored(cast.acme), stored(cast.globex)), ((2, 1), (3, 1)))
        assert daemon.end() == 0
    assert stored(cast.initech) == (0, 0)
