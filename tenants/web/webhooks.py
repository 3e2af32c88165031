"""The pages of webhooks, alike for a tenant's and a provider's: the list, the form, one webhook, its one secret."""

from __future__ import annotations

import hashlib
from typing import Any, NamedTuple
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from tenants.models import DeliveryState, EventType, User, Webhook
from tenants.tasks import send_webhooks
from tenants.web.keys import Place
from tenants.web.webhook_form import WebhookForm
from tenants.webhooks.log import told
from tenants.webhooks.manage import change_webhook, make_webhook, ping
from tenants.webhooks.secrets import rotate_secret

DELIVERIES_A_PAGE = 25
Light = tuple[str, str | Promise]


class Row(NamedTuple):
    """A webhook as the list shows it."""

    webhook: Webhook
    url: str
    light: str
    word: str | Promise
    events: list[str]


def webhooks_of(place: Place) -> QuerySet[Webhook]:
    """Return the webhooks of the place itself, by name."""
    at = {"tenant": place.tenant} if place.tenant else {"provider": place.provider}
    return Webhook.objects.filter(**at).select_related("created_by").order_by("name", "id")


def light_of(webhook: Webhook) -> Light:
    """Return the colour and the word of how a webhook fares."""
    if not webhook.is_on:
        return ("state-bad", _lazy("switched off")) if webhook.off_reason else ("", _lazy("off"))
    if webhook.failing_since is not None:
        return "state-warn", _lazy("fails")
    if webhook.delivered_at is None:
        return "", _lazy("nothing sent yet")
    return "state-good", _lazy("works")


def list_webhooks(request: HttpRequest, place: Place) -> HttpResponse:
    """Show the webhooks of a place. One query."""
    rows = [_row(webhook, place) for webhook in webhooks_of(place)]
    return page_of(
        request, "tenants/webhooks.html", place, {"rows": rows, "new_url": place.url("webhook_new")}
    )


def new_webhook(request: HttpRequest, place: Place) -> HttpResponse:
    """Show the form; make the webhook and show its secret, which is in this answer and nowhere else."""
    form = WebhookForm(
        request.POST if request.method == "POST" else None, is_new=True, initial={"events": EventType.values}
    )
    if form.is_bound and form.is_valid():
        earlier = webhooks_of(place).filter(pk=form.cleaned_data["webhook_id"]).first()
        if earlier is not None:
            messages.info(request, _("This webhook was made already. If its secret is lost, make a new one."))
            return redirect(place.url("webhook", webhook_id=earlier.pk))
        try:
            with transaction.atomic():
                webhook, secret = make_webhook(
                    **form.cleaned_data,
                    tenant=place.tenant,
                    provider=place.provider,
                    created_by=request.user if isinstance(request.user, User) else None,
                )
        except ValidationError as error:
            form.refuse(error)
        except IntegrityError:
            form.add_error(None, _("Open this form anew and fill it in again."))
        else:
            return _show_secret(request, place, webhook, secret)
    return page_of(request, "tenants/webhook_form.html", place, {"form": form, "webhook": None})


def edit_webhook(request: HttpRequest, place: Place, webhook_id: UUID) -> HttpResponse:
    """Change name, address or events."""
    webhook = get_object_or_404(webhooks_of(place), pk=webhook_id)
    kept = {"name": webhook.name, "url": webhook.url, "events": webhook.events}
    form = WebhookForm(request.POST if request.method == "POST" else None, is_new=False, initial=kept)
    url = place.url("webhook", webhook_id=webhook.pk)
    if form.is_bound and form.is_valid():
        try:
            change_webhook(webhook, **form.cleaned_data)
        except ValidationError as error:
            form.refuse(error)
        else:
            messages.success(request, _("“%(name)s” is saved.") % {"name": webhook.name})
            return redirect(url)
    shown = {"form": form, "webhook": kept, "webhook_url": url}
    return page_of(request, "tenants/webhook_form.html", place, shown)


