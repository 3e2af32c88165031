"""Run an import from file to queryable: read, parse ahead, store portion by portion, account for every line."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path
from uuid import UUID
from zoneinfo import ZoneInfo

import structlog
from django.core.files.storage import default_storage
from django.db import connection
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from insights.ingest.ahead import read_ahead
from insights.ingest.errors import BadState, BrokenInput, IngestError, YearRequired
from insights.ingest.formats import BY_COLUMNS, BY_DAYS, DOCUMENTS
from insights.ingest.keep import keep_events, tell_mirrors
from insights.ingest.locks import source_is_free, source_lock
from insights.ingest.plan import Plan
from insights.ingest.portions import Portion, first_line
from insights.ingest.programs import programs_at_head
from insights.ingest.progress import advance_source, count_events, count_lines, keep_samples
from insights.ingest.proposal import proposed_year
from insights.ingest.remarks import is_no_log, remarks
from insights.ingest.shared.places import read_span
from insights.ingest.tell import tell_import
from insights.ingest.totals import days_of, refuse_overlap
from insights.models import ImportStatus, LogImport, Source
from insights.partitions import make_partitions
from insights.rollups.locks import share_tenant
from tenants.models import Tenant
from tenants.scope import tenant_scope

log = structlog.get_logger(__name__)

ATTEMPTS = 5
SILENT_AFTER = timedelta(minutes=15)


def run_import(
    *,
    tenant_id: UUID,
    import_id: UUID,
    clock: Callable[[], datetime],
    path: Path | None = None,
    on_progress: Callable[[LogImport], None] | None = None,
    on_wait: Callable[[], None] | None = None,
) -> LogImport:
    """Read the file of an import into its source; return the import with its accounting.

    `path` is the file, by default the uploaded one. `clock` gives aware instants. An input that cannot be read ends
    as `refused` (nothing came of it) or `failed` (what came before stays), with the reason in `message`; nothing is
    raised for it. A lost database connection is raised: the import can be run again and goes on where it committed.
    """
    with tenant_scope([tenant_id]):
        log_import = LogImport.objects.select_related("source").get(pk=import_id)
    file = path or Path(default_storage.path(log_import.stored_file))
    with (
        read_ahead(file, log_format=log_import.source.format) as reading,
        source_lock(log_import.source_id, on_wait=on_wait),
    ):
        with tenant_scope([tenant_id]):
            log_import = LogImport.objects.select_related("source").get(pk=import_id)
            if log_import.status not in {ImportStatus.WAITING, ImportStatus.RUNNING}:
                return log_import
            log_import.status = ImportStatus.RUNNING
            log_import.attempts += 1
            log_import.heartbeat_at = clock()
            log_import.save(update_fields=["status", "attempts", "heartbeat_at"])
            _end_interrupted(log_import, now=clock())
        try:
            if log_import.attempts > ATTEMPTS:
                raise BrokenInput(
                    _("The import was begun %(count)d times and never ended.") % {"count": ATTEMPTS}
                )
            _Run(log_import, clock=clock, on_progress=on_progress).read(file, reading)
        except (IngestError, OSError) as error:
            _end(log_import, clock=clock, status=_status_after(log_import), message=_words(error, file))
        else:
            status = ImportStatus.REFUSED if is_no_log(log_import) else ImportStatus.DONE
            if log_import.lines_other and not log_import.lines_event + log_import.lines_evidence:
                log_import.programs = programs_at_head(file, name=log_import.file_name)
            _end(log_import, clock=clock, status=status, message=remarks(log_import))
    if log_import.stored_file:
        default_storage.delete(log_import.stored_file)
    if on_progress is not None:
        on_progress(log_import)
    return log_import


class _Run:
    """One import while it runs; the rows are written by its own thread alone, the parser runs ahead of it."""

    def __init__(
        self,
        log_import: LogImport,
        *,
        clock: Callable[[], datetime],
        on_progress: Callable[[LogImport], None] | None,
    ) -> None:
        self.log_import = log_import
        self.source: Source = log_import.source
        self.clock = clock
        self.on_progress = on_progress
        self.samples_kept = 0

    def read(self, file: Path, reading: Callable[[Plan], Iterable[Portion]]) -> None:
        """Read the whole file, storing as it goes."""
        if self.source.format in BY_COLUMNS:
            from insights.ingest.columns import refuse_other_columns

            refuse_other_columns(file, name=self.log_import.file_name, source=self.source)
        head = first_line(file, name=self.log_import.file_name, unfolds=self.source.format in DOCUMENTS)
        with tenant_scope([self.log_import.tenant_id]):
            self.samples_kept = self.log_import.skipped_lines.count()
            if self.source.format in BY_DAYS:
                refuse_overlap(self.source, days_of(self.log_import), besides=self.log_import)
            plan = self._plan(file, head)
        for portion in reading(plan):
            self._store(portion)

    def _plan(self, file: Path, head: bytes) -> Plan:
        """Plan where reading goes on: after a crash, after the source's last input, or at its start."""
        tenant = Tenant.objects.get(pk=self.log_import.tenant_id)
        self.log_import.head_digest = sha256(head).hexdigest()
        span = read_span(tenant, now=self.clock())
        state = self.log_import.parser_state or self.source.parser_state
        plan = Plan(
            file=file.absolute(),
            shown_name=self.log_import.file_name,
            format=self.source.format,
            source_key=str(self.source.pk),
            time_zone=self.source.time_zone,
            year=self.log_import.year or self._year_read_before(),
            earliest=span.earliest,
            latest=span.latest,
            state=None if state is None else bytes(state),
            skip_bytes=self.log_import.bytes_taken,
            mapping=self.source.mapping,
            days=days_of(self.log_import) if self.source.format in BY_DAYS else None,
        )
        try:
            stream = plan.stream()
        except BadState as error:
            if self.log_import.parser_state is not None:
                # Its counters hold what was read before: to begin anew would count that twice.
                hint = _("Import the file again: what was stored stays, nothing is counted twice.")
                raise BrokenInput(error.message, hint=hint) from error
            # A state of an earlier version: the log can still be read, from its own beginning.
            log.warning("import.state_dropped", source=str(self.source.pk))
            plan = replace(plan, state=None)
            stream = plan.stream()
        begins_at = stream.begins_at(head)
        if begins_at is not None and self.log_import.lines_from_at is None:
            self.log_import.lines_from_at = max(begins_at, span.earliest)
        if begins_at is not None and self.log_import.year is None:
            self.log_import.year = begins_at.astimezone(ZoneInfo(self.source.time_zone)).year
        return plan

    def _year_read_before(self) -> int | None:
        """Return the year with which a file that begins with the same line was read before."""
        return (
            LogImport.objects.filter(
                source=self.source, head_digest=self.log_import.head_digest, year__isnull=False
            )
            .exclude(pk=self.log_import.pk)
            .exclude(status=ImportStatus.REFUSED)
            .order_by("-created_at")
            .values_list("year", flat=True)
            .first()
        )

    def _store(self, portion: Portion) -> None:
        """Store one portion, with the counters and the parser's state, in one transaction."""
        log_import = self.log_import
        for rows in (portion.submissions, portion.failures):
            if rows.first_at is not None and rows.last_at is not None:
                make_partitions(rows.first_at, rows.last_at)
        with tenant_scope([log_import.tenant_id]):
            if not portion.is_last:
                _need_no_flush()
            tenant = share_tenant(log_import.tenant_id)
            now = self.clock()
            kept = keep_events(
                portion.submissions,
                portion.failures,
                portion.names,
                counts=portion.counts,
                log_import=log_import,
                source=self.source,
                tenant=tenant,
                now=now,
                lines_until=portion.last_at,
            )
            count_lines(log_import, kept.counts)
            count_events(log_import, submissions=kept.submissions, failures=kept.failures)
            self.samples_kept = keep_samples(log_import, portion.skipped, kept=self.samples_kept)
            log_import.bytes_taken, log_import.bytes_read = portion.bytes_taken, portion.bytes_read
            log_import.held_bytes = portion.held_bytes
            log_import.lines_until_at = portion.last_at
            log_import.parser_state = None if portion.is_last else portion.state
            log_import.heartbeat_at = now
            log_import.save()
            if portion.is_last and not is_no_log(log_import):
                advance_source(self.source, state=portion.state, last_at=portion.last_at, now=now)
                tell_mirrors(self.source, tenant)
        if self.on_progress is not None:
            self.on_progress(log_import)


