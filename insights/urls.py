"""Addresses of the pages of sources, imports, dashboards and the overview."""

from django.urls import URLPattern, URLResolver, include, path

from insights.source_urls import import_urlpatterns, source_urlpatterns
from insights.web import all_sources, dashboard, domains, overview, settings
from insights.web.shared.urls import shared_urlpatterns

app_name = "insights"

urlpatterns: list[URLPattern | URLResolver] = [
    path("", overview.show, name="overview"),
    path("customers.csv", overview.download, name="overview_csv"),
    path("sources/", all_sources.show, name="all_sources"),
    path("sources.csv", all_sources.download, name="all_sources_csv"),
    path("t/<slug:slug>/", dashboard.show, name="dashboard"),
    path("t/<slug:slug>/settings/", settings.edit, name="settings"),
    path("t/<slug:slug>/settings/domains/", domains.show, name="domains"),
    path("t/<slug:slug>/settings/domains/accept/", domains.decide, name="domain_decision"),
    path("t/<slug:slug>/sources/", include(source_urlpatterns)),
    path("t/<slug:slug>/imports/", include(import_urlpatterns)),
    *shared_urlpatterns,
]
