"""Providers (the MSPs) and the tenants (their customers) whose mail is measured."""

from __future__ import annotations

from typing import ClassVar
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from uuid6 import uuid7

DEFAULT_RETENTION_DAYS = 90


# The database's files hold these names too, but they stand for nowhere, for wherever this machine is, or for other ways
# to count the same zones.
_NOWHERE = {"Factory", "localtime", "posixrules"}
_OTHER_WAYS = ("posix/", "right/")


def validate_time_zone(name: str) -> None:
    """Raise ValidationError unless `name` is in the IANA time zone database.

    Looks for this one alone: to list them all reads 600 files.
    """
    try:
        ZoneInfo(name)
        is_zone = name not in _NOWHERE and not name.startswith(_OTHER_WAYS)
    except (LookupError, ValueError, OSError):  # not there; no name of a file or no zone's file; a folder
        is_zone = False
    if not is_zone:
        raise ValidationError(
            _("“%(name)s” is not an IANA time zone, for instance Europe/Berlin."), params={"name": name}
        )


class RecipientPolicy(models.TextChoices):
    """Who may receive a tenant's reports by mail."""

    MEMBERS_AND_DOMAINS = "members_and_domains", _("Members, and addresses at accepted sender domains")
    MEMBERS = "members", _("Members only")
    ANYBODY = "anybody", _("Any address")


class TenantKind(models.TextChoices):
    """A customer, or the place where a provider's shared servers put what is no known customer's."""

    CUSTOMER = "customer", _("Customer")
    INBOX = "inbox", _("Inbox of shared servers")


class Provider(models.Model):
    """An organization that looks after tenants."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    slug = models.SlugField(_("short name"), unique=True)
    name = models.CharField(_("name"), max_length=200)

    class Meta:
        verbose_name = _("provider")
        verbose_name_plural = _("providers")
        ordering: ClassVar = ["name"]

    def __str__(self) -> str:
        return self.name


class Tenant(models.Model):
    """One customer organization; its data and settings belong to it alone."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    provider = models.ForeignKey(
        Provider,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="tenants",
        verbose_name=_("provider"),
    )
    # An inbox is found through its provider alone: no person, key or page reaches it as a customer (tenants.access).
    kind = models.CharField(
        _("kind"),
        max_length=10,
        choices=TenantKind.choices,
        default=TenantKind.CUSTOMER,
        db_default=TenantKind.CUSTOMER,
        editable=False,
    )
    slug = models.SlugField(_("short name"), unique=True, help_text=_("Stands in addresses: /t/short-name/"))
    name = models.CharField(_("name"), max_length=200)
    time_zone = models.CharField(
        _("time zone"),
        max_length=64,
        default="UTC",
        validators=[validate_time_zone],
        help_text=_("Days in reports begin and end at midnight there."),
    )
    retention_days = models.PositiveIntegerField(
        _("days kept"),
        default=DEFAULT_RETENTION_DAYS,
        validators=[MinValueValidator(7), MaxValueValidator(3660)],
        help_text=_("Single submissions and failed logins older than this are deleted every night."),
    )
    recipient_policy = models.CharField(
        _("who may receive reports"),
        max_length=24,
        choices=RecipientPolicy.choices,
        default=RecipientPolicy.MEMBERS_AND_DOMAINS,
    )
    # The first instant, and its day, from which every raw row is kept; null as long as none was deleted.
    raw_from_at = models.DateTimeField(null=True, blank=True, editable=False)
    raw_from_on = models.DateField(null=True, blank=True, editable=False)
    # Days before this one were counted in an earlier time zone, and their raw rows are no longer kept.
    borders_kept_before = models.DateField(null=True, blank=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("tenant")
        verbose_name_plural = _("tenants")
        ordering: ClassVar = ["name", "slug"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(retention_days__gte=1), name="tenant_keeps_a_day"),
            models.CheckConstraint(
                condition=~models.Q(kind=TenantKind.INBOX) | models.Q(provider__isnull=False),
                name="inbox_of_a_provider",
            ),
            models.UniqueConstraint(
                fields=["provider"], condition=models.Q(kind=TenantKind.INBOX), name="inbox_once_a_provider"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def zone(self) -> ZoneInfo:
        """The tenant's time zone."""
        return ZoneInfo(self.time_zone)
