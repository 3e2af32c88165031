"""Store what a shared server tells: each event at the customer whose it is, the rest in the inbox, counted exactly.

The caller holds the transaction and the scope (`places.shared_scope`); nothing here commits. An event that any of these
tenants has is known: its id carries the server and not the tenant, so that what was assigned, or what the mapping has
given to somebody else meanwhile, is a duplicate there where it lies.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection

from insights.ingest.record import LineCounts, SkipReason
from insights.ingest.rows import Names, Rows
from insights.ingest.shared.incoming import Incoming, Place
from insights.ingest.shared.mapping import whose
from insights.ingest.shared.names import place_domains, place_names
from insights.ingest.shared.routing import Router
from insights.ingest.shared.shares import Brought, bring_shares, make_mirrors, make_shares, mirrors_of
from insights.ingest.span import taken_span
from insights.ingest.store import Stored, store_names
from insights.models import LogImport, Source
from insights.rollups.locks import share_tenants
from insights.rollups.stats import LOGIN_FAILURES, SUBMISSIONS, RollUp
from tenants.models import Tenant

_Spans = dict[UUID, tuple[int, datetime, datetime]]


@dataclass(frozen=True, slots=True)
class Shared:
    """What became of events: of both kinds over all tenants, and how many were older than their customer keeps."""

    submissions: Stored
    failures: Stored
    too_old: int


def store_shared(
    submissions: Rows,
    failures: Rows,
    names: Names,
    *,
    log_import: LogImport,
    server: Source,
    inbox: Tenant,
    now: datetime,
    lines_until: datetime | None = None,
) -> Shared:
    """Store the events of a portion or batch of `log_import` for all tenants.

    The number of statements does not grow with the customers, but for the first event of one.
    """
    with connection.cursor() as cursor:
        # Ids carry the server, so that nobody else can store one of these while its lock is held.
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [str(server.pk)])
    if names.shown:
        store_names(Names(names.shown, {}), tenant_id=inbox.pk)
    mirrors = mirrors_of(server)
    router = Router(whose(inbox), server.pk)
    kinds = [
        Incoming(rollup, rows)
        for rollup, rows in ((SUBMISSIONS, submissions), (LOGIN_FAILURES, failures))
        if rows.events
    ]
    receivers: set[UUID] = set()
    for kind in kinds:
        kind.copy()
        kind.forget_known(mirrors)
        receivers |= kind.route(router, inbox=inbox.pk)
    # The tenants after the server, in the order of their ids, as everybody does.
    tenants = share_tenants(receivers)
    earliest = {tenant.pk: taken_span(tenant, now=now).earliest for tenant in tenants}
    too_old = sum(kind.refuse_old(earliest) for kind in kinds)
    holders = receivers.union(*(kind.known_at for kind in kinds))
    make_mirrors(server, mirrors, receivers)
    shares = make_shares(log_import, mirrors, holders, now=now)
    places = [_place(tenant, mirrors, shares, earliest) for tenant in tenants]
    new = {kind.rollup: _insert(kind, places) for kind in kinds}
    bring_shares(
        _brought(kinds, new, shares), lines_from=log_import.lines_from_at, now=now, lines_until=lines_until
    )
    if new.get(SUBMISSIONS):
        place_names(f"shared_{SUBMISSIONS.raw_table}", writer=inbox.pk)
        place_domains(f"shared_{SUBMISSIONS.raw_table}", inbox=inbox.pk)
    by_kind = {kind.rollup: kind for kind in kinds}
    told = [
        _told(rows, by_kind.get(rollup), new.get(rollup, {}), log_import)
        for rollup, rows in ((SUBMISSIONS, submissions), (LOGIN_FAILURES, failures))
    ]
    return Shared(told[0], told[1], too_old)


def account_for(counts: LineCounts, too_old: int) -> LineCounts:
    """Return the counts of lines with those as unrecognised whose event is older than its customer keeps."""
    counted = LineCounts()
    counted.add(counts)
    if lines := min(too_old, counted.event):
        counted.event -= lines
        counted.unrecognised[SkipReason.BEFORE_RETENTION] += lines
    return counted


def _place(
    tenant: Tenant, mirrors: dict[UUID, UUID], shares: dict[UUID, UUID], earliest: dict[UUID, datetime]
) -> Place:
    return Place(
        tenant_id=tenant.pk,
        source_id=mirrors[tenant.pk],
        log_import_id=shares[tenant.pk],
        zone=tenant.time_zone,
        raw_from_on=tenant.raw_from_on.isoformat() if tenant.raw_from_on else None,
        earliest=earliest[tenant.pk],
    )


def _insert(kind: Incoming, places: list[Place]) -> _Spans:
    if not places:
        return {}
    return {tenant: (events, first, last) for tenant, events, first, last in kind.insert(places)}


def _brought(
    kinds: Iterable[Incoming], new: dict[RollUp, _Spans], shares: dict[UUID, UUID]
) -> dict[UUID, Brought]:
    brought: defaultdict[UUID, Brought] = defaultdict(Brought)
    for kind in kinds:
        name = "submissions" if kind.rollup is SUBMISSIONS else "failures"
        for tenant, (events, first, last) in new[kind.rollup].items():
            setattr(brought[shares[tenant]], f"{name}_stored", events)
            brought[shares[tenant]].span(first, last)
        for tenant, events in kind.known_at.items():
            setattr(brought[shares[tenant]], f"{name}_duplicate", events)
    return brought


def _told(rows: Rows, kind: Incoming | None, new: _Spans, log_import: LogImport) -> Stored:
    if kind is None:
        return Stored(0, rows.repeated, None, None, {})
    imports: defaultdict[UUID, int] = defaultdict(int)
    shares = (
        LogImport.objects.filter(pk__in=list(kind.known_of)) if kind.known_of else LogImport.objects.none()
    )
    for share_id, earlier in shares.values_list("pk", "shared_import"):
        if earlier is not None and earlier != log_import.pk:
            imports[earlier] += kind.known_of[share_id]
    return Stored(
        stored=sum(events for events, _, _ in new.values()),
        duplicate=kind.known_at.total() + rows.repeated,
        first_at=min((first for _, first, _ in new.values()), default=None),
        last_at=max((last for _, _, last in new.values()), default=None),
        overlaps=dict(imports),
    )
