"""Tell webhooks that a log was read, or why it was not."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from insights.ingest.shared.places import is_inbox
from insights.models import LogImport
from tenants.models import EventType
from tenants.webhooks import announce
from tenants.webhooks.announce import page_url


def tell_import(log_import: LogImport, *, now: datetime) -> None:
    """Announce that an import has ended as it stands; in the transaction that ends it, in its tenant's scope."""
    announce(log_import.tenant, EventType.IMPORT_FINISHED, lambda: _told(log_import), now=now)


def _told(log_import: LogImport) -> dict[str, Any]:
    figures = log_import.accounting()
    return {
        "import": log_import.pk,
        "source": log_import.source.name,
        "file_name": log_import.file_name,
        "status": log_import.status,
        "message": log_import.message,
        **{name: figures[name] for name in ("lines", "unrecognised", "events", "stored", "duplicate")},
        "first_at": log_import.first_at,
        "last_at": log_import.last_at,
        "url": _page_of(log_import),
    }


def _page_of(log_import: LogImport) -> str:
    """Return where the import is shown; an inbox has no pages of a customer, a shared server's are its provider's."""
    tenant = log_import.tenant
    if is_inbox(tenant) and tenant.provider is not None:
        return page_url("insights:shared_import", provider=tenant.provider.slug, import_id=log_import.pk)
    return page_url("insights:import", slug=tenant.slug, import_id=log_import.pk)
