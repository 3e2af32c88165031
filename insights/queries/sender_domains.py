"""The sender domains of a selection, and which of them the tenant has accepted as its own."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Sum

from insights.queries.selection import Selection
from tenants.models import SenderDomain


@dataclass(frozen=True, slots=True)
class DomainRow:
    """One domain; "" stands for senders without a domain, which nobody can accept."""

    domain: str
    is_accepted: bool
    messages: int


def sender_domains(selection: Selection) -> list[DomainRow]:
    """Return every domain ever seen or accepted, with its messages in the selection, most first. Two queries."""
    found = dict(selection.submissions().values_list("sender_domain").annotate(Sum("messages")))
    accepted = dict(SenderDomain.objects.values_list("domain", "is_accepted"))
    rows = [
        DomainRow(domain, accepted.get(domain, False), found.get(domain, 0))
        for domain in found.keys() | accepted.keys()
    ]
    return sorted(rows, key=lambda row: (-row.messages, row.domain))
