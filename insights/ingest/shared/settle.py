"""Move events between tenants: the rows, the shares that count them, the roll-ups and the names, in one transaction."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection
from uuid6 import uuid7

from insights.ingest.shared.days import rebuild_spans
from insights.ingest.shared.moving import Chosen, Goal, Moving, Taken
from insights.ingest.shared.names import place_domains, place_names
from insights.ingest.shared.shares import Brought, bring_shares, make_mirrors, mirrors_of
from insights.models import ImportKind, ImportStatus, LogImport, Source
from insights.rollups.stats import LOGIN_FAILURES, ROLLUPS, SUBMISSIONS
from tenants.models import Tenant


@dataclass(frozen=True, slots=True)
class Moved:
    """How many events each tenant got, and how many stayed because they are older than their receiver keeps."""

    events: Counter[UUID]
    too_old: int


def lock_inbox(inbox: Tenant) -> None:
    """Have the inbox alone until the transaction ends, and read it anew.

    Every portion of a shared server's log shares it while it is stored (`share_tenant`): moving waits for the portion
    at hand and not for the import. The customers' locks come after it, in the order of their ids.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [str(inbox.pk)])
    inbox.refresh_from_db()


def move(
    chosen: Chosen,
    *,
    inbox: Tenant,
    givers: Collection[Tenant],
    receivers: Collection[Tenant],
    assignment: UUID | None,
    now: datetime,
) -> Moved:
    """Move what is `chosen` into shares of the assignment, or into the plain ones; rebuild the givers' days.

    Must run in `shared_scope` with the inbox held alone and with it every giver, the receivers at least shared. The
    number of statements does not grow with the events, but with the givers and with servers new to a receiver.
    """
    kinds = [Moving(rollup) for rollup in ROLLUPS]
    taken = {kind.rollup: kind.take(chosen) for kind in kinds}
    too_old = sum(kind.left(chosen) for kind in kinds)
    everything = [one for each in taken.values() for one in each]
    if not everything:
        return Moved(Counter(), too_old)
    places = _places(everything, receivers, inbox=inbox, assignment=assignment, now=now)
    zones = {tenant.pk: tenant for tenant in receivers}
    goals = [
        Goal(
            from_share=from_share,
            tenant_id=receiver,
            source_id=source_id,
            log_import_id=share_id,
            zone=zones[receiver].time_zone,
            raw_from_on=first_on.isoformat() if (first_on := zones[receiver].raw_from_on) else None,
        )
        for (from_share, receiver), (source_id, share_id) in places.items()
    ]
    for kind in kinds:
        if taken[kind.rollup]:
            kind.put(goals)
    shares = {key: share_id for key, (_source, share_id) in places.items()}
    submissions, failures = taken[SUBMISSIONS], taken[LOGIN_FAILURES]
    bring_shares(_counted(submissions, failures, shares), lines_from=None, now=now)
    for giver in givers:
        place_names(f"moving_{SUBMISSIONS.raw_table}", writer=giver.pk)
    place_domains(f"moving_{SUBMISSIONS.raw_table}", inbox=inbox.pk)
    rebuild_spans(givers, [(one.giver, one.first_at, one.last_at) for one in everything])
    events: Counter[UUID] = Counter()
    for one in everything:
        events[one.receiver] += one.events
    return Moved(events, too_old)


def _places(
    taken: Sequence[Taken],
    receivers: Collection[Tenant],
    *,
    inbox: Tenant,
    assignment: UUID | None,
    now: datetime,
) -> dict[tuple[UUID, UUID], tuple[UUID, UUID]]:
    """Return, for each share and receiver, the receiver's source and share; both are made where they are new."""
    left = LogImport.objects.select_related("source").in_bulk({one.share for one in taken})
    wanted: defaultdict[UUID, set[UUID]] = defaultdict(set)
    for one in taken:
        wanted[_server_of(left[one.share])].add(one.receiver)
    mirrors: dict[UUID, dict[UUID, UUID]] = {}
    for server in Source.objects.filter(tenant=inbox, pk__in=wanted).order_by("pk"):
        mirrors[server.pk] = mirrors_of(server)
        make_mirrors(server, mirrors[server.pk], wanted[server.pk])
    known = {
        (share.shared_import, share.tenant_id): share.pk
        for share in LogImport.objects.filter(
            shared_import__in={share.shared_import for share in left.values()},
            assignment=assignment,
            tenant__in=[tenant.pk for tenant in receivers],
        )
    }
    places, missing = {}, []
    for one in taken:
        share = left[one.share]
        source_id = mirrors[_server_of(share)][one.receiver]
        key = (share.shared_import, one.receiver)
        if key not in known:
            new = _share_like(share, one.receiver, source_id, assignment, now)
            known[key] = new.pk
            missing.append(new)
        places[one.share, one.receiver] = (source_id, known[key])
    LogImport.objects.bulk_create(missing)
    return places


def _server_of(share: LogImport) -> UUID:
    return share.source.shared_from or share.source_id


def _share_like(
    share: LogImport, receiver: UUID, source_id: UUID, assignment: UUID | None, now: datetime
) -> LogImport:
    return LogImport(
        pk=uuid7(),
        tenant_id=receiver,
        source_id=source_id,
        kind=ImportKind.SHARED,
        shared_import=share.shared_import,
        assignment=assignment,
        file_name=share.file_name,
        status=ImportStatus.DONE,
        lines_from_at=share.lines_from_at,
        lines_until_at=share.lines_until_at,
        finished_at=now,
        heartbeat_at=now,
    )


def _counted(
    submissions: Sequence[Taken], failures: Sequence[Taken], shares: Mapping[tuple[UUID, UUID], UUID]
) -> dict[UUID, Brought]:
    """Return what each share got, or gave: then less than nothing."""
    brought: defaultdict[UUID, Brought] = defaultdict(Brought)
    for one in submissions:
        brought[one.share].submissions_stored -= one.events
        brought[shares[one.share, one.receiver]].submissions_stored += one.events
    for one in failures:
        brought[one.share].failures_stored -= one.events
        brought[shares[one.share, one.receiver]].failures_stored += one.events
    for one in [*submissions, *failures]:
        brought[shares[one.share, one.receiver]].span(one.first_at, one.last_at)
    return dict(brought)
