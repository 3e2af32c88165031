"""Addresses of the pages of reports and report requests."""

from django.urls import URLPattern

app_name = "reports"

urlpatterns: list[URLPattern] = []
