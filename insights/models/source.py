"""Where data comes from: one mail server's log, or an upload of it."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _
from uuid6 import uuid7

from tenants.models import Tenant
from tenants.models.tenant import validate_time_zone
from tenants.scope import TenantOwned

MAX_NAME = 100


class Source(TenantOwned):
    """One stream of log lines, read in order by a parser whose state is kept here between inputs."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    tenant = models.ForeignKey(Tenant, on_delete=models.CASCADE, related_name="sources")
    name = models.CharField(_("name"), max_length=MAX_NAME)
    format = models.CharField(_("format"), max_length=32, default="postfix")
    time_zone = models.CharField(
        _("time zone of the log"),
        max_length=64,
        validators=[validate_time_zone],
        help_text=_("Used for time stamps that carry no offset."),
    )
    # The shared server of the provider that feeds this source; no foreign key, because it is another tenant's.
    shared_from = models.UUIDField(null=True, blank=True, editable=False)
    # Which column of a table is what (insights.ingest.formats.columns.mapping); None for logs, and until it is said.
    mapping = models.JSONField(_("columns"), null=True, blank=True, editable=False)
    # What the parser needs to go on after the newest line: bytes of insights.ingest.stream, never unpickled.
    parser_state = models.BinaryField(null=True, blank=True, editable=False)
    last_line_at = models.DateTimeField(_("last line"), null=True, blank=True, editable=False)
    last_received_at = models.DateTimeField(_("last received"), null=True, blank=True, editable=False)
    # Since when it has been silent, once that was noticed (insights.detection.silence).
    silent_since = models.DateTimeField(_("silent since"), null=True, blank=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("source")
        verbose_name_plural = _("sources")
        ordering: ClassVar = ["name"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tenant", "name"], name="source_once_a_tenant")
        ]

    def __str__(self) -> str:
        return self.name
