"""Celery's side of insights: load, enter the scope, one domain call."""

from __future__ import annotations

from uuid import UUID

import structlog
from django.utils import timezone

from insights.connectors.graph.claims import due_connections, seal_all_anew
from insights.connectors.graph.poll import poll
from insights.detection.silence import watch_sources as watch_sources_of
from insights.ingest.held import put_away_forgotten
from insights.ingest.run import end_dead_imports, run_import, stalled_imports
from insights.ingest.undo import claim_lost_undos, undo_import
from insights.models import ImportStatus, LogImport
from insights.partitions import make_partitions as make_partitions_between
from insights.retention import AHEAD, keep_partitions
from insights.retention import apply_retention as apply_retention_to
from insights.rollups.nightly import check_closed_days
from project.celery import app
from tenants.models import Tenant
from tenants.scope import tenant_scope
from tenants.tasks import send_webhooks

log = structlog.get_logger(__name__)


@app.task
def import_log(*, tenant_id: str, import_id: str) -> None:
    """Read an uploaded log; goes on where a killed worker left off."""
    run_import(tenant_id=UUID(tenant_id), import_id=UUID(import_id), clock=timezone.now)
    send_webhooks.delay_on_commit()


@app.task
def undo_log_import(*, tenant_id: str, import_id: str) -> None:
    """Undo an import, once: done again after a crash it finds the import undone."""
    with tenant_scope([UUID(tenant_id)]):
        log_import = LogImport.objects.get(pk=import_id)
        if log_import.status != ImportStatus.UNDONE:
            undo_import(log_import, now=timezone.now())


@app.task
def resume_imports() -> None:
    """Queue again the imports that wait or whose worker fell silent, and the undos that were lost.

    PostgreSQL knows them, Redis may not. Imports by command whose process died are ended.
    """
    now = timezone.now()
    for tenant_id in Tenant.objects.values_list("pk", flat=True):
        with tenant_scope([tenant_id]):
            end_dead_imports(now=now)
            for import_id in stalled_imports(now=now):
                import_log.delay_on_commit(tenant_id=str(tenant_id), import_id=str(import_id))
            for import_id in claim_lost_undos(now=now):
                undo_log_import.delay_on_commit(tenant_id=str(tenant_id), import_id=str(import_id))


@app.task
def aggregate_closed_days() -> None:
    """Count the closed days of every tenant again from raw rows, compare, repair and report."""
    for tenant in Tenant.objects.all():
        with tenant_scope([tenant.pk]):
            check_closed_days(tenant, now=timezone.now())


@app.task
def apply_retention() -> None:
    """Delete what tenants no longer keep, and files that nobody explained; then drop and make partitions."""
    now = timezone.now()
    for tenant in Tenant.objects.all():
        with tenant_scope([tenant.pk]):
            apply_retention_to(tenant, now=now)
            put_away_forgotten(now=now)
    keep_partitions(now=now)


@app.task
def make_partitions() -> None:
    """Make the partitions of the coming weeks; dropping is left to the nightly retention."""
    now = timezone.now()
    make_partitions_between(now, now + AHEAD)


@app.task
def watch_sources() -> None:
    """Notice the sources of every tenant that fell silent or send again, and tell webhooks."""
    now = timezone.now()
    for tenant in Tenant.objects.all():
        with tenant_scope([tenant.pk]):
            watch_sources_of(tenant, now=now)
    send_webhooks.delay_on_commit()


@app.task
def poll_due_graph() -> None:
    """Queue the connections to Microsoft 365 that are due, each by itself; seal secrets with the newest key."""
    now = timezone.now()
    for tenant_id in Tenant.objects.values_list("pk", flat=True):
        with tenant_scope([tenant_id]):
            seal_all_anew()
            for connection_id in due_connections(now=now):
                poll_graph.delay_on_commit(tenant_id=str(tenant_id), connection_id=str(connection_id))


@app.task
def poll_graph(*, tenant_id: str, connection_id: str) -> None:
    """Ask one directory for its new sign-ins; does nothing while another worker is at it."""
    poll(tenant_id=UUID(tenant_id), connection_id=UUID(connection_id), clock=timezone.now)
