"""Addresses of the pages of webhooks: for the owners of a tenant, and those of a provider who see every tenant."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.urls import URLPattern, path
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tenants.access import provider_view, tenant_view
from tenants.models import Provider, Tenant
from tenants.roles import Capability
from tenants.web.keys import Place
from tenants.web.webhook_deliveries import deliver_again, show_delivery
from tenants.web.webhooks import (
    delete_webhook,
    edit_webhook,
    list_webhooks,
    new_secret,
    new_webhook,
    send_test,
    show_webhook,
    switch_webhook,
)

Page = Callable[..., HttpResponse]
View = Callable[..., HttpResponseBase]

_form = require_http_methods(["GET", "HEAD", "POST"])
_ONE = "<uuid:webhook_id>/"
_TOLD = f"{_ONE}deliveries/<uuid:delivery_id>/"
_PAGES: tuple[tuple[str, str, Page, Callable[[View], View]], ...] = (
    ("", "webhooks", list_webhooks, require_safe),
    ("new/", "webhook_new", new_webhook, _form),
    (_ONE, "webhook", show_webhook, require_safe),
    (f"{_ONE}edit/", "webhook_edit", edit_webhook, _form),
    (f"{_ONE}test/", "webhook_test", send_test, require_POST),
    (f"{_ONE}secret/", "webhook_secret", new_secret, require_POST),
    (f"{_ONE}switch/", "webhook_switch", switch_webhook, require_POST),
    (f"{_ONE}delete/", "webhook_delete", delete_webhook, require_POST),
    (_TOLD, "webhook_delivery", show_delivery, require_safe),
    (f"{_TOLD}again/", "webhook_again", deliver_again, require_POST),
)


def _at_tenant(page: Page) -> View:
    @tenant_view(Capability.MANAGE_WEBHOOKS)
    def view(request: HttpRequest, tenant: Tenant, /, **kwargs: Any) -> HttpResponse:
        return page(request, Place(tenant=tenant), **kwargs)

    return view


def _at_provider(page: Page) -> View:
    @provider_view(Capability.MANAGE_WEBHOOKS)
    def view(request: HttpRequest, provider: Provider, /, **kwargs: Any) -> HttpResponse:
        return page(request, Place(provider=provider), **kwargs)

    return view


webhook_urlpatterns: list[URLPattern] = [
    *(
        path(f"t/<slug:slug>/settings/webhooks/{rest}", methods(_at_tenant(page)), name=name)
        for rest, name, page, methods in _PAGES
    ),
    *(
        path(
            f"providers/<slug:provider>/webhooks/{rest}", methods(_at_provider(page)), name=f"provider_{name}"
        )
        for rest, name, page, methods in _PAGES
    ),
]
