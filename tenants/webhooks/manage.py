"""Make, change, test and end webhooks; say once more what did not arrive."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from uuid6 import uuid7

from tenants.models import DeliveryState, EventType, Provider, Tenant, User, Webhook, WebhookDelivery
from tenants.webhooks.addresses import check_url
from tenants.webhooks.secrets import new_secret

MOST = 20
"""How many webhooks a tenant or a provider may have."""


def make_webhook(
    *,
    name: str,
    url: str,
    events: Sequence[str],
    provider: Provider | None = None,
    tenant: Tenant | None = None,
    created_by: User | None = None,
    webhook_id: UUID | None = None,
) -> tuple[Webhook, str]:
    """Save a webhook of a tenant, or of a provider for all its tenants, and return it with its secret.

    The secret is not kept anywhere. `webhook_id` is its id, new by default; IntegrityError where that is taken. Raises
    ValidationError with the fields to blame.
    """
    webhook = Webhook(
        id=webhook_id or uuid7(),
        name=name,
        url=url,
        events=list(events),
        provider=provider,
        tenant=tenant,
        created_by=created_by,
    )
    secret = new_secret(webhook)
    _check(webhook)
    if Webhook.objects.filter(provider=provider, tenant=tenant).count() >= MOST:
        raise ValidationError(_("There are %(count)d webhooks already. Delete one first.") % {"count": MOST})
    webhook.save(force_insert=True)
    return webhook, secret


def change_webhook(
    webhook: Webhook,
    *,
    name: str | None = None,
    url: str | None = None,
    events: Sequence[str] | None = None,
    is_on: bool | None = None,
) -> None:
    """Save what is given and leave the rest as it is; raises ValidationError with the fields to blame.

    Switching on forgets earlier failures; what still waits is sent then.
    """
    changed: dict[str, Any] = {
        "name": name,
        "url": url,
        "events": None if events is None else list(events),
        "is_on": is_on,
    }
    given = {field: value for field, value in changed.items() if value is not None}
    for field, value in given.items():
        setattr(webhook, field, value)
    if is_on is not None:
        webhook.off_reason, webhook.failing_since = "", None
        given |= {"off_reason": "", "failing_since": None}
    _check(webhook)
    webhook.save(update_fields=list(given))


def ping(webhook: Webhook, *, now: datetime) -> WebhookDelivery:
    """Note that a test is to be sent, also to a webhook that is off; one that still waits is returned instead.

    A test is tried once.
    """
    waiting = webhook.deliveries.filter(event=None, state=DeliveryState.WAITING).first()
    return waiting or webhook.deliveries.create(created_at=now, next_attempt_at=now)


def send_again(delivery: WebhookDelivery, *, now: datetime) -> bool:
    """Let a delivery that is over wait for another round of attempts; False when it waits already.

    The message keeps its id, so that a receiver that had it knows it again.
    """
    over = WebhookDelivery.objects.filter(pk=delivery.pk).exclude(state=DeliveryState.WAITING)
    return bool(over.update(state=DeliveryState.WAITING, attempts=0, next_attempt_at=now, finished_at=None))


def _check(webhook: Webhook) -> None:
    webhook.name = " ".join(webhook.name.split())
    webhook.url = webhook.url.strip()
    known = EventType.values
    webhook.events = sorted(
        set(webhook.events), key=lambda event: known.index(event) if event in known else -1
    )
    problems: dict[str, list[str]] = {}
    try:
        webhook.clean_fields(exclude=["salt", "pepper"])
    except ValidationError as error:
        problems = error.message_dict
    if "url" not in problems:
        try:
            check_url(webhook.url)
        except ValidationError as error:
            problems["url"] = list(error.messages)
    if problems:
        raise ValidationError(problems)
