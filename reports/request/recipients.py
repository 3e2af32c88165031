"""Who may receive a tenant's reports: addresses are read, checked, and refused with the reason in words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from email.utils import parseaddr

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db.models import Q
from django.utils.translation import gettext as _

from insights.ingest.identity import domain_of
from tenants.models import RecipientPolicy, SenderDomain, Tenant, User

MAX_RECIPIENTS = 20
MAX_ADDRESS = 254
"""The longest address that fits into an SMTP path (RFC 5321, erratum 1690)."""
_BETWEEN = re.compile(r"[,;\r\n]+")


@dataclass(frozen=True, slots=True)
class Recipient:
    """One address as it was given, in the form it is kept in, and why it is refused ("" when it is not)."""

    address: str
    refusal: str = ""


def read_addresses(text: str) -> list[str]:
    """Split what somebody typed or pasted into addresses, each once, in order.

    They may stand in lines or be separated by commas, semicolons or blanks, and carry a name: `Ann <ann@…>`.
    """
    found: dict[str, str] = {}
    for piece in _BETWEEN.split(text):
        for word in [parseaddr(piece)[1]] if "<" in piece else piece.split():
            address = kept_form(word)
            if address:
                found.setdefault(address.lower(), address)
    return list(found.values())


def kept_form(address: str) -> str:
    """Return an address with its domain in IDNA lower case; the part before the @ stays as it is written."""
    local, at, domain = address.strip().rpartition("@")
    return f"{local}@{domain_of(address.strip()) or domain}" if at else domain


def check_recipients(tenant: Tenant, addresses: Sequence[str]) -> list[Recipient]:
    """Return each of `addresses` with the reason why it is refused, if it is.

    Runs within the tenant's scope; two queries for any number of addresses.
    """
    members = _members(tenant, addresses)
    domains = _accepted_domains(tenant)
    return [
        Recipient(address, _refusal(tenant, address, number, members, domains))
        for number, address in enumerate(addresses)
    ]


def _refusal(
    tenant: Tenant, address: str, number: int, members: frozenset[str], domains: frozenset[str]
) -> str:
    if number >= MAX_RECIPIENTS:
        return _("a report goes to %(count)d addresses at most") % {"count": MAX_RECIPIENTS}
    if not _is_address(address):
        return _("this is not an e-mail address")
    policy = tenant.recipient_policy
    if policy == RecipientPolicy.ANYBODY or address.lower() in members or domain_of(address) in domains:
        return ""
    if policy == RecipientPolicy.MEMBERS:
        return _("not a member of %(tenant)s; its settings allow members only") % {"tenant": tenant.name}
    return _("neither a member of %(tenant)s nor at one of its accepted sender domains") % {
        "tenant": tenant.name
    }


def _is_address(address: str) -> bool:
    try:
        validate_email(address)
    except ValidationError:
        return False
    return len(address) <= MAX_ADDRESS


def _members(tenant: Tenant, addresses: Iterable[str]) -> frozenset[str]:
    """Return those of `addresses`, in lower case, whose people may see the tenant. One query."""
    people = User.objects.filter(
        Q(memberships__tenant=tenant)
        | Q(
            memberships__provider__isnull=False,
            memberships__provider=tenant.provider_id,
            memberships__sees_all=True,
        ),
        is_active=True,
        email__in=[address.lower() for address in addresses],
    )
    return frozenset(people.values_list("email", flat=True))


def _accepted_domains(tenant: Tenant) -> frozenset[str]:
    """Return the tenant's accepted sender domains, when its settings let them count. One query at most."""
    if tenant.recipient_policy != RecipientPolicy.MEMBERS_AND_DOMAINS:
        return frozenset()
    accepted = SenderDomain.objects.filter(tenant=tenant, is_accepted=True).exclude(domain="")
    return frozenset(accepted.values_list("domain", flat=True))
