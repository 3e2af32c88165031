"""One address that a requested report goes to, and whether it has arrived there."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _
from uuid6 import uuid7

from reports.models.report_request import ReportRequest
from tenants.models import Tenant
from tenants.scope import TenantOwned


class RecipientStatus(models.TextChoices):
    """Whether the mail server has taken the mail for this address."""

    WAITING = "waiting", _("Waiting")
    SENT = "sent", _("Sent")
    FAILED = "failed", _("Failed")


class ReportRecipient(TenantOwned):
    """One mail to one address.

    Each has a mail of its own, so that an address that is refused keeps nobody else from theirs and nobody
    gets it twice for it. `message_id` is fixed before the first attempt: a mail that is sent again after a
    crash is recognised as the same.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    tenant = models.ForeignKey(Tenant, on_delete=models.CASCADE, related_name="+")
    request = models.ForeignKey(ReportRequest, on_delete=models.CASCADE, related_name="recipients")
    address = models.CharField(_("address"), max_length=320)
    message_id = models.CharField(max_length=320)
    status = models.CharField(
        _("status"), max_length=8, choices=RecipientStatus.choices, default=RecipientStatus.WAITING
    )
    reason = models.TextField(_("reason"), blank=True)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)

    class Meta:
        verbose_name = _("recipient of a report")
        verbose_name_plural = _("recipients of reports")
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["tenant", "request", "address"], name="report_recipient_once_a_request"
            ),
            models.CheckConstraint(
                condition=models.Q(status__in=RecipientStatus.values), name="report_recipient_status_known"
            ),
        ]

    def __str__(self) -> str:
        return self.address
