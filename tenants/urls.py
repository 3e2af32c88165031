"""Addresses of the pages about a tenant itself, and about a provider."""

from django.urls import URLPattern, path

from tenants.web import provider_keys, tenant_keys
from tenants.web.webhook_urls import webhook_urlpatterns

app_name = "tenants"

urlpatterns: list[URLPattern] = [
    path("t/<slug:slug>/settings/keys/", tenant_keys.show_all, name="keys"),
    path("t/<slug:slug>/settings/keys/new/", tenant_keys.new, name="key_new"),
    path("t/<slug:slug>/settings/keys/<uuid:key_id>/", tenant_keys.show, name="key"),
    path("t/<slug:slug>/settings/keys/<uuid:key_id>/revoke/", tenant_keys.revoke, name="key_revoke"),
    path("providers/<slug:provider>/keys/", provider_keys.show_all, name="provider_keys"),
    path("providers/<slug:provider>/keys/new/", provider_keys.new, name="provider_key_new"),
    path("providers/<slug:provider>/keys/<uuid:key_id>/", provider_keys.show, name="provider_key"),
    path(
        "providers/<slug:provider>/keys/<uuid:key_id>/revoke/",
        provider_keys.revoke,
        name="provider_key_revoke",
    ),
    *webhook_urlpatterns,
]
