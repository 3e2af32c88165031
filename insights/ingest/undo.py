"""Undo an import: its rows are gone, the days are counted anew, and imports that overlapped are named."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import connection
from django.utils.translation import gettext as _

from insights.ingest.feeds.answers import forget_undone
from insights.ingest.shared.places import is_inbox
from insights.ingest.shared.undo import remove_shares
from insights.models import ImportKind, ImportStatus, LogImport
from insights.rollups.fill import rebuild_days
from insights.rollups.locks import lock_tenant
from insights.rollups.stats import ROLLUPS
from project.periods import DayRange, day_of
from tenants.models import Tenant

LOST_AFTER = timedelta(minutes=15)
"""How long an undo that was asked for may take until it is taken for lost."""


UNDOABLE = (ImportStatus.DONE, ImportStatus.FAILED)
"""How an import has ended that can be undone."""


def ask_undo(log_import: LogImport, *, now: datetime) -> bool:
    """Mark an import to be undone; False where its state does not allow it. One query.

    Who asks queues the work once this is committed.
    """
    may = LogImport.objects.filter(pk=log_import.pk, status__in=UNDOABLE).exclude(kind=ImportKind.SHARED)
    return bool(may.update(status=ImportStatus.UNDOING, heartbeat_at=now))


@dataclass(frozen=True, slots=True)
class Undone:
    """What an undo did: events removed, events that were too old to remove, and imports to be read again.

    `read_again` has, for each later import, its file name and how many of its events went with the undone one.
    """

    removed: int
    beyond_retention: int
    read_again: list[tuple[str, int]]


def undo_import(log_import: LogImport, *, now: datetime) -> Undone:
    """Remove the events that `log_import` stored and rebuild their days, in the current transaction.

    What a shared server told goes from every tenant. Must run in the tenant's scope; waits for running imports.
    Raises ValueError while the import itself is running, when it was undone before, and for a customer's share.
    """
    tenant = Tenant.objects.get(pk=log_import.tenant_id)
    lock_tenant(tenant)
    log_import.refresh_from_db()
    if log_import.status in {ImportStatus.RUNNING, ImportStatus.WAITING, ImportStatus.UNDONE}:
        raise ValueError(
            _("This import is %(status)s and cannot be undone.")
            % {"status": log_import.get_status_display().lower()}
        )
    if log_import.kind == ImportKind.SHARED:
        raise ValueError(_("This is a share of a provider's import, which is undone there."))
    stored = log_import.submissions_stored + log_import.failures_stored
    removed = 0
    if is_inbox(tenant):
        removed = remove_shares(log_import, inbox=tenant, now=now)
    elif stored and log_import.first_at is not None and log_import.last_at is not None:
        removed = _delete_rows(log_import)
        first_on, last_on = (day_of(at, tenant.zone) for at in (log_import.first_at, log_import.last_at))
        # After a change of zone the first hours that are kept count for the first kept day, whatever theirs is.
        rebuild_days(tenant, DayRange.inclusive(first_on, max(last_on, tenant.raw_from_on or last_on)))
    overlapping = log_import.overlapped_by.exclude(log_import__status=ImportStatus.UNDONE).select_related(
        "log_import"
    )
    undone = Undone(
        removed=removed,
        beyond_retention=stored - removed,
        read_again=[(overlap.log_import.file_name, overlap.events) for overlap in overlapping],
    )
    forget_undone(log_import.source_id, [log_import.pk, *(overlap.log_import_id for overlap in overlapping)])
    log_import.status = ImportStatus.UNDONE
    log_import.finished_at = log_import.heartbeat_at = now
    log_import.message = describe(undone)
    log_import.save(update_fields=["status", "message", "finished_at", "heartbeat_at"])
    return undone


def claim_lost_undos(*, now: datetime) -> list[UUID]:
    """Return the imports whose undoing was asked for long ago and never ended; each again after as long.

    Must run in a tenant's scope. Two queries.
    """
    lost = LogImport.objects.filter(status=ImportStatus.UNDOING, heartbeat_at__lt=now - LOST_AFTER)
    ids = list(lost.select_for_update(skip_locked=True).values_list("pk", flat=True))
    LogImport.objects.filter(pk__in=ids).update(heartbeat_at=now)
    return ids


def _delete_rows(log_import: LogImport) -> int:
    removed = 0
    with connection.cursor() as cursor:
        for rollup in ROLLUPS:
            cursor.execute(
                f"DELETE FROM {rollup.raw_table} WHERE tenant_id = %s AND log_import_id = %s"
                " AND occurred_at BETWEEN %s AND %s",
                [log_import.tenant_id, log_import.pk, log_import.first_at, log_import.last_at],
            )
            removed += cursor.rowcount
    return removed


def describe(undone: Undone) -> str:
    """Say in words what an undo did."""
    sentences = [_("%(count)d events were removed and their days counted again.") % {"count": undone.removed}]
    if undone.beyond_retention:
        sentences.append(
            _("%(count)d events had already passed the days kept; their daily counts stay.")
            % {"count": undone.beyond_retention}
        )
    sentences.extend(
        _("%(count)d events of “%(file)s” were the same and went with them: import that file again.")
        % {"count": count, "file": file_name}
        for file_name, count in undone.read_again
    )
    return " ".join(sentences)
