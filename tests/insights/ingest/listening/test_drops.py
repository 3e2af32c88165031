"""What was dropped is counted once, also when it cannot be kept just now, and in bounded memory."""

from __future__ import annotations

import asyncio
import socket
from concurrent.futures import Executor, ThreadPoolExecutor
from datetime import UTC, datetime
from functools import partial

import pytest
from django.db import Error
from uuid6 import uuid7

from insights.ingest.listening.backlog import Backlog
from insights.ingest.listening.datagrams import Datagrams, receiving_socket
from insights.ingest.listening.deposit import store
from insights.ingest.listening.drops import MOST_PEERS, MOST_SOURCES, OTHERS, Drops, keep_drops
from insights.ingest.listening.intake import Intake
from insights.ingest.listening.routes import Peer, Route, load_directory
from insights.ingest.listening.storing import Storing
from tenants.models import Tenant
from tests.cast import Cast
from tests.factories import make_source
from tests.insights.ingest.listening import daemon

NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)
PEER = Peer("192.0.2.1", "udp://127.0.0.1:514")


def route_of(tenant: Tenant, name: str = "mx1") -> Route:
    return Route(tenant.pk, make_source(tenant, name).pk, name, "postfix")


@pytest.mark.django_db
def test_what_could_not_be_kept_is_given_back_and_what_was_kept_is_not(cast: Cast) -> None:
    """The database breaks off between two tenants: here it refuses what the second one's row would say."""
    drops, acme, globex = Drops(), route_of(cast.acme), route_of(cast.globex)
    drops.of_source(acme, "queue_full", address="192.0.2.1", messages=5)
    drops.of_source(globex, "x" * 1_000, address="192.0.2.2", messages=7)
    taken = drops.take_sources()
    with pytest.raises(Error):
        keep_drops(taken, now=NOW)
    drops.give_back(taken)
    drops.of_source(acme, "queue_full", address="192.0.2.1", messages=2)
    assert drops.total == {"queue_full": 7, "x" * 1_000: 7}
    left = drops.take_sources()
    assert left == {(globex, "x" * 1_000): (7, "192.0.2.2"), (acme, "queue_full"): (2, "192.0.2.1")}
    keep_drops({key: left[key] for key in left if key[0] == acme}, now=NOW)
    assert daemon.drops(cast.acme) == {("mx1", "queue_full"): 7}
    assert daemon.drops(cast.globex) == {}


def test_more_peers_and_sources_than_are_believable_are_counted_together() -> None:
    drops, tenant_id = Drops(), uuid7()
    for number in range(MOST_PEERS + 50):
        drops.of_nobody(PEER._replace(address=f"198.51.{number // 256}.{number % 256}"), "bad_token")
    refused = drops.refused(PEER.listener)
    assert refused["reasons"] == {"bad_token": MOST_PEERS + 50}
    assert next(iter(refused["peers"].items())) == (OTHERS, 50)
    for number in range(MOST_SOURCES + 50):
        drops.of_source(Route(tenant_id, None, f"mx{number}"), "queue_full", address="192.0.2.1")
    assert drops.total["queue_full"] == MOST_SOURCES + 50
    assert len(drops.take_sources()) == MOST_SOURCES


@pytest.mark.django_db
def test_every_datagram_is_taken_or_counted_when_the_kernel_has_no_room(cast: Cast) -> None:
    """Those that come last are dropped, and none follows that could tell of it."""
    drops, count, directory = Drops(), 20_000, load_directory(now=NOW)

    async def flood(executor: Executor) -> int:
        backlog = Backlog()
        storing = Storing(backlog, partial(store, clock=lambda: NOW), executor=executor, drops=drops)
        intake = Intake(directory, backlog, storing, drops, clock=lambda: NOW)
        receiving = receiving_socket("127.0.0.1", 0)
        datagrams = Datagrams(intake, receiving, PEER.listener)
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sending:
            for _time in range(count):
                sending.sendto(b"<22>" + b"x" * 2_000, receiving.getsockname())
        datagrams.close()
        return intake.taken

    with ThreadPoolExecutor(1) as executor:
        assert asyncio.run(flood(executor)) == 0
    assert set(drops.total) == {"kernel_full", "unknown_sender"}
    assert drops.total.total() == count
