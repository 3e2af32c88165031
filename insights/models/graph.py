"""A Microsoft 365 directory that is asked for its sign-ins, and what message trace tells of their accounts."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from uuid6 import uuid7

from insights.models.source import Source
from tenants.models import Tenant
from tenants.scope import TenantOwned


class GraphCloud(models.TextChoices):
    """Which of Microsoft's clouds a directory lives in."""

    GLOBAL = "global", _("Microsoft 365 (worldwide, GCC)")
    US_GOV = "us-gov", _("US Government (GCC High)")
    US_DOD = "us-dod", _("US Government (DoD)")
    CHINA = "china", _("China (21Vianet)")


class GraphConnection(TenantOwned):
    """How a tenant's directory is asked: as which application, how far it was read, and how that goes.

    `sealed_secret` is of project.sealing and is shown to nobody: a client secret, or where there is a `certificate`
    (PEM) its private key; `secret_expires_on` is the day of either, in UTC. `read_until` is how far all sign-ins are
    stored, moved in the transaction that stored the last of them. `polls` are the newest askings, for people.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    tenant = models.ForeignKey(Tenant, on_delete=models.CASCADE, related_name="+")
    source = models.ForeignKey(Source, on_delete=models.CASCADE, related_name="graph_connections")
    cloud = models.CharField(_("cloud"), max_length=16, choices=GraphCloud.choices, default=GraphCloud.GLOBAL)
    directory_id = models.UUIDField(_("directory (tenant) ID"))
    client_id = models.UUIDField(_("application (client) ID"))
    sealed_secret = models.TextField(editable=False)
    certificate = models.TextField(_("certificate"), blank=True, editable=False)
    secret_expires_on = models.DateField(_("the secret expires on"), null=True, blank=True)
    reads_non_interactive = models.BooleanField(_("read non-interactive sign-ins too"), default=True)
    reads_trace = models.BooleanField(_("count messages with message trace"), default=False)
    is_enabled = models.BooleanField(_("enabled"), default=True)
    created_at = models.DateTimeField(_("made"), auto_now_add=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    read_until = models.DateTimeField(_("read until"), null=True, blank=True, editable=False)
    # Null: at once.
    next_poll_at = models.DateTimeField(_("next asked"), null=True, blank=True, editable=False)
    polled_at = models.DateTimeField(_("last asked"), null=True, blank=True, editable=False)
    succeeded_at = models.DateTimeField(_("last success"), null=True, blank=True, editable=False)
    failing_since = models.DateTimeField(_("fails since"), null=True, blank=True, editable=False)
    failures = models.PositiveIntegerField(_("failures in a row"), default=0, editable=False)
    last_error = models.TextField(_("last error"), blank=True, editable=False)
    trace_error = models.TextField(_("last error of message trace"), blank=True, editable=False)
    polls = models.JSONField(default=list, editable=False)

    class Meta:
        verbose_name = _("Microsoft 365 connection")
        verbose_name_plural = _("Microsoft 365 connections")
        ordering: ClassVar = ["created_at", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["tenant", "source"], name="graph_once_a_source"),
            models.UniqueConstraint(fields=["tenant", "directory_id"], name="graph_once_a_directory"),
        ]

    def __str__(self) -> str:
        return str(self.directory_id)


class GraphTraceDay(TenantOwned):
    """How many messages message trace has from an account's own address, on a day (the tenant's) with SMTP AUTH logins.

    However they were sent: an upper bound of its submissions, never counted as submissions (docs/adr/0010).
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    tenant = models.ForeignKey(Tenant, on_delete=models.CASCADE, related_name="+")
    source = models.ForeignKey(Source, on_delete=models.CASCADE, related_name="+")
    day = models.DateField(_("day"))
    account = models.CharField(_("account"), max_length=320)
    messages = models.BigIntegerField(_("messages at most"))
    asked_at = models.DateTimeField(_("asked"))

    class Meta:
        verbose_name = _("message trace of a day")
        verbose_name_plural = _("message traces of days")
        ordering: ClassVar = ["-day", "account"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["tenant", "source", "day", "account"], name="graph_trace_once_a_day"
            )
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.account}"
