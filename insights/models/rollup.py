"""Counts by day in the tenant's zone, from which every report reads; kept equal to the raw rows."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _
from uuid6 import uuid7

from tenants.models import Tenant
from tenants.scope import TenantOwned


class SubmissionDay(TenantOwned):
    """The messages of one day, source, account, sender address, client address, TLS version and mechanism.

    `messages` is 0 where nothing but `logins` came, of which the source tells no message.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    tenant_id = models.UUIDField()
    day = models.DateField(_("day"))
    source_id = models.UUIDField()
    account = models.TextField(_("account"))
    sender_address = models.TextField(_("sender address"))
    client_ip = models.GenericIPAddressField(_("client address"), null=True)
    tls_version = models.TextField(_("TLS version"))
    mechanism = models.TextField(_("mechanism"))
    # These two follow from the key.
    sender_domain = models.TextField(_("sender domain"))
    auth_class = models.TextField(_("auth class"))
    messages = models.BigIntegerField(_("messages"))
    recipients = models.BigIntegerField(_("recipients"))
    recipients_exact = models.BooleanField(_("recipients exact"))
    size_bytes = models.BigIntegerField(_("size"))
    logins = models.BigIntegerField(_("logins without a message"), db_default=0)
    first_at = models.DateTimeField(_("first"))
    last_at = models.DateTimeField(_("last"))

    class Meta:
        verbose_name = _("submissions of a day")
        verbose_name_plural = _("submissions by day")
        ordering: ClassVar = ["-day", "id"]

    def __str__(self) -> str:
        return f"{self.day} {self.account}"


class LoginFailureDay(TenantOwned):
    """The refused logins of one day, source, user name as given, client address, mechanism and reason."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    tenant_id = models.UUIDField()
    day = models.DateField(_("day"))
    source_id = models.UUIDField()
    account = models.TextField(_("account"))
    client_ip = models.GenericIPAddressField(_("client address"), null=True)
    mechanism = models.TextField(_("mechanism"))
    reason = models.TextField(_("reason"))
    failures = models.BigIntegerField(_("failures"))
    first_at = models.DateTimeField(_("first"))
    last_at = models.DateTimeField(_("last"))

    class Meta:
        verbose_name = _("login failures of a day")
        verbose_name_plural = _("login failures by day")
        ordering: ClassVar = ["-day", "id"]

    def __str__(self) -> str:
        return f"{self.day} {self.account}"


class RollupCheck(TenantOwned):
    """When a closed day was last compared with its raw rows, and what differed then."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    tenant = models.ForeignKey(Tenant, on_delete=models.CASCADE, related_name="+")
    day = models.DateField(_("day"))
    checked_at = models.DateTimeField(_("checked"))
    differences = models.JSONField(_("differences"), default=list)

    class Meta:
        verbose_name = _("check of a day")
        verbose_name_plural = _("checks of days")
        ordering: ClassVar = ["-day"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["tenant", "day"], name="check_once_a_day")]

    def __str__(self) -> str:
        return str(self.day)
