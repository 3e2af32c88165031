"""Addresses of the pages of sources and imports."""

from django.urls import URLPattern, path

from insights.web import (
    columns,
    connect,
    graph,
    graph_actions,
    imports,
    source_health,
    sources,
    syslog,
    upload,
)

source_urlpatterns: list[URLPattern] = [
    path("", sources.show, name="sources"),
    path("new/", sources.new, name="source_new"),
    path("connect/", connect.connect, name="connect"),
    path("microsoft-365/", graph.new, name="graph_new"),
    path("upload/", upload.upload, name="upload"),
    path("<uuid:source_id>/", source_health.show, name="source"),
    path("<uuid:source_id>/edit/", sources.edit, name="source_edit"),
    path("<uuid:source_id>/unrecognised.csv", source_health.unrecognised, name="source_unrecognised"),
    path("<uuid:table_id>/columns/", columns.of_source, name="source_columns"),
    path("<uuid:source_id>/light/", connect.light, name="source_light"),
    path("<uuid:source_id>/microsoft-365/", graph.show, name="graph"),
    path("<uuid:source_id>/microsoft-365/edit/", graph.edit, name="graph_edit"),
    path("<uuid:source_id>/microsoft-365/test/", graph_actions.test, name="graph_test"),
    path("<uuid:source_id>/microsoft-365/again/", graph_actions.again, name="graph_again"),
    path("<uuid:source_id>/microsoft-365/switch/", graph_actions.switch, name="graph_switch"),
    path("<uuid:source_id>/microsoft-365/remove/", graph_actions.remove, name="graph_remove"),
    path("<uuid:source_id>/syslog/", syslog.show, name="syslog"),
    path("<uuid:source_id>/syslog/add/", syslog.add, name="syslog_add"),
    path("<uuid:source_id>/syslog/<uuid:sender_id>/remove/", syslog.remove, name="syslog_remove"),
]
import_urlpatterns: list[URLPattern] = [
    path("<uuid:import_id>/", imports.show, name="import"),
    path("<uuid:import_id>/unrecognised.csv", imports.unrecognised, name="import_unrecognised"),
    path("<uuid:held_id>/columns/", columns.of_upload, name="import_columns"),
    path("<uuid:held_id>/discard/", columns.discard, name="import_discard"),
    path("<uuid:import_id>/undo/", imports.undo, name="import_undo"),
    path("<uuid:import_id>/retry/", imports.retry, name="import_retry"),
]
