"""A tenant's API keys: for its owners."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tenants.access import tenant_view
from tenants.models import Tenant
from tenants.roles import Capability
from tenants.web.keys import Place, end_key, list_keys, new_key, show_key


@require_safe
@tenant_view(Capability.MANAGE_KEYS)
def show_all(request: HttpRequest, tenant: Tenant) -> HttpResponse:
    """Show the tenant's keys."""
    return list_keys(request, Place(tenant=tenant))


@require_http_methods(["GET", "HEAD", "POST"])
@tenant_view(Capability.MANAGE_KEYS)
def new(request: HttpRequest, tenant: Tenant) -> HttpResponse:
    """Make a key of the tenant."""
    return new_key(request, Place(tenant=tenant))


@require_safe
@tenant_view(Capability.MANAGE_KEYS)
def show(request: HttpRequest, tenant: Tenant, key_id: UUID) -> HttpResponse:
    """Show one key of the tenant."""
    return show_key(request, Place(tenant=tenant), key_id)


@require_POST
@tenant_view(Capability.MANAGE_KEYS)
def revoke(request: HttpRequest, tenant: Tenant, key_id: UUID) -> HttpResponse:
    """End one key of the tenant."""
    return end_key(request, Place(tenant=tenant), key_id)
