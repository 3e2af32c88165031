"""Store the lines of one source that came over syslog, in one transaction, in the day's account."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from insights.ingest.columns import is_unmapped
from insights.ingest.errors import NoMapping
from insights.ingest.feeds.destinations import SourceWanted, hold_known_source, hold_source, lose_patience
from insights.ingest.feeds.errors import FeedError
from insights.ingest.feeds.lines import DEFAULT_FORMAT
from insights.ingest.feeds.shippers import LogLines
from insights.ingest.feeds.stored_lines import Lines, Taken, store_lines
from insights.ingest.feeds.weeks import Weeks, with_weeks
from insights.ingest.listening.backlog import Line
from insights.ingest.listening.routes import Route
from insights.ingest.record import Skipped, SkipReason
from insights.ingest.texts import sample_of
from insights.models import ImportKind, LineFeed, Source
from tenants.models import Tenant
from tenants.scope import tenant_scope


class RouteGone(Exception):
    """The source, or its tenant, is not there any more, or is read in another way by now."""


@dataclass(slots=True)
class Batch:
    """Lines that are stored together; `transaction` is the one that last tried to."""

    lines: Sequence[Line]
    transaction: str | None = None


def store(route: Route, batch: Batch, *, clock: Callable[[], datetime]) -> Taken | None:
    """Store lines and return what became of them, when it is committed.

    None when the transaction that tried it before was committed after all: the connection was lost before anybody
    heard of it. Raises RouteGone, django.db.OperationalError when a lock or the database is not to be had; then
    nothing is stored, or nobody knows, and the same batch is to be stored again.
    """
    return with_weeks(lambda weeks: _store(route, batch, weeks, now=clock()))


def _store(route: Route, batch: Batch, weeks: Weeks, *, now: datetime) -> Taken | None:
    with tenant_scope([route.tenant_id]):
        lose_patience()
        source, tenant = _held(route)
        # The one before held the source as well: it has ended by now, one way or the other.
        if batch.transaction is not None and _was_committed(batch.transaction):
            return None
        batch.transaction = _transaction()
        feed, _is_new = LineFeed.objects.get_or_create(tenant=tenant, source=source)
        told = _lines(source, batch.lines)
        taken = store_lines(source, tenant, feed, told, weeks, kind=ImportKind.SYSLOG, now=now)
        feed.save()
        return taken


def _transaction() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_current_xact_id()::text")
        return str(cursor.fetchone()[0])


def _was_committed(transaction: str) -> bool:
    """Tell what became of a transaction; one that a database brought back from a copy does not know was not kept."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_xact_status(%s::xid8) WHERE %s::xid8 < pg_snapshot_xmax(pg_current_snapshot())",
            [transaction, transaction],
        )
        return bool(cursor.fetchone() == ("committed",))


def _held(route: Route) -> tuple[Source, Tenant]:
    try:
        if route.source_id is not None:
            source, tenant = hold_known_source(Source.objects.get(pk=route.source_id))
            if is_unmapped(source):
                raise RouteGone(NoMapping().message)
            return source, tenant
        tenant = Tenant.objects.get(pk=route.tenant_id)
        wanted = SourceWanted(name=route.name, format=route.format)
        return hold_source(tenant, wanted, default_format=DEFAULT_FORMAT)
    except (Source.DoesNotExist, Tenant.DoesNotExist, FeedError) as error:
        raise RouteGone(str(error)) from error


def _lines(source: Source, lines: Sequence[Line]) -> Lines:
    kept: list[bytes] = []
    places: list[int] = []
    unreadable: list[Skipped] = []
    for place, line in enumerate(lines):
        if line.is_too_long:
            unreadable.append(Skipped(place + 1, SkipReason.TOO_LONG, sample_of(line.text)))
        else:
            kept.append(line.text)
            places.append(place)
    return Lines(
        wanted=SourceWanted(name=source.name),
        lines=LogLines(kept, places, unreadable),
        size=sum(line.size for line in lines),
    )
