"""Makers of imports in every state, without reading a file, and a way to upload one."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.http import HttpResponse
from django.test import Client

from insights.models import ImportOverlap, ImportStatus, LogImport, SkippedLine
from tenants.models import Tenant
from tenants.scope import tenant_scope
from tests.factories import make_source
from tests.insights.ingest.lines import message
from tests.insights.web.week import NOW, days_ago

COUNTED: dict[str, Any] = {
    "lines_event": 4_210,
    "lines_evidence": 28_123,
    "lines_other": 8_121,
    "unrecognised": {"no_stamp": 12, "before_retention": 1_290, "of_a_later_version": 3},
    "submissions_stored": 4_011,
    "submissions_duplicate": 91,
    "failures_stored": 101,
    "failures_duplicate": 7,
    "size_bytes": 22_345_111,
    "bytes_read": 22_345_111,
}
LOG = message(days_ago(1), queue_id="A1") + message(days_ago(1) + timedelta(minutes=1), queue_id="A2")
"""Two submissions, with stamps that carry no year."""


def make_import(
    tenant: Tenant,
    *,
    status: ImportStatus = ImportStatus.DONE,
    file_name: str = "mail.log",
    source: str = "mx1",
    **fields: Any,
) -> LogImport:
    """Note an import as if it had been begun an hour before NOW."""
    fields.setdefault("first_at", days_ago(5) if fields.get("submissions_stored") else None)
    fields.setdefault("last_at", days_ago(2) if fields.get("submissions_stored") else None)
    made_in = make_source(tenant, source)
    with tenant_scope([tenant.pk]):
        log_import = LogImport.objects.create(
            tenant=tenant, source=made_in, file_name=file_name, status=status, **fields
        )
        LogImport.objects.filter(pk=log_import.pk).update(created_at=NOW - timedelta(hours=1))
        log_import.refresh_from_db()
    return log_import


def make_overlap(later: LogImport, earlier: LogImport, events: int) -> None:
    """Note that `earlier` had stored events of `later`."""
    with tenant_scope([later.tenant_id]):
        ImportOverlap.objects.create(
            tenant_id=later.tenant_id, log_import=later, earlier=earlier, events=events
        )


def make_samples(log_import: LogImport, *texts: str) -> None:
    """Keep samples of lines that were not recognised, from line 100 on."""
    with tenant_scope([log_import.tenant_id]):
        for number, text in enumerate(texts, 100):
            SkippedLine.objects.create(
                tenant_id=log_import.tenant_id,
                log_import=log_import,
                line_number=number,
                reason="no_stamp",
                text=text,
            )


def again(log_import: LogImport) -> LogImport:
    """Return the import as it is now."""
    with tenant_scope([log_import.tenant_id]):
        return LogImport.objects.get(pk=log_import.pk)


def imports_of(tenant: Tenant) -> list[LogImport]:
    """Return the tenant's imports, oldest first."""
    with tenant_scope([tenant.pk]):
        return list(LogImport.objects.select_related("source", "created_by").order_by("created_at", "pk"))


def upload(
    client: Client,
    slug: str,
    data: bytes = LOG,
    *,
    file_name: str = "mail.log",
    htmx: bool = False,
    **fields: str,
) -> HttpResponse:
    """Send a log as the form does: to a new source mx1 and with the year of NOW, unless said otherwise.

    The body is written here, because Django's own encoder would clean the file's name.
    """
    form = {"source": "new", "name": "mx1", "format": "postfix", "time_zone": "UTC", "year": "2026", **fields}
    parts = [f'name="{key}"\r\n\r\n{value}'.encode() for key, value in form.items()]
    parts.append(f'name="file"; filename="{file_name}"\r\n\r\n'.encode() + data)
    body = b"".join(b"--BORDER\r\nContent-Disposition: form-data; " + part + b"\r\n" for part in parts)
    response: Any = client.post(
        f"/t/{slug}/sources/upload/",
        body + b"--BORDER--\r\n",
        content_type="multipart/form-data; boundary=BORDER",
        headers={"HX-Request": "true", "HX-Target": "upload"} if htmx else {},
    )
    return response  # type: ignore[no-any-return]
