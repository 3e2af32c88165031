"""The background work of reports. A message carries ids alone; the work itself stands in PostgreSQL."""

from __future__ import annotations

from uuid import UUID

from django.utils import timezone

from project.celery import app
from reports.deliver import deliver
from reports.deliver.sweep import due_requests, remove_expired
from tenants.tasks import send_webhooks


@app.task(name="reports.tasks.deliver_report")
def deliver_report(*, tenant_id: str, request_id: str) -> None:
    """Build and send one requested report, as far as it is due."""
    deliver(tenant_id=UUID(tenant_id), request_id=UUID(request_id), now=timezone.now())
    send_webhooks.delay_on_commit()


@app.task(name="reports.tasks.resume_report_requests")
def resume_report_requests() -> None:
    """Queue every request that is due and that nobody works on: retries, lost messages, crashed runs."""
    for tenant_id, request_id in due_requests(now=timezone.now()):
        deliver_report.delay(tenant_id=str(tenant_id), request_id=str(request_id))


@app.task(name="reports.tasks.remove_expired_reports")
def remove_expired_reports() -> None:
    """Delete the files of reports whose time is over, and those that no request knows."""
    remove_expired(now=timezone.now())
