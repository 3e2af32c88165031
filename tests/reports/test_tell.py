"""Webhooks are told of every report that was sent or given up, in the transaction that ends it."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from pytest_django import Settings

from reports.deliver import MAX_ATTEMPTS, deliver
from reports.models import ReportRequest
from reports.request.change import cancel
from tenants.models import Tenant, WebhookEvent
from tenants.scope import tenant_scope
from tests.cast import Cast
from tests.reports.orders import NOW
from tests.reports.smtp_sink import Sink
from tests.tenants.webhooks.stage import hook

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("acme_mail")]
Order = Callable[..., ReportRequest]


@pytest.fixture(autouse=True)
def _listening(cast: Cast) -> None:
    hook(cast.north, "https://example.com/", events=["report.sent", "report.failed"])


def told(tenant: Tenant) -> list[Any]:
    with tenant_scope([tenant.pk]):
        return [json.loads(event.body) for event in WebhookEvent.objects.order_by("pk")]


def run(request: ReportRequest, *, hours: float = 0) -> None:
    deliver(tenant_id=request.tenant_id, request_id=request.pk, now=NOW + timedelta(hours=hours))


def test_sent_report_is_told_once_without_addresses(cast: Cast, make_order: Order, sink: Sink) -> None:
    request = make_order(addresses=[cast.alice.email, cast.bob.email])
    run(request)
    run(request, hours=1)
    (message,) = told(cast.acme)
    assert message == {
        "type": "report.sent",
        "timestamp": "2026-11-17T09:00:00Z",
        "data": {
            "tenant": "acme",
            "report_request": str(request.pk),
            "name": "Weekly",
            "start": "2026-11-10",
            "end": "2026-11-16",
            "sender_domain": None,
            "status": "sent",
            "reason": "",
            "messages": 54,
            "recipients_sent": 2,
            "recipients_failed": 0,
            "url": f"http://localhost:8000/t/acme/requests/{request.pk}/",
        },
    }


def test_report_is_told_as_failed_when_it_is_given_up_and_not_before(
    cast: Cast, make_order: Order, sink: Sink, settings: Settings
) -> None:
    settings.EMAIL_PORT = 1
    request = make_order()
    for attempt in range(MAX_ATTEMPTS):
        assert told(cast.acme) == []
        run(request, hours=attempt * 5)
    (message,) = told(cast.acme)
    assert message["type"] == "report.failed"
    assert message["data"]["recipients_failed"] == 1
    assert "refused" in message["data"]["reason"]


def test_report_that_was_cancelled_is_not_told(cast: Cast, make_order: Order, sink: Sink) -> None:
    request = make_order()
    with tenant_scope([cast.acme.pk]):
        cancel(request, now=NOW)
    run(request)
    assert told(cast.acme) == []
