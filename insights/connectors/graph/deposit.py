"""Store a page of sign-ins in one transaction, in the day's account; with the last page of a span, how far was read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final
from uuid import UUID

from insights.connectors.graph.client import Page
from insights.ingest.feeds.accounts import account_of, bring_forward
from insights.ingest.feeds.destinations import destination, hold_known_source, lose_patience, received
from insights.ingest.feeds.weeks import Weeks, with_weeks
from insights.ingest.formats.entra.sign_ins import SignIns
from insights.ingest.record import LineCounts
from insights.ingest.rows import RowWriter
from insights.ingest.span import taken_span
from insights.ingest.store import Stored, store_failures, store_names, store_submissions
from insights.models import GraphConnection, ImportKind, Source
from tenants.models import Tenant
from tenants.scope import tenant_scope

SAMPLES_TOLD: Final = 100


class ConnectionGone(Exception):
    """The connection, or its source, was removed meanwhile."""


class ReadFromElsewhere(Exception):
    """Somebody decided meanwhile that it is read from another time on: nothing of the page was stored."""


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a page: sign-ins that were read, and how many of them were new."""

    sign_ins: int
    stored: int


def store_page(
    tenant_id: UUID,
    connection_id: UUID,
    page: Page,
    *,
    read_before: datetime | None,
    read_until: datetime | None,
    clock: Callable[[], datetime],
) -> Taken:
    """Store what is new on the page; `read_until` with the last page of a span. Committed when it returns.

    `read_before` is how far all was read when the span was asked for.

    Raises ConnectionGone, ReadFromElsewhere, and django.db.OperationalError when a lock is not to be had for long; then
    nothing is stored.
    """

    def take(weeks: Weeks) -> Taken:
        with tenant_scope([tenant_id]):
            lose_patience()
            held = _held(connection_id)
            if held[0].read_until != read_before:
                raise ReadFromElsewhere(str(connection_id))
            return _store(held, page, weeks, read_until=read_until, now=clock())

    return with_weeks(take)


_Held = tuple[GraphConnection, Source, Tenant]


def _store(held: _Held, page: Page, weeks: Weeks, *, read_until: datetime | None, now: datetime) -> Taken:
    connection, source, tenant = held
    if not page.values:
        _move_on(connection, read_until)
        return Taken(0, 0)
    span = taken_span(tenant, now=now)
    sign_ins = SignIns(
        source_key=str(source.pk),
        earliest=span.earliest,
        latest=span.latest,
        read_until=connection.read_until,
    )
    batch = sign_ins.read(page.values)
    writer = RowWriter()
    rows, names = writer.submissions(batch.submissions)
    failed = writer.failures(batch.failures)
    weeks.require(rows, failed)
    account = account_of(source, ImportKind.GRAPH, now=now)
    to = destination(source, tenant, account)
    submissions = _new(store_submissions(rows, destination=to))
    failures = _new(store_failures(failed, destination=to))
    store_names(names, tenant_id=tenant.pk)
    counts = LineCounts(
        event=submissions.stored + failures.stored,
        other=batch.counts.other,
        unrecognised=batch.counts.unrecognised,
    )
    bring_forward(
        account,
        counts=counts,
        submissions=submissions,
        failures=failures,
        skipped=batch.skipped[:SAMPLES_TOLD],
        size=page.size if counts.lines else 0,
        now=now,
    )
    last_at = max((at for at in (rows.last_at, failed.last_at) if at is not None), default=None)
    if counts.event:
        received(source, last_at=last_at, now=now)
        source.save(update_fields=["last_line_at", "last_received_at"])
    _move_on(connection, read_until)
    return Taken(len(page.values), submissions.stored + failures.stored)


def _held(connection_id: UUID) -> _Held:
    """Return the connection, its source and its tenant as they stay until the transaction ends."""
    try:
        found = GraphConnection.objects.select_related("source").get(pk=connection_id)
        source, tenant = hold_known_source(found.source)
        connection = GraphConnection.objects.select_for_update(of=["self"]).get(pk=connection_id)
    except (GraphConnection.DoesNotExist, Source.DoesNotExist) as error:
        raise ConnectionGone(str(connection_id)) from error
    return connection, source, tenant


def _move_on(connection: GraphConnection, read_until: datetime | None) -> None:
    if read_until is not None and (connection.read_until is None or read_until > connection.read_until):
        connection.read_until = read_until
        connection.save(update_fields=["read_until"])


def _new(stored: Stored) -> Stored:
    """Leave out what was stored before: each asking reads some hours again on purpose, and that is no import twice."""
    return replace(stored, duplicate=0, overlaps={})
