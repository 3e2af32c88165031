"""Addresses of the API about sources, imports, single events, settings and all tenants at once."""

from django.urls import URLPattern, path

from insights.api import (
    domains,
    imports,
    login_failures,
    overview,
    settings,
    shared,
    sources,
    submissions,
    uploads,
)
from insights.api.ingest.batches import LoginFailureBatches, SubmissionBatches
from insights.api.ingest.lines import SourceLines

app_name = "insights-api"

_TENANT = "tenants/<slug:tenant>"
urlpatterns: list[URLPattern] = [
    path(f"{_TENANT}/", settings.TenantDetail.as_view(), name="tenant"),
    path("providers/<slug:provider>/shared-servers/", shared.SharedServers.as_view(), name="shared_servers"),
    path("providers/<slug:provider>/inbox/", shared.Inbox.as_view(), name="inbox"),
    path("providers/<slug:provider>/inbox/assign/", shared.InboxAssign.as_view(), name="inbox_assign"),
    path("overview/", overview.Overview.as_view(), name="overview"),
    path(f"{_TENANT}/submissions:batch", SubmissionBatches.as_view(), name="submissions-batch"),
    path(f"{_TENANT}/login-failures:batch", LoginFailureBatches.as_view(), name="login-failures-batch"),
    path(f"{_TENANT}/sources/<str:source>/lines", SourceLines.as_view(), name="source-lines"),
    path(f"{_TENANT}/submissions/", submissions.SubmissionList.as_view(), name="submissions"),
    path(f"{_TENANT}/sources/", sources.SourceList.as_view(), name="sources"),
    path(f"{_TENANT}/sources/<str:source>/", sources.SourceDetail.as_view(), name="source"),
    path(f"{_TENANT}/imports/", uploads.ImportList.as_view(), name="imports"),
    path(f"{_TENANT}/imports/<uuid:id>/", imports.ImportDetail.as_view(), name="import"),
    path(f"{_TENANT}/imports/<uuid:id>/undo/", imports.ImportUndo.as_view(), name="import_undo"),
    path(f"{_TENANT}/imports/<uuid:id>/retry/", imports.ImportRetry.as_view(), name="import_retry"),
    path(
        f"{_TENANT}/imports/<uuid:id>/unrecognised/",
        imports.ImportUnrecognised.as_view(),
        name="import_unrecognised",
    ),
    path(f"{_TENANT}/sender-domains/", domains.SenderDomainList.as_view(), name="sender_domains"),
    path(
        f"{_TENANT}/sender-domains/<str:domain>/", domains.SenderDomainDetail.as_view(), name="sender_domain"
    ),
    path(f"{_TENANT}/login-failures/", login_failures.LoginFailureList.as_view(), name="login_failures"),
]
