"""Ask for one report as a person would, so that the demo's outbox has a mail to read."""

from __future__ import annotations

from datetime import datetime

from insights.queries import today_of
from project.periods import DayRange
from reports.management.demo.people import FIRST
from reports.models import ReportRequest
from reports.request.ask import RecipientsRefused, ask_for_report
from reports.tasks import deliver_report
from tenants.models import Tenant, User
from tenants.scope import tenant_scope


def ask_once(slug: str, *, now: datetime) -> bool:
    """Request the tenant's last 7 days unless it has a request already; tell whether it was done."""
    tenant = Tenant.objects.get(slug=slug)
    with tenant_scope([tenant.pk]):
        if ReportRequest.objects.exists():
            return False
        try:
            request = ask_for_report(
                tenant=tenant,
                asked_by=User.objects.get(email=FIRST.email),
                name=f"SMTP Auth clients of {tenant.name}",
                view="volume",
                days=DayRange.last_days(7, today=today_of(tenant, now=now)),
                sender_domain=None,
                addresses=[FIRST.email],
                note="The demo asked for this report when it was started for the first time.",
                now=now,
            )
        except RecipientsRefused:
            # Somebody has changed memberships or settings: the demo is theirs.
            return False
        deliver_report.delay_on_commit(tenant_id=str(tenant.pk), request_id=str(request.pk))
    return True
