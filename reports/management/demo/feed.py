"""Send the demo's logs through the real ingest, the same way as `manage.py ingest` does."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from insights.demo.stamps import StampStyle
from insights.ingest.run import run_import
from insights.models import ImportStatus, LogImport, Source
from reports.management.demo.kept_story import Part
from tenants.models import Tenant
from tenants.scope import tenant_scope

# What was read stays read, also where somebody undid it in the browser; a failed one is tried again.
_SETTLED = frozenset(ImportStatus) - {ImportStatus.WAITING, ImportStatus.RUNNING, ImportStatus.FAILED}
_INTERRUPTED = (ImportStatus.WAITING, ImportStatus.RUNNING)


def unread(parts: list[Part], *, folder: Path) -> list[Part]:
    """Return the parts that no import has read to its end, without those whose file turned out to be empty."""
    read: set[tuple[str, str, str]] = set()
    tenants = dict(
        Tenant.objects.filter(slug__in={part.tenant.slug for part in parts}).values_list("slug", "pk")
    )
    for slug, tenant_id in tenants.items():
        with tenant_scope([tenant_id]):
            settled = LogImport.objects.filter(status__in=_SETTLED).values_list("source__name", "file_name")
            read |= {(slug, source, file_name) for source, file_name in settled}
    return [
        part
        for part in parts
        if (part.tenant.slug, part.source.name, part.file_name) not in read
        and not _is_empty(part.path(folder))
    ]


def _is_empty(path: Path) -> bool:
    return path.exists() and not path.stat().st_size


def read_part(part: Part, *, folder: Path, clock: Callable[[], datetime]) -> LogImport | None:
    """Write the part's log into `folder`, import it, and return the import; an interrupted one goes on.

    Returns None when nothing was logged in that time: an empty file would be refused.
    """
    path = part.write(folder)
    if _is_empty(path):
        return None
    tenant = Tenant.objects.get(slug=part.tenant.slug)
    with tenant_scope([tenant.pk]):
        source, _ = Source.objects.get_or_create(
            tenant=tenant,
            name=part.source.name,
            defaults={"format": "postfix", "time_zone": part.source.log_zone},
        )
        begun = LogImport.objects.filter(
            source=source, file_name=part.file_name, status__in=_INTERRUPTED, stored_file=""
        ).first()
        log_import = begun or LogImport.objects.create(
            tenant=tenant,
            source=source,
            file_name=part.file_name,
            size_bytes=path.stat().st_size,
            year=None if part.source.stamp is StampStyle.ISO else part.source.year_at(part.start),
        )
    return run_import(tenant_id=tenant.pk, import_id=log_import.pk, path=path, clock=clock)
