"""The signing secrets of webhooks: derived, not kept, so that a copy of the database signs nothing.

A secret is HMAC-SHA256 of the webhook's id and salt under a pepper of `settings.API_KEY_PEPPERS`, which is not in the
database. It is shown when it is made and could be shown again by nobody but the operator's own code.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from contextlib import suppress
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from standardwebhooks import Webhook as Signer

from tenants.models import Webhook

OLD_VALID_FOR = timedelta(hours=24)
"""After a rotation, messages are signed with both secrets for this long."""


class SecretGone(Exception):
    """The pepper under which the secret was made is not in the settings any more."""


def new_secret(webhook: Webhook) -> str:
    """Give the webhook a fresh salt and return its secret, `whsec_…`. Saving is up to the caller."""
    webhook.salt = secrets.token_bytes(32)
    webhook.pepper = next(iter(settings.API_KEY_PEPPERS))
    return secret_of(webhook.pk, webhook.salt, webhook.pepper)


def rotate_secret(webhook: Webhook, *, now: datetime) -> str:
    """Give the webhook another secret, save and return it; the one before stays valid for `OLD_VALID_FOR`."""
    webhook.old_salt, webhook.old_pepper, webhook.old_until = (
        webhook.salt,
        webhook.pepper,
        now + OLD_VALID_FOR,
    )
    secret = new_secret(webhook)
    webhook.save(update_fields=["salt", "pepper", "old_salt", "old_pepper", "old_until"])
    return secret


def secret_of(webhook_id: UUID, salt: bytes, pepper: str) -> str:
    """Derive a secret as Standard Webhooks writes it: `whsec_` and base64 of 32 bytes; raise SecretGone."""
    key = settings.API_KEY_PEPPERS.get(pepper)
    if key is None:
        raise SecretGone
    derived = hmac.new(key.encode(), b"webhook secret " + webhook_id.bytes + bytes(salt), hashlib.sha256)
    return f"whsec_{base64.b64encode(derived.digest()).decode()}"


def sign(webhook: Webhook, message_id: str, body: str, *, now: datetime) -> str:
    """Return the header `webhook-signature` for a message that is sent at `now`; raise SecretGone.

    It has two signatures while an old secret is valid and its pepper is there, the new one first.
    """
    valid = [secret_of(webhook.pk, bytes(webhook.salt), webhook.pepper)]
    if webhook.old_salt is not None and webhook.old_until is not None and now < webhook.old_until:
        with suppress(SecretGone):
            valid.append(secret_of(webhook.pk, bytes(webhook.old_salt), webhook.old_pepper))
    return " ".join(Signer(secret).sign(message_id, now, body) for secret in valid)
