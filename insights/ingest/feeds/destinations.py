"""Where a request goes: its source, found or made, held alone until the transaction ends."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import connection

from insights.ingest.columns import is_unmapped
from insights.ingest.feeds.errors import FeedError, SourceMismatch
from insights.ingest.formats import BY_DAYS, EVENTS
from insights.ingest.store import Destination
from insights.models import LogImport, Source
from insights.models.source import MAX_NAME
from insights.rollups.locks import share_tenant
from tenants.models import Tenant
from tenants.models.tenant import validate_time_zone
from tenants.scope import tenant_scope

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
    held = hold_known_source(source)
    _refuse_mismatch(source, wanted, default_format)
    return held


def format_of(tenant: Tenant, wanted: SourceWanted, *, default_format: str) -> str:
    """Return how the source is read that a request names, or would be read if it is made. One query at most."""
    if wanted.format is not None or "\0" in wanted.name:
        return wanted.format or default_format
    with tenant_scope([tenant.pk]):
        found = Source.objects.filter(name=wanted.name).values_list("format", flat=True).first()
    return found or default_format


def hold_known_source(source: Source) -> tuple[Source, Tenant]:
    """Return the source, as it is now, and its tenant as they stay until the transaction ends.

    Must run in the tenant's scope. Raises Source.DoesNotExist when it is gone. Three queries.
    """
    with connection.cursor() as cursor:
        # The source before the tenant, as everybody does.
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [str(source.pk)])
    source.refresh_from_db()
    return source, share_tenant(source.tenant_id)


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
    """Note that something came for the source, up to `last_at` by its own time, but never later than now.

    The caller saves.
    """
    source.last_received_at = now
    last_at = last_at and min(last_at, now)
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
    if source.shared_from is not None:
        raise SourceMismatch(
            f"The source “{source.name}” is fed by the provider's shared server. Use another source name."
        )
    if (source.format == EVENTS) != (default_format == EVENTS):
        takes = "single events" if source.format == EVENTS else f"{source.format} log lines"
        raise SourceMismatch(f"The source “{source.name}” takes {takes}. Use another source name.")
    if source.format in BY_DAYS:
        raise SourceMismatch(
            f"The source “{source.name}” takes whole files with totals, and with each the days that they are of. "
            "Upload them, or use another source name."
        )
    if is_unmapped(source):
        raise SourceMismatch(
            f"Nobody has said yet which column of “{source.name}” is what: give the source its `mapping` first."
        )
    if wanted.format is not None and wanted.format != source.format:
        raise SourceMismatch(f"The source “{source.name}” has the format {source.format}.", field="format")
    if wanted.time_zone is not None and wanted.time_zone != source.time_zone:
        raise SourceMismatch(
            f"The source “{source.name}” has the time zone {source.time_zone}.", field="time_zone"
        )
