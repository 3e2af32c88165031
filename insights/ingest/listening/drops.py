"""Messages that were not stored: counted in memory as they fall, and brought forward into tables now and then."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import UUID

import structlog
from django.db import connection
from uuid6 import uuid7

from insights.ingest.listening.routes import Peer, Route
from insights.models import Source, SyslogDrop, SyslogListener
from tenants.models import Tenant
from tenants.scope import tenant_scope

log = structlog.get_logger(__name__)

QUEUE_FULL: Final = "queue_full"
UNSTORABLE: Final = "unstorable"
AT_EXIT: Final = "at_exit"
"""The database was away for so long that the listener ended without it."""
MOST_PEERS: Final = 1_000
MOST_SOURCES: Final = 10_000
SHOWN_PEERS: Final = 20
OTHERS: Final = "others"
KEPT_DAYS: Final = 90
GONE_AFTER: Final = timedelta(days=7)


class Drops:
    """Counts messages of known sources, and those of nobody by listener, reason and peer; bounded."""

    def __init__(self) -> None:
        self.total: Counter[str] = Counter()
        self._of_sources: dict[tuple[Route, str], tuple[int, str]] = {}
        self._of_nobody: dict[str, Counter[str]] = defaultdict(Counter)
        self._peers: dict[str, Counter[str]] = defaultdict(Counter)
        self._told: Counter[str] = Counter()

    def of_source(self, route: Route, reason: str, *, address: str, messages: int = 1) -> None:
        """Count messages of a source; of more sources than are believable they are only logged."""
        self.total[reason] += messages
        known = self._of_sources.get((route, reason))
        if known is None and len(self._of_sources) >= MOST_SOURCES:
            self._told[reason] += messages
        else:
            self._of_sources[route, reason] = ((known[0] if known else 0) + messages, address)

    def of_nobody(self, peer: Peer, reason: str, messages: int = 1) -> None:
        """Count messages of a sender that is not known, or a connection that came to nothing."""
        self._of_nobody[peer.listener][reason] += messages
        peers = self._peers[peer.listener]
        peers[peer.address if peer.address in peers or len(peers) < MOST_PEERS else OTHERS] += messages
        self.total[reason] += messages
        self._told[reason] += messages

    def tell(self) -> None:
        """Write one line about the senders that were refused since the last one, if any."""
        if self._told:
            peers: Counter[str] = Counter()
            for one in self._peers.values():
                peers.update(one)
            newest = dict(peers.most_common(5))
            log.warning("syslog.refused", **dict(self._told), peers=newest)
            self._told.clear()

    def take_sources(self) -> dict[tuple[Route, str], tuple[int, str]]:
        """Return what was counted for sources since the last time; `give_back` what could not be kept."""
        taken, self._of_sources = self._of_sources, {}
        return taken

    def give_back(self, taken: dict[tuple[Route, str], tuple[int, str]]) -> None:
        """Count again what could not be kept."""
        for (route, reason), (count, address) in taken.items():
            self.of_source(route, reason, address=address, messages=count)
            self.total[reason] -= count

    def refused(self, listener: str) -> dict[str, dict[str, int]]:
        """Return what strangers sent to an address since the listener began, by reason and by peer."""
        return {
            "reasons": dict(self._of_nobody[listener]),
            "peers": dict(self._peers[listener].most_common(SHOWN_PEERS)),
        }


def keep_drops(taken: dict[tuple[Route, str], tuple[int, str]], *, now: datetime) -> None:
    """Add drops to the day's rows of their sources; those of sources that are gone are only logged.

    Old rows are deleted. A transaction for each tenant; what it has kept is taken out of `taken`, so that what is left
    after an error was not kept.
    """
    by_tenant: dict[UUID, list[tuple[Route, str, int, str]]] = defaultdict(list)
    for (route, reason), (count, address) in taken.items():
        by_tenant[route.tenant_id].append((route, reason, count, address))
    for tenant_id, dropped in by_tenant.items():
        with tenant_scope([tenant_id]):
            if Tenant.objects.filter(pk=tenant_id).exists():
                _keep(tenant_id, dropped, now=now)
        for route, reason, _count, _address in dropped:
            del taken[route, reason]


def _keep(tenant_id: UUID, dropped: Sequence[tuple[Route, str, int, str]], *, now: datetime) -> None:
    day = now.astimezone(UTC).date()
    ids = {source.name: source.pk for source in Source.objects.only("pk", "name")}
    for route, reason, count, address in dropped:
        source_id = route.source_id or ids.get(route.name)
        if source_id not in ids.values():
            log.warning("syslog.dropped", source=route.name, reason=reason, messages=count)
            continue
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO insights_syslogdrop"
                " (id, tenant_id, source_id, day, reason, messages, last_at, last_from)"
                " VALUES (%s, %s, %s, %s, %s, %s, %s, %s)"
                " ON CONFLICT (tenant_id, source_id, day, reason) DO UPDATE SET"
                " messages = insights_syslogdrop.messages + excluded.messages,"
                " last_at = excluded.last_at, last_from = excluded.last_from",
                [uuid7(), tenant_id, source_id, day, reason, count, now, address],
            )
    SyslogDrop.objects.filter(day__lt=day - timedelta(days=KEPT_DAYS)).delete()


def keep_listeners(
    refused: dict[str, dict[str, dict[str, int]]],
    *,
    takes_certificates: bool,
    began_at: datetime,
    now: datetime,
) -> None:
    """Say where the listener listens and what strangers sent there; forget addresses that nobody has listened at."""
    for address, counted in refused.items():
        SyslogListener.objects.update_or_create(
            address=address,
            defaults={
                "takes_certificates": takes_certificates and address.startswith("tls://"),
                "began_at": began_at,
                "seen_at": now,
                "refused": counted,
            },
        )
    SyslogListener.objects.filter(seen_at__lt=now - GONE_AFTER).delete()


def forget_listeners(addresses: Sequence[str]) -> None:
    """Say that nobody listens there any more."""
    SyslogListener.objects.filter(address__in=addresses).delete()
