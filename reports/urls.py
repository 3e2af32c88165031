"""Addresses of the pages of reports and report requests."""

from django.urls import URLPattern, path

from reports.request_urls import urlpatterns as request_patterns
from reports.web import clients, details, exports, failures, smtp_auth

app_name = "reports"

urlpatterns: list[URLPattern] = [
    path("t/<slug:slug>/reports/smtp-auth/", smtp_auth.show, name="smtp_auth"),
    path("t/<slug:slug>/reports/smtp-auth/details/", details.show, name="details"),
    path(
        "t/<slug:slug>/reports/smtp-auth/details.<slug:suffix>",
        exports.download,
        {"kind": "senders"},
        name="details_export",
    ),
    path("t/<slug:slug>/reports/tables/<slug:kind>.<slug:suffix>", exports.download, name="export"),
    path("t/<slug:slug>/clients/", clients.show, name="clients"),
    path("t/<slug:slug>/failed-logins/", failures.show, name="failures"),
    *request_patterns,
]
