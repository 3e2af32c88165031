"""Which of the domains in a tenant's mail are its own: it says so itself."""

from __future__ import annotations

import re

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from insights.ingest.identity import domain_of
from tenants.models import SenderDomain, Tenant

_DOMAIN = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)(\.(?!-)[a-z0-9_-]{1,63}(?<!-))*\Z")


def read_domain(typed: str) -> str:
    """Return the domain in IDNA lower case, as the store keeps it; raise ValidationError where it is none."""
    written = typed.strip().removeprefix("@")
    domain = domain_of(f"anybody@{written}")
    if "@" in written or not _DOMAIN.match(domain):
        raise ValidationError(_("Write a domain such as example.org, without the part before the @."))
    return domain


def decide_domain(tenant: Tenant, domain: str, *, is_accepted: bool) -> None:
    """Accept a domain, or take that back; doing it twice changes nothing. Must run in the tenant's scope."""
    SenderDomain.objects.update_or_create(tenant=tenant, domain=domain, defaults={"is_accepted": is_accepted})
