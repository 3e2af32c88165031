"""Ask the queries everything that a report says: from a request to its content."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import urlencode

from django.conf import settings
from django.urls import reverse

from insights.enums import LEGACY, TlsVersion
from insights.filters import NO_DOMAIN, View
from insights.queries import (
    Selection,
    Summary,
    authentication,
    authentication_by_day,
    clients,
    failures,
    senders,
    sending_volume,
    shown_names,
    summary,
    tls_by_day,
    tls_usage,
)
from insights.queries.authentication import AUTH_ORDER
from insights.queries.source_days import evidence_of
from insights.queries.tls import TLS_ORDER
from insights.templatetags.addresses import visible
from reports.content import (
    AuthLine,
    ClientLine,
    DayLine,
    FailureLine,
    ReportContent,
    SenderLine,
    TlsLine,
    Totals,
)
from reports.models import ReportRequest
from tenants.models import Tenant

TOP = 10
TOP_FAILURES = 5
_TO_FIX = sorted({*LEGACY, TlsVersion.NONE})


def content_of(request: ReportRequest, *, tenant: Tenant, now: datetime) -> ReportContent:
    """Return what the report says; runs within the tenant's scope. Nineteen queries at most, for any
    amount.
    """
    selection = Selection(days=request.days, sender_domain=request.sender_domain)
    by_day, classes = _by_day(selection, request.view)
    totals = _totals(selection, summary(selection))
    top_senders = list(senders(selection)[:TOP])
    old = clients(selection).filter(tls_version__in=_TO_FIX)
    old_clients = list(old[:TOP])
    # Refused logins carry no sender, so that they say nothing about one domain.
    refused = list(failures(selection)[:TOP_FAILURES]) if request.sender_domain is None else []
    names = [*(row["sender_address"] for row in top_senders), *(row["account"] for row in old_clients)]
    shown = {name: visible(name_shown) for name, name_shown in shown_names(names).items()}
    return ReportContent(
        tenant_name=tenant.name,
        name=request.name,
        note=request.note,
        requested_by=request.asked_by,
        view=request.view,
        days=request.days,
        time_zone=tenant.time_zone,
        sender_domain=request.sender_domain,
        made_at=now,
        view_url=_view_url(request, tenant),
        request_url=settings.SITE_URL
        + reverse("reports:request", kwargs={"slug": tenant.slug, "request_id": request.pk}),
        totals=totals,
        by_day=by_day,
        chart_classes=classes,
        tls=tuple(TlsLine(row.tls_version, row.messages, row.percent) for row in tls_usage(selection)),
        auth=tuple(
            AuthLine(row.auth_class, row.mechanism, row.messages, row.percent)
            for row in authentication(selection)
        ),
        top_senders=tuple(
            SenderLine(
                sender_address=shown[row["sender_address"]],
                accounts=row["accounts"],
                messages=row["messages"],
                old_tls=row["tls_ssl3"] + row["tls_1_0"] + row["tls_1_1"],
                without_tls=row["tls_none"],
                basic=row["basic"],
            )
            for row in top_senders
        ),
        old_clients=tuple(
            ClientLine(
                account=shown[row["account"]],
                client_ip=row["client_ip"],
                tls_version=TlsVersion(row["tls_version"]),
                mechanism=row["mechanism"],
                messages=row["messages"],
            )
            for row in old_clients
        ),
        old_clients_count=old.count() if len(old_clients) == TOP else len(old_clients),
        top_failures=tuple(
            FailureLine(visible(row["account"]), row["client_ip"], row["reason"], row["failures"])
            for row in refused
        ),
        not_whole=evidence_of(tenant, request.days, now=now),
    )


def _by_day(selection: Selection, view: str) -> tuple[tuple[DayLine, ...], tuple[str, ...]]:
    """Return the days with their messages by the classes that the chart stacks, and these classes. Two
    queries.
    """
    if view == View.AUTH:
        classes: tuple[str, ...] = AUTH_ORDER
        parts = {day: tuple(found.values()) for day, found in authentication_by_day(selection).items()}
    else:
        classes = TLS_ORDER
        parts = {day: tuple(found.values()) for day, found in tls_by_day(selection).items()}
    lines = tuple(
        DayLine(row.day, row.messages, row.recipients, row.accounts, parts[row.day])
        for row in sending_volume(selection)
    )
    return lines, classes


def _totals(selection: Selection, found: Summary) -> Totals:
    return Totals(
        accounts=found.accounts.now,
        clients=found.clients.now,
        senders=senders(selection).count(),
        messages=found.messages.now,
        messages_before=found.messages.before,
        recipients=found.recipients.now,
        accounts_on_old_tls=found.accounts_on_legacy_tls.now,
        accounts_without_tls=found.accounts_without_tls.now,
        accounts_on_basic=found.accounts_on_basic.now,
        on_old_tls=found.messages_on_legacy_tls.now,
        without_tls=found.messages_without_tls.now,
        tls_unknown=found.messages_tls_unknown.now,
        on_basic=found.messages_on_basic.now,
        failures=found.failures.now,
        failures_wrong_credentials=found.failures_wrong_credentials.now,
    )


def _view_url(request: ReportRequest, tenant: Tenant) -> str:
    """Return the absolute address of the screen that shows the same days and senders."""
    asked = {
        "view": request.view,
        "domain": NO_DOMAIN if request.sender_domain == "" else request.sender_domain or "",
        "range": "custom",
        "start": request.start_on.isoformat(),
        "end": request.end_on.isoformat(),
    }
    query = urlencode({name: value for name, value in asked.items() if value})
    return f"{settings.SITE_URL}{reverse('reports:smtp_auth', kwargs={'slug': tenant.slug})}?{query}"
