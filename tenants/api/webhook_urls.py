"""Addresses of the API about webhooks, alike below a tenant and below a provider."""

from collections.abc import Sequence

from django.urls import URLPattern, path

from tenants.api.webhook_places import WebhookView
from tenants.api.webhooks import OF_PROVIDER, OF_TENANT

_PAGES = (
    ("", "webhooks"),
    ("<uuid:id>/", "webhook"),
    ("<uuid:id>/secret/", "webhook-secret"),
    ("<uuid:id>/test/", "webhook-test"),
    ("<uuid:id>/deliveries/", "webhook-deliveries"),
    ("<uuid:id>/deliveries/<uuid:delivery>/", "webhook-delivery"),
    ("<uuid:id>/deliveries/<uuid:delivery>/resend/", "webhook-resend"),
)


def _below(start: str, prefix: str, views: Sequence[type[WebhookView]]) -> list[URLPattern]:
    return [
        path(f"{start}webhooks/{rest}", view.as_view(), name=f"{prefix}{name}")
        for (rest, name), view in zip(_PAGES, views, strict=True)
    ]


webhook_urlpatterns: list[URLPattern] = [
    *_below("tenants/<slug:tenant>/", "", OF_TENANT),
    *_below("providers/<slug:provider>/", "provider-", OF_PROVIDER),
]
