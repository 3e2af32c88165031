"""More comes than can be stored: memory stays bounded, TCP waits and loses nothing, UDP loses nothing uncounted."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime

import pytest

from insights.models import ImportKind, LogImport
from tenants.models import Tenant
from tenants.scope import tenant_scope
from tests.cast import Cast, make_cast
from tests.insights.ingest.lines import stamped
from tests.insights.ingest.listening.daemon import (
    TOLD,
    Daemon,
    drops,
    refused,
    settles,
    syslog,
    until,
    wrapped,
)
from tests.insights.ingest.listening.test_daemon import data, key_of
from tests.ports import free_port
from tests.wire import Wire, url_over, wire

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])
PADDED = 900
ROOM_KIB = 48 * 1024
"""What the process may take beside its queue, more than when it began: buffers, and a batch being stored."""


@pytest.fixture
def cast(transactional_db: None) -> Cast:
    """Return people and tenants whose rows another process sees."""
    return make_cast()


@contextmanager
def listening(*arguments: str) -> Iterator[tuple[Daemon, Wire]]:
    """Run the listener with a queue of 4 MiB or as told, and a database that can be held."""
    port = free_port()
    with (
        wire(port) as way,
        syslog("--queue-mib", "4", *arguments, DATABASE_URL=url_over(port), **TOLD) as daemon,
    ):
        yield daemon, way


def padded(token: bytes) -> bytes:
    """Return a message of a kilobyte, which is no event."""
    line = stamped(datetime.now(UTC), f"postfix/smtpd[9]: connect from {'x' * PADDED}[192.0.2.1]")
    return next(wrapped([line], data=token))


def kept_lines(tenant: Tenant) -> int:
    with tenant_scope([tenant.pk]):
        return sum(one.lines for one in LogImport.objects.filter(kind=ImportKind.SYSLOG))


def test_udp_flood_is_stored_or_counted_in_bounded_memory(cast: Cast) -> None:
    """A hundred megabytes while the database does not answer; the kernel drops some, the full queue others."""
    message, count = padded(data(key_of(cast.acme))), 100_000
    with listening("--udp", "127.0.0.1:0") as (daemon, way):
        daemon.send_datagrams([message])
        settles(lambda: kept_lines(cast.acme), 1)
        before = daemon.resident_kib()
        way.hold()
        daemon.send_datagrams(message for _time in range(count))
        assert daemon.resident_kib() - before < ROOM_KIB
        way.go_on()
        settles(
            lambda: (
                kept_lines(cast.acme) + sum(drops(cast.acme).values()) + refused("udp").get("kernel_full", 0)
            ),
            count + 1,
        )
        shown = drops(cast.acme)
        assert list(shown) == [("mx1", "queue_full")]
        assert daemon.resident_kib() - before < ROOM_KIB
        assert daemon.end() == 0
    told = daemon.told()
    assert told["stored"] == kept_lines(cast.acme) > 1_000
    assert told["dropped"]["queue_full"] == shown["mx1", "queue_full"]
    assert told["stored"] + sum(told["dropped"].values()) == count + 1


def test_it_ends_in_the_middle_of_a_udp_flood(cast: Cast) -> None:
    message, over, sent = padded(data(key_of(cast.acme))), threading.Event(), 0

    def flood() -> None:
        nonlocal sent
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sending:
            while not over.is_set():
                # Nobody listens there any more.
                with suppress(ConnectionRefusedError):
                    sending.sendto(message, ("127.0.0.1", daemon.ports["udp"]))
                    sent += 1

    with listening("--udp", "127.0.0.1:0") as (daemon, _way):
        flooding = [threading.Thread(target=flood) for _thread in range(2)]
        for one in flooding:
            one.start()
        try:
            until(lambda: kept_lines(cast.acme) > 0, process=daemon.process)
            began = time.monotonic()
            assert daemon.end() == 0
            assert time.monotonic() - began < 30
        finally:
            over.set()
            for one in flooding:
                one.join()
    told = daemon.told()
    assert told["stored"] == kept_lines(cast.acme)
    assert told["taken"] == told["stored"]
    assert told["taken"] + sum(told["dropped"].values()) <= sent


@pytest.mark.parametrize(
    ("queue", "counts"),
    [("4", (20_000, 20_000)), ("64", (30_000, 10))],
    ids=["full", "full_of_one_source"],
)
def test_tcp_sender_waits_while_the_database_does_not_answer_and_loses_nothing(
    cast: Cast, queue: str, counts: tuple[int, int]
) -> None:
    """Two senders: the queue is full of both, or has its share of one while the other goes on."""
    token, sent = key_of(cast.acme), [0, 0]

    def send(which: int) -> None:
        message = padded(data(token, f"mx{which + 1}"))
        framed = b"%d %b" % (len(message), message)
        with daemon.connect() as connection:
            connection.settimeout(120)
            while sent[which] < counts[which]:
                connection.sendall(framed * 10)
                sent[which] += 10

    with listening("--tcp", "127.0.0.1:0", "--queue-mib", queue) as (daemon, way):
        daemon.send(padded(data(token)) + b"\n")
        settles(lambda: kept_lines(cast.acme), 1)
        before = daemon.resident_kib()
        way.hold()
        sending = [threading.Thread(target=send, args=(which,)) for which in (0, 1)]
        for one in sending:
            one.start()
        _stands_still(sent)
        assert sent[0] < counts[0]
        assert daemon.resident_kib() - before < ROOM_KIB
        way.go_on()
        for one in sending:
            one.join(120)
        settles(lambda: kept_lines(cast.acme), sum(counts) + 1)
        assert daemon.resident_kib() - before < ROOM_KIB
        assert daemon.end() == 0
    assert drops(cast.acme) == {}
    told = daemon.told()
    assert (told["stored"], told["dropped"]) == (sum(counts) + 1, {})


def _stands_still(progress: list[int], *, seconds: float = 1.5) -> None:
    """Wait until nothing has gone on for so long."""
    seen, since, give_up_at = list(progress), time.monotonic(), time.monotonic() + 60
    while time.monotonic() - since < seconds:
        assert time.monotonic() < give_up_at, progress
        time.sleep(0.05)
        if progress != seen:
            seen, since = list(progress), time.monotonic()
