"""Connections that are too many, too slow, or silent: closed and counted, while the others are heard.

The listener is the command as it stands, apart from seconds instead of minutes where no option sets them.
"""

from __future__ import annotations

import socket
import time
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import pytest

from tests.cast import Cast, make_cast
from tests.insights.api.ingest.senders import stored
from tests.insights.ingest.listening.authority import Authority
from tests.insights.ingest.listening.daemon import Daemon, refused, settles, syslog, wrapped
from tests.insights.ingest.listening.test_daemon import accounts, data, key_of, lines
from tests.processes import PATIENCE_SECONDS

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])
PATIENCE = 5.0
_READY = """
import os
from functools import partial
import django
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "project.settings")
django.setup()
"""
IMPATIENT = (
    "-c",
    f"""{_READY}
from insights.management.commands import syslog
syslog.Limits = partial(syslog.Limits, handshake={PATIENCE}, stranger={PATIENCE}, message={PATIENCE}, idle=3600.0)
import manage; manage.main()
""",
)
BROKEN = (
    "-c",
    f"""{_READY}
from insights.ingest.listening import listener
load = listener.load_directory
def breaks(**more):
    if os.path.exists(os.environ["BREAKS_AT"]):
        raise RuntimeError("nobody foresaw this")
    return load(**more)
listener.load_directory = breaks
import manage; manage.main()
""",
)


@pytest.fixture
def cast(transactional_db: None) -> Cast:
    """Return people and tenants whose rows another process sees."""
    return make_cast()


def closes(connection: socket.socket) -> None:
    """Wait until the other end has closed it, and close this one."""
    with connection:
        connection.settimeout(PATIENCE_SECONDS)
        try:
            assert connection.recv(1) == b""
        except ConnectionResetError:
            return


def is_open(connection: socket.socket) -> bool:
    connection.settimeout(0)
    try:
        return connection.recv(1) != b""
    except BlockingIOError:
        return True
    except ConnectionResetError:
        return False


def counted(count: int, token: bytes, *, first: int = 0) -> bytes:
    return b"".join(wrapped(lines(count, first=first), data=token, counted=True))


def test_silent_strangers_and_slow_messages_are_closed_and_an_idle_sender_stays(cast: Cast) -> None:
    token = data(key_of(cast.acme))
    first, second = counted(2, token), counted(2, token, first=50)
    with syslog("--tcp", "127.0.0.1:0", program=IMPATIENT) as daemon:
        with daemon.connect() as idle, daemon.connect() as silent, daemon.connect() as slow:
            idle.sendall(first)
            slow.sendall(second)
            settles(lambda: stored(cast.acme), (4, 2))
            # What the sender waited before it began does not count.
            time.sleep(PATIENCE)
            began = time.monotonic()
            slow.sendall(b"900 <22>1 ")
            # A message that never ends, an octet at a time: each of them says that somebody is there.
            while is_open(slow):
                assert time.monotonic() - began < PATIENCE_SECONDS
                with suppress(ConnectionError):
                    slow.send(b"x")
                time.sleep(0.1)
            assert time.monotonic() - began > PATIENCE
            closes(silent)
            settles(lambda: refused("tcp"), {"timed_out": 2})
            assert is_open(idle)
            idle.sendall(counted(1, token, first=90))
            settles(lambda: stored(cast.acme), (5, 3))
        assert daemon.end() == 0
    assert accounts(cast.acme)[1] == 11 + 11 + 6


def test_connection_that_breaks_within_a_message_leaves_no_half_of_it(cast: Cast) -> None:
    """Cut off, `user10@…` would be `user1`: the sender, who knows that it was cut off, sends it again."""
    whole = [one + b"\n" for one in wrapped(lines(3), data=data(key_of(cast.acme)))]
    with syslog("--tcp", "127.0.0.1:0") as daemon:
        connection = daemon.connect()
        connection.sendall(b"".join(whole[:5]) + whole[7][:-9])
        settles(lambda: stored(cast.acme)[0], 1)
        # Closed like this, the kernel says that it broke off.
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        connection.close()
        settles(lambda: refused("tcp"), {"cut_off": 1})
        daemon.send(b"".join(whole[5:]))
        settles(lambda: stored(cast.acme), (3, 1))
        assert daemon.end() == 0
    assert accounts(cast.acme)[1] == len(whole)


def test_listener_whose_upkeep_breaks_stores_what_it_took_and_ends(cast: Cast, tmp_path: Path) -> None:
    """It would go on with senders and limits as they were for ever; what runs it starts it again."""
    log, sign, token = lines(500, ago=timedelta(hours=5)), tmp_path / "breaks", data(key_of(cast.acme))
    with syslog("--tcp", "127.0.0.1:0", program=BROKEN, BREAKS_AT=str(sign)) as daemon:
        with daemon.connect() as connection:
            connection.sendall(b"".join(wrapped(log, data=token, counted=True)))
            sign.touch()
            assert daemon.process.wait(PATIENCE_SECONDS) == 1
        daemon.reader.join(PATIENCE_SECONDS)
        assert "RuntimeError: nobody foresaw this\n" in daemon.said
    assert stored(cast.acme) == (500, 1)
    assert accounts(cast.acme)[1] == len(log)


def test_more_connections_than_allowed_are_closed_at_once_and_counted(cast: Cast) -> None:
    token = data(key_of(cast.acme))
    limits = ("--connections", "4", "--connections-a-peer", "3")
    with syslog("--tcp", "127.0.0.1:0", *limits) as daemon:
        few = [daemon.connect() for _connection in range(3)]
        closes(daemon.connect())
        few.append(_from("127.0.0.2", daemon))
        closes(_from("127.0.0.2", daemon))
        settles(lambda: refused("tcp"), {"too_many_connections": 2})
        for number, connection in enumerate(few):
            connection.sendall(counted(2, token, first=20 * number))
        settles(lambda: stored(cast.acme), (8, 4))
        few.pop(0).close()
        # The listener may learn only later that the other one is gone; what is sent again is the same messages.
        again = b"".join(wrapped(lines(2, first=90)[:10], data=token, counted=True))
        give_up_at = time.monotonic() + PATIENCE_SECONDS
        while stored(cast.acme) == (8, 4):
            assert time.monotonic() < give_up_at
            with suppress(ConnectionError):
                daemon.send(again)
            time.sleep(0.5)
        settles(lambda: stored(cast.acme), (10, 4))
        assert daemon.end() == 0
        for connection in few:
            connection.close()


def test_handshake_that_does_not_come_is_not_waited_for(cast: Cast, tmp_path: Path) -> None:
    authority, token = Authority(tmp_path), data(key_of(cast.acme))
    certificate, key = authority.sign("listener", "DNS:localhost")
    arguments = ("--tls", "127.0.0.1:0", "--certificate", certificate, "--key", key)
    with syslog(*arguments, "--connections", "4", program=IMPATIENT) as daemon:
        silent = [socket.create_connection(("127.0.0.1", daemon.ports["tls"])) for _time in range(2)]
        babbling = socket.create_connection(("127.0.0.1", daemon.ports["tls"]))
        babbling.sendall(b"<22>1 no handshake at all\n")
        daemon.send(counted(3, token), authority.context())
        settles(lambda: stored(cast.acme), (3, 1))
        for connection in (*silent, babbling):
            closes(connection)
        settles(lambda: refused("tls"), {"tls_failed": 3})
        assert daemon.end() == 0


def _from(address: str, daemon: Daemon) -> socket.socket:
    return socket.create_connection(("127.0.0.1", daemon.ports["tcp"]), PATIENCE_SECONDS, (address, 0))
