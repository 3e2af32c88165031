"""Addresses of the API about sources, imports, single events, settings and all tenants at once."""

from django.urls import URLPattern

app_name = "insights-api"

urlpatterns: list[URLPattern] = []
