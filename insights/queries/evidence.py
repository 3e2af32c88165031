"""What the numbers of a selection rest on: the days that lack something, and the messages without a TLS version."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import NamedTuple

from django.db.models import Q, Sum

from insights.enums import TlsVersion
from insights.health.days import DayEvidence, Wholeness
from insights.models import Source
from insights.queries.selection import Selection
from insights.queries.source_days import evidence_of
from tenants.models import Tenant


class TlsShareOfSource(NamedTuple):
    """How many of a source's messages carry no TLS version; `format` is that of its log."""

    source: str
    format: str
    unknown: int
    messages: int


@dataclass(frozen=True, slots=True)
class Evidence:
    """The days whose numbers are not whole, in order, and the sources that do not tell every TLS version."""

    days: Mapping[date, DayEvidence] = field(default_factory=dict)
    tls: tuple[TlsShareOfSource, ...] = ()
    messages: int = 0

    @property
    def tls_unknown(self) -> int:
        """The messages of which no log tells the TLS version."""
        return sum(one.unknown for one in self.tls)

    def is_missing(self, day: date) -> bool:
        """Whether nothing at all is known of a day, so that its zero is none."""
        one = self.days.get(day)
        return one is not None and one.wholeness != Wholeness.PARTIAL


def evidence(selection: Selection, tenant: Tenant, *, now: datetime) -> Evidence:
    """Return what the numbers rest on; must run in the tenant's scope. Five queries."""
    found = list(
        selection.submissions()
        .values_list("source_id")
        .annotate(
            # In this order: the second name hides the column from what comes after it.
            unknown=Sum("messages", filter=Q(tls_version=TlsVersion.UNKNOWN), default=0),
            messages=Sum("messages"),
        )
    )
    named = {pk: (name, log) for pk, name, log in Source.objects.values_list("pk", "name", "format")}
    shares = [
        TlsShareOfSource(*named.get(pk, ("–", "")), unknown, messages) for pk, unknown, messages in found
    ]
    return Evidence(
        days=evidence_of(tenant, selection.days, now=now, source_id=selection.source_id),
        tls=tuple(sorted((one for one in shares if one.unknown), key=lambda one: (-one.unknown, one.source))),
        messages=sum(one.messages for one in shares),
    )
