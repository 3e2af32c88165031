"""A provider's API keys, for all or some of its tenants: for its owners who see every tenant."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tenants.access import provider_view
from tenants.models import Provider
from tenants.roles import Capability
from tenants.web.keys import Place, end_key, list_keys, new_key, show_key


@require_safe
@provider_view(Capability.MANAGE_KEYS)
def show_all(request: HttpRequest, provider: Provider) -> HttpResponse:
    """Show the provider's keys."""
    return list_keys(request, Place(provider=provider))


@require_http_methods(["GET", "HEAD", "POST"])
@provider_view(Capability.MANAGE_KEYS)
def new(request: HttpRequest, provider: Provider) -> HttpResponse:
    """Make a key of the provider."""
    return new_key(request, Place(provider=provider))


@require_safe
@provider_view(Capability.MANAGE_KEYS)
def show(request: HttpRequest, provider: Provider, key_id: UUID) -> HttpResponse:
    """Show one key of the provider."""
    return show_key(request, Place(provider=provider), key_id)


@require_POST
@provider_view(Capability.MANAGE_KEYS)
def revoke(request: HttpRequest, provider: Provider, key_id: UUID) -> HttpResponse:
    """End one key of the provider."""
    return end_key(request, Place(provider=provider), key_id)
