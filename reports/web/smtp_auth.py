"""The SMTP AUTH clients report: sending volume, TLS usage and authentication as charts."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from insights.charts import Remarks, auth_chart, tls_chart, volume_chart
from insights.enums import LEGACY, AuthClass, TlsVersion
from insights.filters import View, ViewState, read_state
from insights.marks import auth_segments, tls_segments
from insights.queries import (
    account_count,
    authentication,
    authentication_by_day,
    sending_volume,
    tls_by_day,
    tls_usage,
)
from reports.web.emptiness import no_submissions
from reports.web.evidence import evidence_of_page
from reports.web.frame import domain_choices, frame, leave_out_refused
from tenants.access import tenant_view
from tenants.models import Tenant
from tenants.roles import Capability

EXPORTS = {View.VOLUME: "sending-volume", View.TLS: "tls-usage", View.AUTH: "authentication"}


@require_safe
@tenant_view(Capability.VIEW)
def show(request: HttpRequest, tenant: Tenant) -> HttpResponse:
    """Show the report in the state that the query string asks for."""
    now = timezone.now()
    state = read_state(request.GET, tenant=tenant, now=now)
    leave_out_refused(request, state)
    state = replace(state, q="")  # a search belongs to the tables; a chart is of all senders
    told, remarks = evidence_of_page(tenant, state, now=now)
    data = _data(state, remarks)
    context = {
        **frame(tenant, state, nav="reports"),
        **told,
        "domains": domain_choices(state),
        "export_kind": EXPORTS[state.view],
        **data,
    }
    if data["message_count"]:
        context["accounts"] = account_count(state.selection())
    else:
        context["empty"] = no_submissions(state)
    return TemplateResponse(request, "reports/smtp_auth.html", context)


def _data(state: ViewState, remarks: Remarks) -> dict[str, Any]:
    if state.view == View.TLS:
        return _tls(state, remarks)
    return _auth(state, remarks) if state.view == View.AUTH else _volume(state, remarks)


def _volume(state: ViewState, remarks: Remarks) -> dict[str, Any]:
    days = sending_volume(state.selection())
    return {
        "message_count": sum(day.messages for day in days),
        "recipients": sum(day.recipients for day in days),
        "chart": volume_chart(days, remarks),
    }


def _tls(state: ViewState, remarks: Remarks) -> dict[str, Any]:
    usage = {share.tls_version: share.messages for share in tls_usage(state.selection())}
    return {
        "message_count": sum(usage.values()),
        "legacy": sum(usage[version] for version in LEGACY),
        "without_tls": usage[TlsVersion.NONE],
        "tls_unknown": usage[TlsVersion.UNKNOWN],
        "segments": tls_segments(usage),
        "chart": tls_chart(tls_by_day(state.selection()), remarks),
    }


def _auth(state: ViewState, remarks: Remarks) -> dict[str, Any]:
    rows = authentication(state.selection())
    by_class = {row.auth_class: 0 for row in rows}
    for row in rows:
        by_class[row.auth_class] += row.messages
    return {
        "message_count": sum(by_class.values()),
        "basic": by_class.get(AuthClass.BASIC, 0),
        "auth_unknown": by_class.get(AuthClass.UNKNOWN, 0),
        "segments": auth_segments(by_class),
        "mechanisms": rows,
        "chart": auth_chart(authentication_by_day(state.selection()), remarks),
    }
