"""Store what lines of a source tell: read by its own parser, counted in the day's account of the way they came."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from insights.ingest.feeds.accounts import account_of, bring_forward
from insights.ingest.feeds.destinations import SourceWanted, received
from insights.ingest.feeds.shippers import LogLines
from insights.ingest.feeds.streams import read_lines
from insights.ingest.feeds.weeks import Weeks
from insights.ingest.keep import keep_events, tell_mirrors
from insights.ingest.record import Batch, LineCounts, Skipped
from insights.ingest.rows import RowWriter
from insights.ingest.shared.places import read_span
from insights.models import ImportKind, LineFeed, LogImport, Source
from tenants.models import Tenant

REASONS_TOLD: Final = 100
"""How many unrecognised lines are named; all are counted."""


@dataclass(frozen=True, slots=True)
class Lines:
    """Log lines for a source. `size` is that of what brought them, unpacked; `year` is of stamps without one."""

    wanted: SourceWanted
    lines: LogLines
    size: int
    year: int | None = None


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of lines: their account, how they count, events stored and known before, samples of the rest."""

    account: LogImport
    counts: LineCounts
    stored: int
    duplicate: int
    skipped: list[Skipped]


def store_lines(
    source: Source,
    tenant: Tenant,
    feed: LineFeed,
    lines: Lines,
    weeks: Weeks,
    *,
    kind: ImportKind,
    now: datetime,
) -> Taken:
    """Store what the lines tell, and save the source; `feed` is changed, and the caller saves it.

    Must run in a transaction of the tenant's scope that holds the source (`destinations.hold_source`), inside
    `with_weeks`.
    """
    span = read_span(tenant, now=now)
    batch, last_at = read_lines(lines.lines.lines, source=source, feed=feed, span=span, year=lines.year)
    writer = RowWriter()
    rows, names = writer.submissions(batch.submissions)
    failed = writer.failures(batch.failures)
    weeks.require(rows, failed)
    account = account_of(source, kind, now=now)
    kept = keep_events(
        rows,
        failed,
        names,
        counts=batch.counts,
        log_import=account,
        source=source,
        tenant=tenant,
        now=now,
        lines_until=last_at,
    )
    submissions, failures = kept.submissions, kept.failures
    skipped = _skipped(batch, lines.lines)
    counts = LineCounts()
    counts.add(kept.counts)
    for one in lines.lines.unreadable:
        counts.unrecognised[one.reason] += 1
    bring_forward(
        account,
        counts=counts,
        submissions=submissions,
        failures=failures,
        skipped=skipped,
        size=lines.size,
        now=now,
        read_until=last_at,
        lines=lines.lines.lines,
    )
    if counts.lines > counts.unrecognised.total():
        received(source, last_at=last_at, now=now)
    source.save(update_fields=["parser_state", "last_line_at", "last_received_at"])
    tell_mirrors(source, tenant)
    return Taken(
        account,
        counts,
        submissions.stored + failures.stored,
        submissions.duplicate + failures.duplicate,
        skipped,
    )


def _skipped(batch: Batch, lines: LogLines) -> list[Skipped]:
    """Return the samples of what was not understood, numbered by their place among what came."""
    parsed = [one._replace(line_number=lines.places[one.line_number - 1] + 1) for one in batch.skipped]
    return sorted([*parsed, *lines.unreadable])[:REASONS_TOLD]
