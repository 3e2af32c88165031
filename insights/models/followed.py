"""Where the reading of a followed log stands, written in the transaction that stored what was read."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _
from uuid6 import uuid7

from insights.models.source import Source
from tenants.models import Tenant
from tenants.scope import TenantOwned

MAX_PATH = 1_024


class FollowedFile(TenantOwned):
    """A log that `follow` reads for a source; `path` is as it was given, made absolute.

    `place` is that of `insights.ingest.follow.prints`: everything before it is stored.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    tenant = models.ForeignKey(Tenant, on_delete=models.CASCADE, related_name="+")
    source = models.ForeignKey(Source, on_delete=models.CASCADE, related_name="followed_files")
    path = models.CharField(_("file"), max_length=MAX_PATH)
    place = models.JSONField(_("place"), default=dict)
    saved_at = models.DateTimeField(_("saved"))

    class Meta:
        verbose_name = _("followed file")
        verbose_name_plural = _("followed files")
        ordering: ClassVar = ["path"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tenant", "source", "path"], name="followed_file_once_a_source")
        ]

    def __str__(self) -> str:
        return self.path
