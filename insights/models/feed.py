"""What the ingest API remembers of those who send to it: where an older log stands, and what was answered."""

from __future__ import annotations

from typing import ClassVar

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils.translation import gettext_lazy as _
from uuid6 import uuid7

from insights.models.source import Source
from tenants.models import Tenant
from tenants.scope import TenantOwned


class LineFeed(TenantOwned):
    """What a source that is sent log lines keeps beside its parser's state.

    `older_state` is the parser's place in an older log that is being sent while the source has read newer lines.
    `answers` are the newest bodies of lines as [digest, answer], so that one which is sent again is not read again.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    tenant = models.ForeignKey(Tenant, on_delete=models.CASCADE, related_name="+")
    source = models.ForeignKey(Source, on_delete=models.CASCADE, related_name="+")
    older_state = models.BinaryField(null=True, editable=False)
    answers = models.JSONField(default=list, encoder=DjangoJSONEncoder)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tenant", "source"], name="line_feed_once_a_source")
        ]

    def __str__(self) -> str:
        return str(self.source)


class IngestAnswer(TenantOwned):
    """What was answered to a request with an `Idempotency-Key`, written in the transaction that stored its events.

    `caller` tells the clients of a tenant apart; `digest` is of the request without its headers.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    tenant = models.ForeignKey(Tenant, on_delete=models.CASCADE, related_name="+")
    caller = models.CharField(max_length=64)
    key = models.CharField(_("Idempotency-Key"), max_length=255)
    digest = models.BinaryField(max_length=32)
    answer = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tenant", "caller", "key"], name="answer_once_a_key")
        ]
        indexes: ClassVar = [models.Index(fields=["tenant", "created_at"], name="answer_by_age")]

    def __str__(self) -> str:
        return self.key
