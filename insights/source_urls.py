"""Addresses of the pages of sources and imports."""

from django.urls import URLPattern, path

from insights.web import connect, imports, sources, upload

source_urlpatterns: list[URLPattern] = [
    path("", sources.show, name="sources"),
    path("new/", sources.new, name="source_new"),
    path("connect/", connect.connect, name="connect"),
    path("upload/", upload.upload, name="upload"),
    path("<uuid:source_id>/", sources.edit, name="source"),
    path("<uuid:source_id>/light/", connect.light, name="source_light"),
]
import_urlpatterns: list[URLPattern] = [
    path("<uuid:import_id>/", imports.show, name="import"),
    path("<uuid:import_id>/unrecognised.csv", imports.unrecognised, name="import_unrecognised"),
    path("<uuid:import_id>/undo/", imports.undo, name="import_undo"),
    path("<uuid:import_id>/retry/", imports.retry, name="import_retry"),
]