def _need_no_flush() -> None:
    """Let the current transaction be done before it is on the disk; the last one of the import waits for all.

    A server that crashes may forget the newest of them whole, never one without those before it, and the place to go on
    from with them (PostgreSQL, Asynchronous Commit): docs/adr/0013.
    """
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL synchronous_commit = off")


def stalled_imports(*, now: datetime) -> list[UUID]:
    """Return the uploads that nobody is reading: waiting for long, or running without a sign of life. One query.

    Tables whose columns nobody has named yet wait for a person. Imports by command are not among them: their file is
    not ours to open again (`end_dead_imports`).
    """
    return list(
        LogImport.objects.filter(
            status__in=[ImportStatus.WAITING, ImportStatus.RUNNING], created_at__lt=now - timedelta(minutes=1)
        )
        .exclude(stored_file="")
        .exclude(source__format__in=BY_COLUMNS, source__mapping__isnull=True)
        .exclude(heartbeat_at__gt=now - SILENT_AFTER)
        .values_list("pk", flat=True)
    )


def _end(log_import: LogImport, *, clock: Callable[[], datetime], status: ImportStatus, message: str) -> None:
    with tenant_scope([log_import.tenant_id]):
        log_import.status = status
        log_import.message = message
        log_import.finished_at = log_import.heartbeat_at = now = clock()
        log_import.save()
        tell_import(log_import, now=now)


