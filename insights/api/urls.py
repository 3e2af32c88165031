"""Addresses of the API about sources, imports, single events, settings and all tenants at once."""

from django.urls import URLPattern, path

from insights.api import login_failures, sources, submissions
from insights.api.ingest.batches import LoginFailureBatches, SubmissionBatches
from insights.api.ingest.lines import SourceLines

app_name = "insights-api"

_TENANT = "tenants/<slug:tenant>"
urlpatterns: list[URLPattern] = [
    path(f"{_TENANT}/submissions:batch", SubmissionBatches.as_view(), name="submissions-batch"),
    path(f"{_TENANT}/login-failures:batch", LoginFailureBatches.as_view(), name="login-failures-batch"),
    path(f"{_TENANT}/sources/<str:source>/lines", SourceLines.as_view(), name="source-lines"),
    path(f"{_TENANT}/submissions/", submissions.SubmissionList.as_view(), name="submissions"),
    path(f"{_TENANT}/sources/", sources.SourceList.as_view(), name="sources"),
    path(f"{_TENANT}/sources/<str:source>/", sources.SourceDetail.as_view(), name="source"),
    path(f"{_TENANT}/login-failures/", login_failures.LoginFailureList.as_view(), name="login_failures"),
]
