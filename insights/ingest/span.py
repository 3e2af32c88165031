"""Which instants are taken: the days that the tenant keeps, and a little ahead of the clock (docs/adr/0003)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final, NamedTuple

from project.periods import DayRange, day_of, midnight
from tenants.models import Tenant

CLOCK_SKEW: Final = timedelta(days=1)
"""A server's clock may be ahead of ours by this much; later lines are refused as from the future."""


class Span(NamedTuple):
    """The first and the last instant of events that are taken."""

    earliest: datetime
    latest: datetime


def taken_span(tenant: Tenant, *, now: datetime) -> Span:
    """Return what is taken at the aware instant `now`; not what was deleted before more days were kept."""
    kept = DayRange.last_days(tenant.retention_days, today=day_of(now, tenant.zone))
    earliest = midnight(kept.start, tenant.zone)
    return Span(max(earliest, tenant.raw_from_at or earliest), now + CLOCK_SKEW)
