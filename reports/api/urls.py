"""Addresses of the API about reports and requests for them."""

from django.urls import URLPattern, path

from reports.api import requests, summary, tables

app_name = "reports-api"

_TENANT = "tenants/<slug:tenant>"
_REQUEST = f"{_TENANT}/report-requests/<uuid:id>"
urlpatterns: list[URLPattern] = [
    path(f"{_TENANT}/summary/", summary.SummaryDetail.as_view(), name="summary"),
    path(f"{_TENANT}/reports/sending-volume/", tables.SendingVolume.as_view(), name="sending_volume"),
    path(f"{_TENANT}/reports/tls-usage/", tables.TlsUsage.as_view(), name="tls_usage"),
    path(f"{_TENANT}/reports/authentication/", tables.Authentication.as_view(), name="authentication"),
    path(f"{_TENANT}/reports/senders/", tables.Senders.as_view(), name="senders"),
    path(f"{_TENANT}/reports/clients/", tables.Clients.as_view(), name="clients"),
    path(f"{_TENANT}/reports/failures/", tables.Failures.as_view(), name="failures"),
    path(f"{_TENANT}/report-requests/", requests.RequestList.as_view(), name="report_requests"),
    path(f"{_REQUEST}/", requests.RequestDetail.as_view(), name="report_request"),
    path(f"{_REQUEST}/cancel/", requests.RequestCancel.as_view(), name="report_request_cancel"),
    path(f"{_REQUEST}/again/", requests.RequestAgain.as_view(), name="report_request_again"),
    path(f"{_REQUEST}/download/", requests.RequestDownload.as_view(), name="report_request_download"),
]
