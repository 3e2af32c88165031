"""What decides whose an event is, as it is kept: the provider's rules and its customers' accepted domains."""

from __future__ import annotations

from collections import defaultdict
from ipaddress import ip_network
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from insights.ingest.identity import compared
from insights.ingest.own_domains import read_domain
from insights.ingest.shared.places import customers_of
from insights.ingest.shared.routing import Rule, Whose
from insights.models import RuleKind, SharedRule, Source
from insights.models.shared import MAX_VALUE
from tenants.models import SenderDomain, Tenant, User


def whose(inbox: Tenant, customers: list[Tenant] | None = None) -> Whose:
    """Return the mapping as it stands. Must run in `shared_scope`. Three queries, two with `customers` at hand."""
    if customers is None:
        customers = customers_of(inbox)
    rules = SharedRule.objects.filter(tenant=inbox).order_by("pk")
    accepted: dict[str, set[UUID]] = defaultdict(set)
    for domain, tenant_id in SenderDomain.objects.filter(is_accepted=True).values_list("domain", "tenant_id"):
        accepted[domain].add(tenant_id)
    return Whose(
        customers=frozenset(customer.pk for customer in customers),
        rules=tuple(Rule(one.kind, one.value, one.customer_id, one.source_id) for one in rules),
        accepted={domain: frozenset(claimants) for domain, claimants in accepted.items()},
    )


def read_value(kind: str, typed: str) -> str:
    """Return the value of a rule as it is compared; raise ValidationError where it is none of its kind."""
    text = typed.strip()
    if kind == RuleKind.DOMAIN:
        return read_domain(text)
    if kind == RuleKind.NETWORK:
        try:
            return str(ip_network(text, strict=False))
        except ValueError as error:
            raise ValidationError(_("Write a network such as 192.0.2.0/24 or 2001:db8::/32.")) from error
    if not text or len(text) > MAX_VALUE or not text.isprintable():
        raise ValidationError(
            _("Write 1 to %(count)d visible characters of an account.") % {"count": MAX_VALUE}
        )
    return compared(text)


def make_rule(
    inbox: Tenant, *, kind: str, value: str, customer: Tenant, source: Source | None, person: User | None
) -> SharedRule:
    """Make a rule; one of the same server, kind and value is given to the customer instead.

    Must run in the inbox's scope. Raises ValidationError for a value that is none, and for a stranger.
    """
    if customer.provider_id != inbox.provider_id or customer.pk == inbox.pk:
        raise ValidationError(_("Only customers of this provider can be chosen."))
    defaults: dict[str, Any] = {"customer": customer, "created_by": person}
    rule, _is_new = SharedRule.objects.update_or_create(
        tenant=inbox, source=source, kind=kind, value=read_value(kind, value), defaults=defaults
    )
    return rule


def change_rule(
    rule: SharedRule, *, kind: str, value: str, customer: Tenant, source: Source | None, person: User | None
) -> None:
    """Let a rule say something else from now on; what is stored stays where it is.

    Must run in the inbox's scope. Raises ValidationError as `make_rule` does, and where another rule says it already.
    """
    if customer.provider_id != rule.tenant.provider_id or customer.pk == rule.tenant_id:
        raise ValidationError(_("Only customers of this provider can be chosen."))
    rule.kind, rule.value = kind, read_value(kind, value)
    rule.customer, rule.source, rule.created_by = customer, source, person
    try:
        with transaction.atomic():
            rule.save(update_fields=["kind", "value", "customer", "source", "created_by"])
    except IntegrityError as error:
        raise ValidationError(_("There is a rule of this kind and value already.")) from error


def remove_rule(inbox: Tenant, rule_id: UUID) -> bool:
    """Take a rule out; False where it is gone already. Must run in the inbox's scope. A query or two."""
    removed, _models = SharedRule.objects.filter(tenant=inbox, pk=rule_id).delete()
    return removed > 0
