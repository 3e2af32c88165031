"""Addresses of the pages of sources, imports, dashboards and the overview."""

from django.urls import URLPattern

app_name = "insights"

urlpatterns: list[URLPattern] = []
