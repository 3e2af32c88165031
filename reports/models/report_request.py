"""A report that somebody asked for: the order, how far it has come, and where its files are."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from uuid6 import uuid7

from insights.marks import View
from project.periods import DayRange
from tenants.models import ApiKey, Tenant
from tenants.scope import TenantOwned

DETAILS_CSV = "details.csv"
DETAILS_XLSX = "details.xlsx"


class RequestStatus(models.TextChoices):
    """Where a request stands. It waits (`pending`) before the first attempt and between attempts."""

    PENDING = "pending", _("Waiting")
    RUNNING = "running", _("Being built and sent")
    SENT = "sent", _("Sent")
    NOTHING_FOUND = "nothing_found", _("Nothing found")
    FAILED = "failed", _("Failed")
    CANCELLED = "cancelled", _("Cancelled")


ACTIVE = frozenset({RequestStatus.PENDING, RequestStatus.RUNNING})
"""The states in which something may still happen by itself."""
FINAL = frozenset(RequestStatus) - ACTIVE


class ReportRequest(TenantOwned):
    """One order for a report by mail; the row is the work, a Celery message only points to it.

    `claim` names the run that may write to the row; another value, or none, tells a run that it has been
    overtaken.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    tenant = models.ForeignKey(Tenant, on_delete=models.CASCADE, related_name="report_requests")
    name = models.CharField(_("name"), max_length=200)
    view = models.CharField(_("asked from"), max_length=12, choices=View.choices, default=View.VOLUME)
    start_on = models.DateField(_("start date"))
    end_on = models.DateField(_("end date"))
    sender_domain = models.CharField(  # noqa: DJ001  # null is every domain, "" senders without one
        _("sender domain"), max_length=255, null=True, blank=True
    )
    note = models.TextField(_("note"), blank=True)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("requested by"),
    )
    requested_key = models.ForeignKey(
        ApiKey,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("requested with the key"),
    )
    created_at = models.DateTimeField(_("requested"))

    status = models.CharField(
        _("status"), max_length=16, choices=RequestStatus.choices, default=RequestStatus.PENDING
    )
    reason = models.TextField(_("reason"), blank=True)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    next_attempt_at = models.DateTimeField(_("next attempt"), null=True, blank=True)
    queued_at = models.DateTimeField(null=True, blank=True)
    claim = models.UUIDField(null=True, blank=True, editable=False)
    claimed_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)

    # What was built; the files lie in `folder` of the storage until `expires_at`.
    built_at = models.DateTimeField(_("built"), null=True, blank=True)
    folder = models.CharField(max_length=255, blank=True, editable=False)
    subject = models.TextField(_("subject"), blank=True)
    messages = models.BigIntegerField(_("messages"), null=True, blank=True)
    csv_bytes = models.BigIntegerField(default=0)
    xlsx_bytes = models.BigIntegerField(default=0)
    expires_at = models.DateTimeField(_("kept until"), null=True, blank=True)

    class Meta:
        verbose_name = _("report request")
        verbose_name_plural = _("report requests")
        ordering: ClassVar = ["-created_at", "-id"]
        indexes: ClassVar = [
            models.Index(fields=["tenant", "-created_at"], name="report_request_newest"),
            models.Index(
                fields=["tenant", "status"],
                condition=models.Q(status__in=["pending", "running"]),
                name="report_request_active",
            ),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(start_on__lte=models.F("end_on")), name="report_request_days_in_order"
            ),
            models.CheckConstraint(
                condition=models.Q(status__in=RequestStatus.values), name="report_request_status_known"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def days(self) -> DayRange:
        """The days asked for, in the tenant's zone."""
        return DayRange.inclusive(self.start_on, self.end_on)

    @property
    def asked_by(self) -> str:
        """Who asked, by name: a person, or a program by the name of its key; "" where they are gone."""
        if self.requested_by is not None:
            return self.requested_by.get_full_name()
        return self.requested_key.name if self.requested_key is not None else ""

    @property
    def is_active(self) -> bool:
        """Whether something may still happen by itself."""
        return self.status in ACTIVE

    def has_files(self, *, now: datetime) -> bool:
        """Tell whether the detailed files can be downloaded at `now`."""
        return bool(
            self.built_at
            and self.csv_bytes
            and self.folder
            and (not self.expires_at or now < self.expires_at)
        )

    def stored_name(self, name: str) -> str:
        """Return where the storage keeps the file `name` of this report."""
        return f"{self.folder}/{name}"
