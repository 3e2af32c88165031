"""Addresses of the API about tenants, their domains and keys, and of its own description."""

from django.urls import URLPattern, path

from tenants.api import docs, keys, tenants
from tenants.api.webhook_urls import webhook_urlpatterns

app_name = "tenants-api"

urlpatterns: list[URLPattern] = [
    path("schema/", docs.Description.as_view(), name="schema"),
    path("docs/", docs.workbench, name="docs"),
    path("reference/", docs.reference, name="reference"),
    path("keys/", keys.KeyList.as_view(), name="keys"),
    path("keys/<uuid:id>/", keys.KeyDetail.as_view(), name="key"),
    path("keys/<uuid:id>/revoke/", keys.KeyRevocation.as_view(), name="key-revoke"),
    path("tenants/", tenants.TenantList.as_view(), name="tenants"),
    *webhook_urlpatterns,
]