def _status_after(log_import: LogImport) -> ImportStatus:
    return ImportStatus.FAILED if log_import.lines else ImportStatus.REFUSED


def _words(error: IngestError | OSError, file: Path) -> str:
    if isinstance(error, OSError):
        return _("The file could not be read: %(reason)s.") % {"reason": error.strerror or error}
    hint = error.hint
    if isinstance(error, YearRequired) and (year := proposed_year(file)) is not None:
        hint = _("%(hint)s The file itself says that it was written in %(year)d.") % {
            "hint": hint,
            "year": year,
        }
    return f"{error.message} {hint}".strip()


def _end_interrupted(log_import: LogImport, *, now: datetime) -> None:
    """End the imports by command whose process died: this one holds the source's lock, so none of them runs."""
    running = LogImport.objects.filter(
        source=log_import.source, status=ImportStatus.RUNNING, stored_file=""
    ).exclude(pk=log_import.pk)
    _say_interrupted(running, now=now)


def end_dead_imports(*, now: datetime) -> int:
    """End the imports by command that are silent for long and whose source nobody reads; return how many.

    Whoever waits for a source gets its lock as soon as it is free, so that none of these has a process any more. Must
    run in a tenant's scope, whose transaction keeps the locks. A query, and two a source found.
    """
    silent = LogImport.objects.filter(
        status__in=[ImportStatus.WAITING, ImportStatus.RUNNING],
        stored_file="",
        created_at__lt=now - SILENT_AFTER,
    ).exclude(heartbeat_at__gt=now - SILENT_AFTER)
    sources = set(silent.order_by().values_list("source_id", flat=True))
    return sum(
        _say_interrupted(silent.filter(source_id=source_id), now=now)
        for source_id in sources
        if source_is_free(source_id)
    )


def _say_interrupted(dead: QuerySet[LogImport], *, now: datetime) -> int:
    words = _("It was interrupted. What was stored stays; import the file again, nothing is counted twice.")
    ended = list(dead.select_related("tenant", "source"))
    for log_import in ended:
        log_import.status, log_import.finished_at, log_import.message = ImportStatus.FAILED, now, words
        log_import.save(update_fields=["status", "finished_at", "message"])
        tell_import(log_import, now=now)
    return len(ended)
