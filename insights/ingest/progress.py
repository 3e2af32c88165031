"""Bring an import's row forward: its counters, its samples, and the source's place in its log."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db.models import F

from insights.ingest.record import LineCounts, Skipped
from insights.ingest.store import Stored
from insights.models import ImportOverlap, LogImport, SkippedLine, Source

SAMPLES_KEPT = 1_000


def count_lines(log_import: LogImport, counts: LineCounts) -> None:
    """Add a portion's lines to the counters; the caller saves."""
    log_import.lines_event += counts.event
    log_import.lines_evidence += counts.evidence
    log_import.lines_other += counts.other
    for reason, number in counts.unrecognised.items():
        log_import.unrecognised[str(reason)] = log_import.unrecognised.get(str(reason), 0) + number


def count_events(log_import: LogImport, *, submissions: Stored, failures: Stored) -> None:
    """Add what was stored and what was there before to the counters; the caller saves."""
    log_import.submissions_stored += submissions.stored
    log_import.submissions_duplicate += submissions.duplicate
    log_import.failures_stored += failures.stored
    log_import.failures_duplicate += failures.duplicate
    for stored in (submissions, failures):
        if stored.first_at is not None and stored.last_at is not None:
            log_import.first_at = min(stored.first_at, log_import.first_at or stored.first_at)
            log_import.last_at = max(stored.last_at, log_import.last_at or stored.last_at)
        for earlier_id, events in stored.overlaps.items():
            overlap, made = ImportOverlap.objects.get_or_create(
                tenant_id=log_import.tenant_id,
                log_import=log_import,
                earlier_id=earlier_id,
                defaults={"events": events},
            )
            if not made:
                ImportOverlap.objects.filter(pk=overlap.pk).update(events=F("events") + events)


def keep_samples(log_import: LogImport, skipped: Iterable[Skipped], *, kept: int) -> int:
    """Keep samples of unrecognised lines up to `SAMPLES_KEPT` an import; return how many are kept now."""
    samples = [
        SkippedLine(
            tenant_id=log_import.tenant_id,
            log_import=log_import,
            line_number=line.line_number,
            reason=str(line.reason),
            text=line.text,
        )
        for line in skipped
    ][: max(0, SAMPLES_KEPT - kept)]
    SkippedLine.objects.bulk_create(samples)
    return kept + len(samples)


def advance_source(source: Source, *, state: bytes, last_at: datetime | None, now: datetime) -> None:
    """Let the source go on from `state` next time, unless it has read later lines before.

    An older log, imported after a newer one, must not take the newer one's open sessions away. The very first
    input may end within its first line, without any time yet. A clock that is ahead of ours moves the newest line
    up to now alone: else what comes next would be taken for an older log.
    """
    source.last_received_at = now
    last_at = last_at and min(last_at, now)
    if source.last_line_at is None or (last_at is not None and last_at >= source.last_line_at):
        source.parser_state = state
        source.last_line_at = last_at
    source.save(update_fields=["parser_state", "last_line_at", "last_received_at"])
