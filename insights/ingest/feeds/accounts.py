"""The day's account of what a source is sent over the API: an import without a file."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from insights.ingest.programs import added, programs_in
from insights.ingest.progress import count_events, count_lines, keep_samples
from insights.ingest.record import LineCounts, Skipped
from insights.ingest.store import Stored
from insights.models import ImportKind, ImportStatus, LogImport, Source

_BROUGHT_FORWARD = (
    "size_bytes", "bytes_taken", "bytes_read", "heartbeat_at", "finished_at", "lines_event", "lines_evidence",
    "lines_other", "unrecognised", "submissions_stored", "submissions_duplicate", "failures_stored",
    "failures_duplicate", "first_at", "last_at", "lines_from_at", "lines_until_at", "programs",
)  # fmt: skip


def account_of(source: Source, kind: ImportKind, *, now: datetime) -> LogImport:
    """Return the account of today (UTC), made if needed and locked; one that was undone is left alone.

    Up to three queries. The caller holds the source's lock.
    """
    day = now.astimezone(UTC).date()
    account, _is_new = LogImport.objects.select_for_update(of=["self"]).get_or_create(
        tenant_id=source.tenant_id,
        source=source,
        kind=kind,
        received_on=day,
        status=ImportStatus.DONE,
        defaults={"file_name": f"{ImportKind(kind).label}, {day}"},
    )
    return account


def bring_forward(
    account: LogImport,
    *,
    counts: LineCounts,
    submissions: Stored,
    failures: Stored,
    skipped: Sequence[Skipped],
    size: int,
    now: datetime,
    read_until: datetime | None = None,
    lines: Sequence[bytes] = (),
) -> None:
    """Add a request's lines, events and samples of what was refused; `size` is that of its body in bytes, unpacked.

    `read_until` is the newest time of the lines, if any; `lines` are looked at where none of them mattered.
    Two statements, and up to two for samples and for each import that had stored some of the events.
    """
    count_lines(account, counts)
    count_events(account, submissions=submissions, failures=failures)
    if skipped:
        keep_samples(account, skipped, kept=account.skipped_lines.count())
    if read_until is not None and counts.lines > counts.unrecognised.total():
        account.lines_from_at = min(read_until, account.lines_from_at or read_until)
        account.lines_until_at = max(read_until, account.lines_until_at or read_until)
    if counts.other and not counts.event + counts.evidence:
        account.programs = added(account.programs, programs_in(lines))
    account.size_bytes = account.bytes_taken = account.bytes_read = account.size_bytes + size
    account.heartbeat_at = account.finished_at = now
    account.save(update_fields=_BROUGHT_FORWARD)
