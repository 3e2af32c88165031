"""Take batches of events in: read, stored and accounted for in one transaction."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from insights.ingest.feeds.accounts import account_of, bring_forward
from insights.ingest.feeds.answers import Answer, Asked, answered_before, keep_answer
from insights.ingest.feeds.destinations import SourceWanted, hold_source, lose_patience, received
from insights.ingest.feeds.events import EventMaker
from insights.ingest.feeds.records import LoginFailureIn, Refused, SubmissionIn
from insights.ingest.feeds.weeks import Weeks, with_weeks
from insights.ingest.formats import EVENTS
from insights.ingest.keep import keep_events, tell_mirrors
from insights.ingest.record import LineCounts, Skipped
from insights.ingest.rows import Names, Rows, RowWriter
from insights.ingest.shared.places import read_span
from insights.ingest.store import Stored
from insights.models import ImportKind, LogImport, Source
from tenants.models import Tenant
from tenants.scope import tenant_scope

_NO_ROWS = Rows(b"", 0, 0, None, None)


@dataclass(frozen=True, slots=True)
class SubmissionBatch:
    """Submissions for a source with the place of each in the body, and the records that are none."""

    wanted: SourceWanted
    records: Sequence[SubmissionIn]
    places: Sequence[int]
    refused: Sequence[Refused]
    size: int


@dataclass(frozen=True, slots=True)
class FailureBatch:
    """Refused logins, as `SubmissionBatch`."""

    wanted: SourceWanted
    records: Sequence[LoginFailureIn]
    places: Sequence[int]
    refused: Sequence[Refused]
    size: int


def take_batch(
    tenant: Tenant, batch: SubmissionBatch | FailureBatch, asked: Asked, *, clock: Callable[[], datetime]
) -> Answer:
    """Store the events and return the answer, when it is committed.

    Raises FeedError for a request that cannot be, django.db.OperationalError when a lock is not to be had for long;
    then nothing is stored.
    """
    return with_weeks(lambda weeks: _take(tenant, batch, asked, weeks, now=clock()))


def _take(
    tenant: Tenant,
    batch: SubmissionBatch | FailureBatch,
    asked: Asked,
    weeks: Weeks,
    *,
    now: datetime,
) -> Answer:
    with tenant_scope([tenant.pk]):
        lose_patience()
        if first := answered_before(tenant.pk, asked, now=now):
            return first
        source, tenant = hold_source(tenant, batch.wanted, default_format=EVENTS)
        answer = _store(source, tenant, batch, weeks, now=now)
        keep_answer(tenant.pk, asked, answer)
        return Answer(answer)


def _store(
    source: Source, tenant: Tenant, batch: SubmissionBatch | FailureBatch, weeks: Weeks, *, now: datetime
) -> dict[str, Any]:
    maker = EventMaker(source.pk, read_span(tenant, now=now))
    writer = RowWriter()
    submissions, failures, names = _NO_ROWS, _NO_ROWS, Names({}, {})
    if isinstance(batch, SubmissionBatch):
        kind = ImportKind.SUBMISSIONS
        submissions, names = writer.submissions(maker.submissions(batch.records, batch.places))
    else:
        kind = ImportKind.FAILURES
        failures = writer.failures(maker.failures(batch.records, batch.places))
    rows = submissions if kind == ImportKind.SUBMISSIONS else failures
    weeks.require(rows)
    account = account_of(source, kind, now=now)
    refused = sorted([*batch.refused, *maker.refused], key=lambda one: one.index)
    kept = keep_events(
        submissions,
        failures,
        names,
        counts=LineCounts(
            event=rows.events + rows.repeated, unrecognised=Counter(one.code for one in refused)
        ),
        log_import=account,
        source=source,
        tenant=tenant,
        now=now,
    )
    bring_forward(
        account,
        counts=kept.counts,
        submissions=kept.submissions,
        failures=kept.failures,
        skipped=[Skipped(one.index + 1, one.code, one.sample) for one in refused],
        size=batch.size,
        now=now,
    )
    if rows.events:
        received(source, last_at=rows.last_at, now=now)
        source.save(update_fields=["last_line_at", "last_received_at"])
        tell_mirrors(source, tenant)
    stored = kept.submissions if kind == ImportKind.SUBMISSIONS else kept.failures
    return _told(account, source, stored, refused)


def _told(account: LogImport, source: Source, stored: Stored, refused: Sequence[Refused]) -> dict[str, Any]:
    return {
        "source": source.name,
        "import": str(account.pk),
        "accepted": stored.stored,
        "duplicate": stored.duplicate,
        "rejected": [{"index": one.index, "field": one.field, "reason": one.reason} for one in refused],
    }
