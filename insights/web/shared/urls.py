"""Addresses of the pages of shared servers and of the inbox, each with the right that it needs."""

from __future__ import annotations

from collections.abc import Callable

from django.urls import URLPattern, path
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from insights.web.shared import assignments, imports, inbox, rules, server, servers
from insights.web.shared.place import Page, View, shared_view
from insights.web.shared.upload import upload
from tenants.roles import Capability

_form = require_http_methods(["GET", "HEAD", "POST"])
_SERVER = "shared/<uuid:server_id>/"
_RULE = f"{_SERVER}rules/<uuid:rule_id>/"
_IMPORT = "shared/imports/<uuid:import_id>/"
_PAGES: tuple[tuple[str, str, Page, Callable[[View], View], Capability], ...] = (
    ("shared/", "shared_servers", servers.show, require_safe, Capability.VIEW),
    ("shared/new/", "shared_server_new", servers.new, _form, Capability.MANAGE_SHARED),
    (_SERVER, "shared_server", server.show, require_safe, Capability.VIEW),
    (f"{_SERVER}rules/new/", "shared_rule_new", rules.new, _form, Capability.MANAGE_SHARED),
    (_RULE, "shared_rule", rules.edit, _form, Capability.MANAGE_SHARED),
    (f"{_RULE}remove/", "shared_rule_remove", rules.remove, require_POST, Capability.MANAGE_SHARED),
    (_IMPORT, "shared_import", imports.show, require_safe, Capability.VIEW),
    (f"{_IMPORT}undo/", "shared_import_undo", imports.undo, _form, Capability.UNDO_IMPORT),
    (f"{_IMPORT}retry/", "shared_import_retry", imports.retry, require_POST, Capability.IMPORT),
    ("inbox/", "inbox", inbox.show, require_safe, Capability.VIEW),
    ("inbox/assign/", "inbox_assign", assignments.assign_one, require_POST, Capability.MANAGE_SHARED),
    ("inbox/assign-all/", "inbox_assign_all", assignments.assign_all, require_POST, Capability.MANAGE_SHARED),
    (
        "inbox/assignments/<uuid:assignment_id>/take-back/",
        "inbox_take_back",
        assignments.undo,
        require_POST,
        Capability.MANAGE_SHARED,
    ),
)

shared_urlpatterns: list[URLPattern] = [
    *(
        path(f"providers/<slug:provider>/{rest}", methods(shared_view(capability)(page)), name=name)
        for rest, name, page, methods, capability in _PAGES
    ),
    path(f"providers/<slug:provider>/{_SERVER}upload/", upload, name="shared_upload"),
]
