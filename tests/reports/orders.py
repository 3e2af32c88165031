"""A week of mail, and requests for a report about it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

from insights.enums import FailureReason, TlsVersion
from project.periods import DayRange
from reports.models import ReportRequest
from reports.request.ask import ask_for_report
from tenants.models import Tenant
from tenants.scope import tenant_scope
from tests.factories import fail_login, submit

NOW = datetime(2026, 11, 17, 9, 0, tzinfo=UTC)
WEEK = DayRange.inclusive(date(2026, 11, 10), date(2026, 11, 16))


def at(day: int, hour: int = 9) -> datetime:
    """Return an hour (UTC) of a day in November."""
    return datetime(2026, 11, day, hour, tzinfo=UTC)


def week_of_mail(tenant: Tenant) -> None:
    """Submit 54 messages of 5 accounts on six days of the week, and 7 outside it; 9 logins fail."""
    submit(tenant, at=at(10), account="Anna@Acme.Example", tls=TlsVersion.TLS1_3, count=12, recipients=2)
    submit(tenant, at=at(11), account="anna@acme.example", mechanism="XOAUTH2", count=8)
    submit(tenant, at=at(12), account="scan@acme.example", tls=TlsVersion.TLS1_0, mechanism="LOGIN", count=14)
    submit(tenant, at=at(13), account="scan@acme.example", tls=TlsVersion.TLS1_1, mechanism="LOGIN", count=3)
    submit(tenant, at=at(14), account="fax", sender="fax@branch.example", tls=TlsVersion.NONE, count=5)
    submit(
        tenant, at=at(16), account="bea@acme.example", tls=TlsVersion.UNKNOWN, mechanism="unknown", count=2
    )
    submit(tenant, at=at(16), account="crm@acme.example", client_ip="2001:db8::7", count=10, recipients=3)
    submit(tenant, at=at(9), account="before@acme.example", count=4)
    submit(tenant, at=at(16, 23), account="after@acme.example", count=3)
    fail_login(tenant, at=at(15), count=6)
    fail_login(tenant, at=at(15), account="", client_ip="198.51.100.4", reason=FailureReason.POLICY, count=3)


def order(*, tenant: Tenant, **changes: Any) -> ReportRequest:
    """Ask for the report about the week; `changes` are arguments of `ask_for_report`."""
    answers: dict[str, Any] = {
        "tenant": tenant,
        "name": "Weekly",
        "view": "volume",
        "days": WEEK,
        "sender_domain": None,
        "note": "",
        "now": NOW - timedelta(minutes=1),
    }
    with tenant_scope([tenant.pk]):
        return ask_for_report(**{**answers, **changes})


def again(request: ReportRequest) -> ReportRequest:
    """Return the request as it stands in the database now, with its recipients."""
    with tenant_scope([request.tenant_id]):
        return ReportRequest.objects.prefetch_related("recipients").get(pk=request.pk)
