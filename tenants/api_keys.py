"""Make, find and revoke API keys. The secret is shown once; what is kept cannot be turned back into it.

A key reads `sai_` + 8 characters that name it + `_` + 43 of secret (256 bits) + `_` + 8 of checksum, so that scanners
for leaked secrets recognise one, and a mistyped one is told from a wrong one without asking the database.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
import string
import zlib
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from tenants.models import ApiKey, Provider, Tenant, User
from tenants.roles import Scope

_FORM = re.compile(r"sai_([A-Za-z0-9]{8})_([A-Za-z0-9_-]{43})_([0-9a-f]{8})")
_LETTERS = string.ascii_letters + string.digits
_USE_NOTED_EVERY = timedelta(minutes=1)


def make_key(
    *,
    name: str,
    scopes: Sequence[Scope | str],
    provider: Provider | None = None,
    tenant: Tenant | None = None,
    tenants: Sequence[Tenant] | None = None,
    networks: Sequence[str] = (),
    expires_at: datetime | None = None,
    created_by: User | None = None,
    made_with: ApiKey | None = None,
    key_id: UUID | None = None,
) -> tuple[ApiKey, str]:
    """Save a key of a tenant, or of a provider for `tenants` (None: all of them), and return it with its text.

    The text is not kept anywhere. `key_id` is the id that it shall have, so that a form sent twice makes one. Raises
    ValidationError when something is missing or does not fit together.
    """
    if not scopes:
        raise ValidationError({"scopes": _("A key needs at least one scope.")})
    if tenants is not None and not tenants:
        raise ValidationError({"tenants": _("Name at least one tenant.")})
    strangers = [each for each in tenants or () if each.provider_id != (provider.pk if provider else None)]
    if strangers:
        raise ValidationError({"tenants": _("Only tenants of the provider can be named.")})
    prefix = "".join(secrets.choice(_LETTERS) for _number in range(8))
    secret = secrets.token_urlsafe(32)
    pepper = next(iter(settings.API_KEY_PEPPERS))
    key = ApiKey(
        name=name,
        prefix=prefix,
        digest=_digest(secret, pepper),
        pepper=pepper,
        provider=provider,
        tenant=tenant,
        all_tenants=provider is not None and tenants is None,
        scopes=sorted({str(scope) for scope in scopes}),
        networks=list(networks),
        expires_at=expires_at,
        created_by=created_by,
        made_with=made_with,
    )
    if key_id is not None:
        key.pk = key_id
    key.full_clean()
    key.save()
    if tenants is not None:
        key.tenants.set(tenants)
    body = f"sai_{prefix}_{secret}"
    return key, f"{body}_{_checksum(body)}"


def make_key_once(*, key_id: UUID, **wish: Any) -> tuple[ApiKey, str] | None:
    """Make the key `key_id` as `make_key` does; None where it was made before, so that a form sent twice makes one."""
    try:
        with transaction.atomic():
            if not ApiKey.objects.filter(pk=key_id).exists():
                return make_key(key_id=key_id, **wish)
    except IntegrityError:
        # The same at the same moment; anything else that the database refuses is an error.
        if not ApiKey.objects.filter(pk=key_id).exists():
            raise
    return None


def find_key(text: str, *, now: datetime) -> ApiKey | None:
    """Return the key with this text if it may be used at `now`, else None. At most one query."""
    prefix = prefix_of(text)
    if prefix is None:
        return None
    key = ApiKey.objects.select_related("tenant", "provider").filter(prefix=prefix).first()
    # Somebody who tries names learns nothing from the time it takes: an unknown one is compared as well.
    return key if may_use(key, text, now=now) else None


def prefix_of(text: str) -> str | None:
    """Return what names the key of this text, or None for what is no key's text. No query."""
    found = _FORM.fullmatch(text)
    return None if found is None or _checksum(text.rpartition("_")[0]) != found[3] else found[1]


def may_use(key: ApiKey | None, text: str, *, now: datetime) -> bool:
    """Tell whether `text`, which is well formed, is this key's and the key may be used at `now`. No query."""
    pepper, kept = (
        (key.pepper, bytes(key.digest)) if key else (next(iter(settings.API_KEY_PEPPERS)), bytes(32))
    )
    if pepper not in settings.API_KEY_PEPPERS:
        return False
    secret = text[len("sai_") + 8 + 1 : -(1 + 8)]
    is_right = hmac.compare_digest(_digest(secret, pepper), kept)
    if key is None or not is_right or key.revoked_at is not None:
        return False
    return key.expires_at is None or key.expires_at > now


def note_use(key: ApiKey, *, address: str | None, now: datetime) -> None:
    """Keep when and from where a key was used last, at most once a minute. At most one statement."""
    if key.last_used_at is not None and now - key.last_used_at < _USE_NOTED_EVERY:
        return
    ApiKey.objects.filter(pk=key.pk).update(last_used_at=now, last_used_from=address)


def revoke_key(key: ApiKey, *, now: datetime, with_made: bool = False) -> None:
    """End a key from the next request on, and `with_made` those that work and were made with it.

    One that was revoked before keeps its time.
    """
    ended = {key.pk} | ({one.pk for one in keys_made_with(key, now=now)} if with_made else set())
    ApiKey.objects.filter(pk__in=ended, revoked_at__isnull=True).update(revoked_at=now)


def keys_made_with(key: ApiKey, *, now: datetime) -> list[ApiKey]:
    """Return the keys that work and were made with `key`, or with one that was, by name. A query a generation."""
    made, newest = set[UUID](), {key.pk}
    while newest:
        newest = set(ApiKey.objects.filter(made_with__in=newest).values_list("pk", flat=True)) - made
        made |= newest
    alive = ApiKey.objects.filter(pk__in=made, revoked_at__isnull=True).exclude(expires_at__lte=now)
    return list(alive.order_by("name", "prefix"))


def _digest(secret: str, pepper: str) -> bytes:
    return hmac.new(settings.API_KEY_PEPPERS[pepper].encode(), secret.encode(), hashlib.sha256).digest()


def _checksum(body: str) -> str:
    return f"{zlib.crc32(body.encode()):08x}"
