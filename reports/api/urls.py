"""Addresses of the API about reports and requests for them."""

from django.urls import URLPattern, path

from reports.api import summary, tables

app_name = "reports-api"

_TENANT = "tenants/<slug:tenant>"
urlpatterns: list[URLPattern] = [
    path(f"{_TENANT}/summary/", summary.SummaryDetail.as_view(), name="summary"),
    path(f"{_TENANT}/reports/sending-volume/", tables.SendingVolume.as_view(), name="sending_volume"),
    path(f"{_TENANT}/reports/tls-usage/", tables.TlsUsage.as_view(), name="tls_usage"),
    path(f"{_TENANT}/reports/authentication/", tables.Authentication.as_view(), name="authentication"),
    path(f"{_TENANT}/reports/senders/", tables.Senders.as_view(), name="senders"),
    path(f"{_TENANT}/reports/clients/", tables.Clients.as_view(), name="clients"),
    path(f"{_TENANT}/reports/failures/", tables.Failures.as_view(), name="failures"),
]
