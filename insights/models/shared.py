"""Whose the events of a provider's shared servers are: its own rules, and what was assigned by hand.

The rows belong to the provider's inbox (`Tenant.kind`), never to the customers whom they name.
"""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from uuid6 import uuid7

from insights.models.source import Source
from tenants.models import Tenant
from tenants.scope import TenantOwned

MAX_VALUE = 320


class RuleKind(models.TextChoices):
    """What of an event a rule looks at; the earlier kind decides before the later one."""

    ACCOUNT = "account", _("Account")
    PREFIX = "prefix", _("Account begins with")
    DOMAIN = "domain", _("Domain")
    NETWORK = "network", _("Client network")


class SharedRule(TenantOwned):
    """Events of shared servers that `value` fits are the customer's; `tenant` is the inbox.

    `value` is as compared: lower case, a domain in IDNA form, a network as CIDR. Without a `source` the rule is for
    every shared server of the provider; one with a source decides before.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    tenant = models.ForeignKey(Tenant, on_delete=models.CASCADE, related_name="+")
    source = models.ForeignKey(
        Source, on_delete=models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("server")
    )
    kind = models.CharField(_("kind"), max_length=10, choices=RuleKind.choices)
    value = models.CharField(_("value"), max_length=MAX_VALUE)
    customer = models.ForeignKey(
        Tenant, on_delete=models.CASCADE, related_name="+", verbose_name=_("customer")
    )
    created_at = models.DateTimeField(_("made"), auto_now_add=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )

    class Meta:
        verbose_name = _("rule of shared servers")
        verbose_name_plural = _("rules of shared servers")
        ordering: ClassVar = ["kind", "value", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["tenant", "source", "kind", "value"],
                nulls_distinct=False,
                name="shared_rule_once_a_value",
            )
        ]

    def __str__(self) -> str:
        return self.value


class Assignment(TenantOwned):
    """Events that were moved from the inbox to customers, or from one customer to another; `tenant` is the inbox.

    What was moved lies in shares (`LogImport.assignment`), so that exactly that can be moved back or on. `moved` has
    the events by customer's id as they were moved.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    tenant = models.ForeignKey(Tenant, on_delete=models.CASCADE, related_name="+")
    subject = models.CharField(_("what"), max_length=400)
    moved = models.JSONField(default=dict)
    events = models.BigIntegerField(_("events"), default=0)
    created_at = models.DateTimeField(_("assigned"))
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    undone_at = models.DateTimeField(_("taken back"), null=True, blank=True)

    class Meta:
        verbose_name = _("assignment")
        verbose_name_plural = _("assignments")
        ordering: ClassVar = ["-created_at", "-id"]
        indexes: ClassVar = [models.Index(fields=["tenant", "-created_at"], name="assignment_newest")]

    def __str__(self) -> str:
        return self.subject
