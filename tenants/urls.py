"""Addresses of the pages about a tenant itself."""

from django.urls import URLPattern

app_name = "tenants"

urlpatterns: list[URLPattern] = []
