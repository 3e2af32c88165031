"""Single events: submissions and failed logins, range partitioned by time.

The database's key is (tenant_id, occurred_at, id); Django sees `id`. Nothing refers to these tables and they
refer to nothing, so that partitions can be dropped and the tables be distributed by tenant.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from tenants.scope import TenantOwned


class Submission(TenantOwned):
    """One message accepted from an authenticated client, or a total of `messages` where a source gives no more.

    `logins` counts successful logins of which the source tells no message; such a row has 0 messages.
    """

    id = models.UUIDField(primary_key=True)
    tenant_id = models.UUIDField()
    occurred_at = models.DateTimeField(_("time"))
    source_id = models.UUIDField()
    log_import_id = models.UUIDField(null=True)
    host = models.TextField(_("host"))
    queue_id = models.TextField(_("queue id"))
    account = models.TextField(_("account"))
    sender_address = models.TextField(_("sender address"))
    sender_domain = models.TextField(_("sender domain"))
    client_ip = models.GenericIPAddressField(_("client address"), null=True)
    tls_version = models.TextField(_("TLS version"))
    mechanism = models.TextField(_("mechanism"))
    auth_class = models.TextField(_("auth class"))
    messages = models.IntegerField(_("messages"))
    recipients = models.IntegerField(_("recipients"))
    recipients_exact = models.BooleanField(_("recipients exact"))
    size_bytes = models.BigIntegerField(_("size"), null=True)
    logins = models.IntegerField(_("logins without a message"), db_default=0)

    class Meta:
        verbose_name = _("submission")
        verbose_name_plural = _("submissions")
        ordering: ClassVar = ["-occurred_at", "id"]

    def __str__(self) -> str:
        return f"{self.account} {self.occurred_at:%Y-%m-%d %H:%M:%S}"


class LoginFailure(TenantOwned):
    """One refused AUTH, with the user name as given."""

    id = models.UUIDField(primary_key=True)
    tenant_id = models.UUIDField()
    occurred_at = models.DateTimeField(_("time"))
    source_id = models.UUIDField()
    log_import_id = models.UUIDField(null=True)
    host = models.TextField(_("host"))
    account = models.TextField(_("account"))
    client_ip = models.GenericIPAddressField(_("client address"), null=True)
    mechanism = models.TextField(_("mechanism"))
    reason = models.TextField(_("reason"))
    detail = models.TextField(_("the server's words"))

    class Meta:
        verbose_name = _("login failure")
        verbose_name_plural = _("login failures")
        ordering: ClassVar = ["-occurred_at", "id"]

    def __str__(self) -> str:
        return f"{self.account} {self.occurred_at:%Y-%m-%d %H:%M:%S}"
