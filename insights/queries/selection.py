"""Which part of a tenant's data a question is about."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from django.db.models import Q, QuerySet

from insights.models import LoginFailureDay, SubmissionDay
from project.periods import DayRange, day_of
from tenants.models import Tenant


def today_of(tenant: Tenant, *, now: datetime) -> date:
    """Return the calendar day in the tenant's zone at the aware instant `now`."""
    return day_of(now, tenant.zone)


def kept_days(tenant: Tenant, *, now: datetime) -> DayRange:
    """Return the days that reports may ask for: today and as many before as the tenant keeps."""
    return DayRange.last_days(tenant.retention_days, today=today_of(tenant, now=now))


def percent(part: int, total: int) -> float:
    """Return `part` of `total` in percent with one decimal, rounded half up as pages do; 0.0 of nothing."""
    return (2000 * part + total) // (2 * total) / 10 if total else 0.0


@dataclass(frozen=True, slots=True)
class Selection:
    """A range of days, optionally narrowed; the tenant is that of the current scope.

    `sender_domain` is None for all, "" for senders without a domain. `search` matches part of a sender address,
    account or client address, whatever the case. `sender_address` and `account` are in compared form (lower case).
    """

    days: DayRange
    sender_domain: str | None = None
    sender_address: str | None = None
    account: str | None = None
    search: str = ""

    def with_days(self, days: DayRange) -> Selection:
        """Return the same selection over other days."""
        return replace(self, days=days)

    def _conditions(self) -> dict[str, Any]:
        return {"day__gte": self.days.start, "day__lt": self.days.end}

    def submissions(self) -> QuerySet[SubmissionDay]:
        """Return the roll-up rows of submissions; raise NoTenantScope without a scope."""
        rows = SubmissionDay.objects.filter(**self._conditions()).order_by()
        if self.sender_domain is not None:
            rows = rows.filter(sender_domain=self.sender_domain)
        if self.sender_address is not None:
            rows = rows.filter(sender_address=self.sender_address)
        if self.account is not None:
            rows = rows.filter(account=self.account)
        return rows

    def failures(self) -> QuerySet[LoginFailureDay]:
        """Return the roll-up rows of login failures.

        They carry no sender, so of the filters only the days and, whatever its case, the account apply.
        """
        rows = LoginFailureDay.objects.filter(**self._conditions()).order_by()
        if self.account is not None:
            rows = rows.filter(account__iexact=self.account)
        return rows

    def matching(self, *columns: str) -> Q:
        """Return the condition that `search` is part of one of `columns`."""
        condition = Q()
        if self.search:
            for column in columns:
                condition |= Q(**{f"{column}__icontains": self.search})
        return condition
