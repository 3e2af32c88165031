"""One message to a webhook: what was sent, what was answered at each attempt, and once more."""

from __future__ import annotations

import json
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from tenants.models import DeliveryState, WebhookDelivery
from tenants.tasks import send_webhooks
from tenants.web.keys import Place
from tenants.web.webhooks import page_of, webhooks_of
from tenants.webhooks.log import told
from tenants.webhooks.manage import send_again
from tenants.webhooks.send import USER_AGENT


def show_delivery(request: HttpRequest, place: Place, webhook_id: UUID, delivery_id: UUID) -> HttpResponse:
    """Show one delivery with every attempt; for htmx only the part that changes."""
    delivery = _delivery(place, webhook_id, delivery_id)
    (found,) = told([delivery])
    waits = delivery.state == DeliveryState.WAITING and (delivery.webhook.is_on or delivery.is_ping)
    tries = [{**one, "at": parse_datetime(one["at"])} for one in reversed(delivery.tries)]
    context = {
        "told": found,
        "tries": tries,
        "body": json.dumps(json.loads(found.body), indent=2, ensure_ascii=False) if found.body else "",
        "user_agent": USER_AGENT,
        "poll": "2s" if waits and not tries else "10s" if waits else "",
        "webhook_url": place.url("webhook", webhook_id=delivery.webhook_id),
        "live_url": place.url("webhook_delivery", webhook_id=webhook_id, delivery_id=delivery_id),
        "again_url": place.url("webhook_again", webhook_id=webhook_id, delivery_id=delivery_id),
        "test_url": place.url("webhook_test", webhook_id=webhook_id),
    }
    is_part = request.headers.get("HX-Target") == "delivery-state"
    template = "tenants/webhook_delivery_state.html" if is_part else "tenants/webhook_delivery.html"
    return page_of(request, template, place, context, headers={"Vary": "HX-Target"})


def deliver_again(request: HttpRequest, place: Place, webhook_id: UUID, delivery_id: UUID) -> HttpResponse:
    """Send a message once more."""
    delivery = _delivery(place, webhook_id, delivery_id)
    if send_again(delivery, now=timezone.now()):
        send_webhooks.delay_on_commit()
    else:
        messages.info(request, _("It waits already."))
    return redirect(place.url("webhook_delivery", webhook_id=webhook_id, delivery_id=delivery_id))


def _delivery(place: Place, webhook_id: UUID, delivery_id: UUID) -> WebhookDelivery:
    webhook = get_object_or_404(webhooks_of(place), pk=webhook_id)
    return get_object_or_404(webhook.deliveries.select_related("webhook"), pk=delivery_id)
