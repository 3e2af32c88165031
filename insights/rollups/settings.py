"""Change a tenant's settings: another time zone counts its days anew, and fewer days kept lose events."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from insights.queries import today_of
from insights.queries.raw_kept import events_kept_before
from insights.rollups.zone import change_time_zone
from project.periods import DayRange
from tenants.models import Tenant


@dataclass(frozen=True, slots=True)
class Loss:
    """What the coming night deletes when a tenant keeps fewer days from now on."""

    days: int
    first_kept: date
    submissions: int
    failures: int

    @classmethod
    def of(cls, tenant: Tenant, *, days: int, now: datetime) -> Loss | None:
        """Return the loss of keeping only `days`, or None where there is none. Two queries at most."""
        if days >= tenant.retention_days:
            return None
        first_kept = DayRange.last_days(days, today=today_of(tenant, now=now)).start
        submissions, failures = events_kept_before(tenant, first_kept)
        return cls(days, first_kept, submissions, failures) if submissions or failures else None


def change_settings(
    tenant: Tenant, *, name: str, time_zone: str, retention_days: int, recipient_policy: str
) -> None:
    """Save valid settings. Another time zone waits for running imports and counts every kept day anew.

    Must run in the tenant's scope; who calls it has asked about a `Loss`.
    """
    tenant.name, tenant.retention_days, tenant.recipient_policy = name, retention_days, recipient_policy
    tenant.save(update_fields=["name", "retention_days", "recipient_policy"])
    if time_zone != tenant.time_zone:
        change_time_zone(tenant=tenant, time_zone=time_zone)
