"""Addresses of the API about tenants, their domains and keys, and of its own description."""

from django.urls import URLPattern, path

from tenants.api import tenants

app_name = "tenants-api"

urlpatterns: list[URLPattern] = [
    path("tenants/", tenants.TenantList.as_view(), name="tenants"),
    path("tenants/<slug:tenant>/", tenants.TenantDetail.as_view(), name="tenant"),
]