def show_webhook(request: HttpRequest, place: Place, webhook_id: UUID) -> HttpResponse:
    """Show one webhook with what it was told; for htmx only the part that changes."""
    webhook = get_object_or_404(webhooks_of(place), pk=webhook_id)
    state = request.GET.get("state", "")
    deliveries = webhook.deliveries.select_related("webhook").order_by("-created_at", "-id")
    if state in DeliveryState.values:
        deliveries = deliveries.filter(state=state)
    page = Paginator(deliveries, DELIVERIES_A_PAGE).get_page(request.GET.get("page"))
    found = told(page.object_list)
    now = timezone.now()
    context = {
        "row": _row(webhook, place),
        "page": page,
        "rows": [
            (one, place.url("webhook_delivery", webhook_id=webhook.pk, delivery_id=one.delivery.pk))
            for one in found
        ],
        "states": DeliveryState.choices,
        "state": state if state in DeliveryState.values else "",
        "poll": any(_is_due(one.delivery.next_attempt_at, now) for one in found)
        and (webhook.is_on or _pings(found)),
        "rotates_at": _stamp(webhook),
        "is_rotating": webhook.old_until is not None and webhook.old_until > now,
        "urls": {
            name: place.url(f"webhook_{name}", webhook_id=webhook.pk)
            for name in ("edit", "test", "secret", "switch", "delete")
        },
    }
    is_part = request.headers.get("HX-Target") == "deliveries"
    template = "tenants/webhook_deliveries.html" if is_part else "tenants/webhook.html"
    return page_of(request, template, place, context, headers={"Vary": "HX-Target"})


def send_test(request: HttpRequest, place: Place, webhook_id: UUID) -> HttpResponse:
    """Send a ping and lead to where its answer appears."""
    webhook = get_object_or_404(webhooks_of(place), pk=webhook_id)
    sent = ping(webhook, now=timezone.now())
    send_webhooks.delay_on_commit()
    return redirect(place.url("webhook_delivery", webhook_id=webhook.pk, delivery_id=sent.pk))


def new_secret(request: HttpRequest, place: Place, webhook_id: UUID) -> HttpResponse:
    """Make another secret and show it, once a form: the same form again makes none."""
    webhook = get_object_or_404(webhooks_of(place), pk=webhook_id)
    if request.POST.get("rotates_at") != _stamp(webhook):
        messages.info(request, _("A new secret was made already. If it is lost, make another."))
        return redirect(place.url("webhook", webhook_id=webhook.pk))
    return _show_secret(request, place, webhook, rotate_secret(webhook, now=timezone.now()))


def switch_webhook(request: HttpRequest, place: Place, webhook_id: UUID) -> HttpResponse:
    """Switch a webhook on or off."""
    webhook = get_object_or_404(webhooks_of(place), pk=webhook_id)
    is_on = request.POST.get("is_on") == "yes"
    try:
        change_webhook(webhook, is_on=is_on)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        if is_on:
            send_webhooks.delay_on_commit()
        text = _("“%(name)s” is on.") if is_on else _("“%(name)s” is off.")
        messages.success(request, text % {"name": webhook.name})
    return redirect(place.url("webhook", webhook_id=webhook.pk))


def delete_webhook(request: HttpRequest, place: Place, webhook_id: UUID) -> HttpResponse:
    """Delete a webhook with its log."""
    webhook = get_object_or_404(webhooks_of(place), pk=webhook_id)
    webhook.delete()
    messages.success(request, _("“%(name)s” is deleted.") % {"name": webhook.name})
    return redirect(place.url("webhooks"))


def page_of(
    request: HttpRequest, template: str, place: Place, context: dict[str, Any], *, headers: Any = None
) -> HttpResponse:
    """Return a page of the place's webhooks."""
    frame: dict[str, Any] = {
        "nav_active": "settings" if place.tenant else "overview",
        "settings_tab": "webhooks",
        "place": place,
        "provider": place.provider,
        "list_url": place.url("webhooks"),
    }
    return TemplateResponse(request, template, {**frame, **context}, headers=headers)


def _show_secret(request: HttpRequest, place: Place, webhook: Webhook, secret: str) -> HttpResponse:
    context = {
        "webhook": webhook,
        "secret": secret,
        "webhook_url": place.url("webhook", webhook_id=webhook.pk),
        "test_url": place.url("webhook_test", webhook_id=webhook.pk),
    }
    return page_of(request, "tenants/webhook_secret.html", place, context)


def _row(webhook: Webhook, place: Place) -> Row:
    light, word = light_of(webhook)
    events = [str(EventType(event).label) for event in webhook.events if event in EventType.values]
    return Row(webhook, place.url("webhook", webhook_id=webhook.pk), light, word, events)


def _stamp(webhook: Webhook) -> str:
    """Return what tells this secret from the next without telling anything of it."""
    return hashlib.sha256(bytes(webhook.salt)).hexdigest()[:16]


def _is_due(at: Any, now: Any) -> bool:
    return at is not None and (at - now).total_seconds() < 60


def _pings(found: Any) -> bool:
    return any(one.delivery.is_ping and one.delivery.next_attempt_at for one in found)
