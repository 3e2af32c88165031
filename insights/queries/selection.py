"""Which part of a tenant's data a question is about."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from ipaddress import IPv4Network, IPv6Network
from typing import Any, TypeVar
from uuid import UUID

from django.db.models import Model, Q, QuerySet

from insights.models import LoginFailureDay, SubmissionDay
from project.periods import DayRange, day_of
from tenants.models import Tenant

_R = TypeVar("_R", bound=Model)


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

    `sender_domain` is None for all, "" for senders without one. `search` matches part of a sender address,
    account or client address, whatever the case. `sender_address` and `account` are in compared form (lower case).
    `client_net` holds the client address. Of `tls_versions`, `auth_classes`, `mechanisms` and `reasons` any may be
    met; empty ones narrow nothing.
    """

    days: DayRange
    sender_domain: str | None = None
    sender_address: str | None = None
    account: str | None = None
    search: str = ""
    client_net: IPv4Network | IPv6Network | None = None
    tls_versions: tuple[str, ...] = ()
    auth_classes: tuple[str, ...] = ()
    mechanisms: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()
    source_id: UUID | None = None

    def with_days(self, days: DayRange) -> Selection:
        """Return the same selection over other days."""
        return replace(self, days=days)

    @property
    def tells_of_failures(self) -> bool:
        """Whether login failures can be narrowed like this: they carry no sender, TLS version or auth class."""
        return (
            self.sender_domain is None
            and self.sender_address is None
            and not self.tls_versions
            and not self.auth_classes
        )

    def submissions(self) -> QuerySet[SubmissionDay]:
        """Return the roll-up rows of submissions; raise NoTenantScope without a scope."""
        return self.narrow_submissions(SubmissionDay.objects.filter(**self._of_days()).order_by())

    def searched(self) -> QuerySet[SubmissionDay]:
        """Return those of `submissions` whose account, client address or sender address holds `search`."""
        return self.submissions().filter(self.matching("account", "client_ip", "sender_address"))

    def failures(self) -> QuerySet[LoginFailureDay]:
        """Return the roll-up rows of login failures; see `tells_of_failures` for the filters that do not apply."""
        return self.narrow_failures(LoginFailureDay.objects.filter(**self._of_days()).order_by())

    def narrow_submissions(self, rows: QuerySet[_R]) -> QuerySet[_R]:
        """Narrow rows with the columns of submissions, single events or roll-ups, by everything but days and search."""
        exact = {
            "sender_domain": self.sender_domain,
            "sender_address": self.sender_address,
            "account": self.account,
            "tls_version__in": self.tls_versions or None,
            "auth_class__in": self.auth_classes or None,
        }
        return self._narrow(rows, exact)

    def narrow_failures(self, rows: QuerySet[_R]) -> QuerySet[_R]:
        """Narrow rows with the columns of login failures, by everything that applies but days and search.

        Their accounts are kept as they were typed, and so are found whatever their case.
        """
        return self._narrow(rows, {"account__iexact": self.account, "reason__in": self.reasons or None})

    def matching(self, *columns: str) -> Q:
        """Return the condition that `search` is part of one of `columns`."""
        condition = Q()
        if self.search:
            for column in columns:
                condition |= Q(**{f"{column}__icontains": self.search})
        return condition

    def _of_days(self) -> dict[str, Any]:
        return {"day__gte": self.days.start, "day__lt": self.days.end}

    def _narrow(self, rows: QuerySet[_R], conditions: dict[str, Any]) -> QuerySet[_R]:
        conditions |= {"mechanism__in": self.mechanisms or None, "source_id": self.source_id}
        if self.client_net is not None:
            # Host addresses sort within their family by their bits alone, so that a network is a range of them.
            conditions["client_ip__gte"] = str(self.client_net[0])
            conditions["client_ip__lte"] = str(self.client_net[-1])
        return rows.filter(**{name: value for name, value in conditions.items() if value is not None})
