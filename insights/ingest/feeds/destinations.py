"""Where a request goes: its source, found or made, held alone until the transaction ends."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import connection

from insights.ingest.feeds.errors import FeedError, SourceMismatch
from insights.ingest.formats import EVENTS
from insights.ingest.store import Destination
from insights.models import LogImport, Source
from insights.models.source import MAX_NAME
from insights.rollups.locks import share_tenant
from tenants.models import Tenant
from tenants.models.tenant import validate_time_zone

PATIENCE = "5s"
"""How long a request waits for a lock: while a file is read into the source, or the tenant's days are counted anew."""


@dataclass(frozen=True, slots=True)
class SourceWanted:
    """The source that a request names, and how one is made that is not there; None: whatever there is."""

    name: str
    format: str | None = None
    time_zone: str | None = None


def lose_patience() -> None:
    """Let every wait for a lock in this transaction end after `PATIENCE` (django.db.OperationalError)."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('lock_timeout', %s, true)", [PATIENCE])


def hold_source(tenant: Tenant, wanted: SourceWanted, *, default_format: str) -> tuple[Source, Tenant]:
    """Return the source and the tenant as they stay until the transaction ends; the source is made if it is new.

    Must run in the tenant's scope. Raises SourceMismatch when the source is read in another way, FeedError when its
    name or zone cannot be. Four queries, two more for a new source.
    """
    source = None if "\0" in wanted.name else Source.objects.filter(name=wanted.name).first()
    if source is None:
        source = _make(tenant, wanted, default_format)
    with connection.cursor() as cursor:
        # The source before the tenant, as everybody does.
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [str(source.pk)])
    source.refresh_from_db()
    _refuse_mismatch(source, wanted, default_format)
    return source, share_tenant(tenant.pk)


def destination(source: Source, tenant: Tenant, account: LogImport) -> Destination:
    """Return where the events are stored, under the account."""
    return Destination(
        tenant_id=tenant.pk,
        zone=tenant.time_zone,
        raw_from_on=tenant.raw_from_on,
        source_id=source.pk,
        log_import_id=account.pk,
    )


def received(source: Source, *, last_at: datetime | None, now: datetime) -> None:
    """Note that something came for the source, up to `last_at` by its own time. The caller saves."""
    source.last_received_at = now
    if last_at is not None and (source.last_line_at is None or last_at > source.last_line_at):
        source.last_line_at = last_at


def _make(tenant: Tenant, wanted: SourceWanted, default_format: str) -> Source:
    name = wanted.name
    if not name.isprintable() or name != name.strip() or not 1 <= len(name) <= MAX_NAME:
        raise FeedError(
            f"is no name for a source: 1 to {MAX_NAME} visible characters, without blanks around them.",
            field="source",
        )
    zone = wanted.time_zone or tenant.time_zone
    try:
        validate_time_zone(zone)
    except ValidationError as error:
        raise FeedError(" ".join(error.messages), field="time_zone") from error
    source, _is_new = Source.objects.get_or_create(
        tenant=tenant, name=name, defaults={"format": wanted.format or default_format, "time_zone": zone}
    )
    return source


def _refuse_mismatch(source: Source, wanted: SourceWanted, default_format: str) -> None:
    if (source.format == EVENTS) != (default_format == EVENTS):
        takes = "single events" if source.format == EVENTS else f"{source.format} log lines"
        raise SourceMismatch(f"The source “{source.name}” takes {takes}. Use another source name.")
    if wanted.format is not None and wanted.format != source.format:
        raise SourceMismatch(f"The source “{source.name}” has the format {source.format}.", field="format")
    if wanted.time_zone is not None and wanted.time_zone != source.time_zone:
        raise SourceMismatch(
            f"The source “{source.name}” has the time zone {source.time_zone}.", field="time_zone"
        )
