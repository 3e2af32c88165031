"""Store a portion of events where its source keeps them: at its tenant, or at the tenants whose a shared server's are.

The one way in for files, uploads, lines and single events, so that a shared server can be read in any of these ways.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from insights.ingest.record import LineCounts
from insights.ingest.rows import Names, Rows
from insights.ingest.shared.places import is_inbox, shared_scope
from insights.ingest.shared.shares import bring_mirrors
from insights.ingest.shared.store import account_for, store_shared
from insights.ingest.store import Destination, Stored, store_failures, store_names, store_submissions
from insights.models import LogImport, Source
from tenants.models import Tenant
from tenants.scope import tenant_scope


@dataclass(frozen=True, slots=True)
class Kept:
    """What became of events, and how the lines that told of them count."""

    submissions: Stored
    failures: Stored
    counts: LineCounts


def keep_events(
    submissions: Rows,
    failures: Rows,
    names: Names,
    *,
    counts: LineCounts,
    log_import: LogImport,
    source: Source,
    tenant: Tenant,
    now: datetime,
    lines_until: datetime | None = None,
) -> Kept:
    """Store the events under `log_import`, in the current transaction.

    Must run in the tenant's scope with the source held and the tenant shared. A shared server's events are stored in
    the scope of the provider's customers, which ends with this call.
    """
    if is_inbox(tenant):
        with tenant_scope(shared_scope(tenant)):
            shared = store_shared(
                submissions,
                failures,
                names,
                log_import=log_import,
                server=source,
                inbox=tenant,
                now=now,
                lines_until=lines_until,
            )
        return Kept(shared.submissions, shared.failures, account_for(counts, shared.too_old))
    to = Destination(
        tenant_id=tenant.pk,
        zone=tenant.time_zone,
        raw_from_on=tenant.raw_from_on,
        source_id=source.pk,
        log_import_id=log_import.pk,
    )
    kept = Kept(
        store_submissions(submissions, destination=to), store_failures(failures, destination=to), counts
    )
    store_names(names, tenant_id=tenant.pk)
    return kept


def tell_mirrors(source: Source, tenant: Tenant) -> None:
    """Let the customers of a shared server know when it last sent something, once the source is saved."""
    if is_inbox(tenant):
        with tenant_scope(shared_scope(tenant)):
            bring_mirrors(source)
