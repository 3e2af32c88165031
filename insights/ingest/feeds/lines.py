"""Take log lines in: parsed by the source's own parser, stored and accounted for in one transaction."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from insights.ingest.feeds.accounts import account_of, bring_forward
from insights.ingest.feeds.answers import (
    Answer,
    Asked,
    answered_before,
    keep_answer,
    lines_read_before,
    remember_lines,
)
from insights.ingest.feeds.destinations import (
    SourceWanted,
    destination,
    hold_source,
    lose_patience,
    received,
)
from insights.ingest.feeds.shippers import LogLines
from insights.ingest.feeds.streams import read_lines
from insights.ingest.feeds.weeks import Weeks, with_weeks
from insights.ingest.record import Batch, LineCounts, Skipped
from insights.ingest.rows import RowWriter
from insights.ingest.span import taken_span
from insights.ingest.store import Stored, store_failures, store_names, store_submissions
from insights.models import ImportKind, LineFeed, LogImport, Source
from tenants.models import Tenant
from tenants.scope import tenant_scope

DEFAULT_FORMAT: Final = "postfix"
REASONS_TOLD: Final = 100
"""How many unrecognised lines an answer names; it counts them all."""


@dataclass(frozen=True, slots=True)
class Lines:
    """A request with log lines for a source. `size` is that of the body, unpacked; `year` is of stamps without one."""

    wanted: SourceWanted
    lines: LogLines
    size: int
    year: int | None = None


def take_lines(tenant: Tenant, lines: Lines, asked: Asked, *, clock: Callable[[], datetime]) -> Answer:
    """Store what the lines tell and return the answer, when it is committed.

    Raises FeedError for a request that cannot be, django.db.OperationalError when a lock is not to be had for long;
    then nothing is stored.
    """
    return with_weeks(lambda weeks: _take(tenant, lines, asked, weeks, now=clock()))


def _take(tenant: Tenant, lines: Lines, asked: Asked, weeks: Weeks, *, now: datetime) -> Answer:
    with tenant_scope([tenant.pk]):
        lose_patience()
        if first := answered_before(tenant.pk, asked, now=now):
            return first
        source, tenant = hold_source(tenant, lines.wanted, default_format=DEFAULT_FORMAT)
        feed, _is_new = LineFeed.objects.get_or_create(tenant=tenant, source=source)
        # A line may come twice: two refused logins within a second. Several lines in the same order are the same ones.
        is_telling = len(lines.lines.lines) > 1
        answer = lines_read_before(feed, asked.digest) if is_telling else None
        if answer is None:
            answer = Answer(_store(source, tenant, feed, lines, weeks, now=now))
            if is_telling:
                remember_lines(feed, asked.digest, answer.body)
            feed.save()
        keep_answer(tenant.pk, asked, answer.body)
        return answer


def _store(
    source: Source, tenant: Tenant, feed: LineFeed, lines: Lines, weeks: Weeks, *, now: datetime
) -> dict[str, Any]:
    span = taken_span(tenant, now=now)
    batch, last_at = read_lines(lines.lines.lines, source=source, feed=feed, span=span, year=lines.year)
    writer = RowWriter()
    submissions, names = writer.submissions(batch.submissions)
    failures = writer.failures(batch.failures)
    weeks.require(submissions, failures)
    account = account_of(source, ImportKind.LINES, now=now)
    to = destination(source, tenant, account)
    stored = (
        store_submissions(submissions, destination=to),
        store_failures(failures, destination=to),
    )
    store_names(names, tenant_id=tenant.pk)
    skipped = _skipped(batch, lines.lines)
    counts = LineCounts()
    counts.add(batch.counts)
    for one in lines.lines.unreadable:
        counts.unrecognised[one.reason] += 1
    bring_forward(
        account,
        counts=counts,
        submissions=stored[0],
        failures=stored[1],
        skipped=skipped,
        size=lines.size,
        now=now,
    )
    if counts.lines > counts.unrecognised.total():
        received(source, last_at=last_at, now=now)
    source.save(update_fields=["parser_state", "last_line_at", "last_received_at"])
    return _told(account, source, counts, stored, skipped)


def _skipped(batch: Batch, lines: LogLines) -> list[Skipped]:
    """Return the samples of what was not understood, numbered by their place in the body."""
    parsed = [one._replace(line_number=lines.places[one.line_number - 1] + 1) for one in batch.skipped]
    return sorted([*parsed, *lines.unreadable])[:REASONS_TOLD]


def _told(
    account: LogImport,
    source: Source,
    counts: LineCounts,
    stored: tuple[Stored, Stored],
    skipped: list[Skipped],
) -> dict[str, Any]:
    return {
        "source": source.name,
        "import": str(account.pk),
        "lines": counts.lines,
        "event": counts.event,
        "evidence": counts.evidence,
        "other": counts.other,
        "unrecognised": counts.unrecognised.total(),
        "accepted": sum(one.stored for one in stored),
        "duplicate": sum(one.duplicate for one in stored),
        "rejected": [
            {"index": one.line_number - 1, "field": "", "reason": str(one.reason)} for one in skipped
        ],
    }
