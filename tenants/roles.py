"""The tables from role, and from the scope of an API key, to capability."""

from __future__ import annotations

from enum import StrEnum

from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    """What somebody is at a provider or at a tenant."""

    OWNER = "owner", _("Owner")
    TECHNICIAN = "technician", _("Technician")
    READER = "reader", _("Reader")


class Capability(StrEnum):
    """What somebody may do with one tenant."""

    VIEW = "view"
    REQUEST_REPORT = "request_report"
    IMPORT = "import"
    UNDO_IMPORT = "undo_import"
    MANAGE_SOURCES = "manage_sources"
    MANAGE_DOMAINS = "manage_domains"
    MANAGE_SETTINGS = "manage_settings"
    MANAGE_KEYS = "manage_keys"
    MANAGE_WEBHOOKS = "manage_webhooks"
    # Of a provider alone: what its shared servers tell, and whose it is.
    MANAGE_SHARED = "manage_shared"


_READER = frozenset({Capability.VIEW, Capability.REQUEST_REPORT})
_TECHNICIAN = _READER | {
    Capability.IMPORT,
    Capability.UNDO_IMPORT,
    Capability.MANAGE_SOURCES,
    Capability.MANAGE_DOMAINS,
}

CAPABILITIES: dict[Role, frozenset[Capability]] = {
    Role.READER: _READER,
    Role.TECHNICIAN: frozenset(_TECHNICIAN),
    Role.OWNER: frozenset(Capability),
}


class Scope(models.TextChoices):
    """What an API key may do."""

    INGEST = "ingest", _("Send log lines and events")
    READ = "reports:read", _("Read reports and settings")
    REQUEST = "reports:request", _("Read, and request reports by mail")
    ADMIN = "admin", _("Everything, managing sources, keys and webhooks included")


SCOPE_CAPABILITIES: dict[Scope, frozenset[Capability]] = {
    Scope.INGEST: frozenset({Capability.IMPORT}),
    Scope.READ: frozenset({Capability.VIEW}),
    Scope.REQUEST: frozenset({Capability.VIEW, Capability.REQUEST_REPORT}),
    Scope.ADMIN: frozenset(Capability),
}


def can(role: Role, capability: Capability) -> bool:
    """Tell whether `role` carries `capability`."""
    return capability in CAPABILITIES[role]
