"""Take what an import of a shared server stored away from every tenant that has some of it."""

from __future__ import annotations

from datetime import datetime

from django.db import connection

from insights.ingest.shared.days import lock_customers, rebuild_spans
from insights.ingest.shared.places import shared_scope
from insights.models import ImportStatus, LogImport
from insights.rollups.stats import ROLLUPS
from tenants.models import Tenant
from tenants.scope import tenant_scope


def remove_shares(log_import: LogImport, *, inbox: Tenant, now: datetime) -> int:
    """Remove the events of the import wherever they lie, what was assigned too, and rebuild the days; return how many.

    In the caller's transaction, which has locked the inbox (`lock_tenant`).
    """
    removed = 0
    with tenant_scope(shared_scope(inbox)):
        shares = list(LogImport.objects.filter(shared_import=log_import.pk))
        locked = lock_customers({share.tenant_id for share in shares} - {inbox.pk})
        for share in shares:
            if share.first_at is None or share.last_at is None:
                continue
            with connection.cursor() as cursor:
                for rollup in ROLLUPS:
                    cursor.execute(
                        f"DELETE FROM {rollup.raw_table} WHERE tenant_id = %s AND log_import_id = %s"
                        " AND occurred_at BETWEEN %s AND %s",
                        [share.tenant_id, share.pk, share.first_at, share.last_at],
                    )
                    removed += cursor.rowcount
        spans = [(share.tenant_id, share.first_at, share.last_at) for share in shares]
        rebuild_spans([inbox, *locked], spans)
        LogImport.objects.filter(pk__in=[share.pk for share in shares]).update(
            status=ImportStatus.UNDONE, finished_at=now, heartbeat_at=now
        )
    return removed
