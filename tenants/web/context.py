"""What the frame of every page needs: the tenant in view, the tenants to switch to."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from tenants.access import capabilities_of, providers_with, tenants_of
from tenants.roles import Capability

SWITCHER_LIMIT = 200


def navigation(request: HttpRequest) -> dict[str, Any]:
    """Return the context of `base.html`. One query for the switcher, only when it is rendered."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {"current_tenant": None, "switchable_tenants": [], "owned_providers": [], "show_outbox": False}
    tenant = getattr(request, "tenant", None)
    return {
        "current_tenant": tenant,
        "switchable_tenants": SimpleLazyObject(lambda: list(tenants_of(user)[:SWITCHER_LIMIT])),
        "owned_providers": SimpleLazyObject(lambda: list(providers_with(user, Capability.MANAGE_KEYS))),
        "granted": SimpleLazyObject(lambda: capabilities_of(user, tenant) if tenant else frozenset()),
        "show_outbox": settings.SHOW_OUTBOX,
    }
