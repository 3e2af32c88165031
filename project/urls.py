"""The URL map: which app answers where. Apps are named by string, so that nothing is imported upward."""

from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path

from project import health

admin.autodiscover()

urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", health.live, name="health-live"),
    path("healthz/ready", health.ready, name="health-ready"),
    path("accounts/", include("allauth.account.urls")),
    path("admin/", admin.site.urls),
    path("api/v1/", include("tenants.api.urls")),
    path("api/v1/", include("insights.api.urls")),
    path("api/v1/", include("reports.api.urls")),
    path("api/", include("tenants.api.nowhere")),  # after all the others: it takes what they leave
    path("", include("tenants.urls")),
    path("", include("reports.urls")),
    path("", include("insights.urls")),
]

handler400 = "tenants.api.nowhere.bad_request"
handler500 = "tenants.api.nowhere.server_error"
