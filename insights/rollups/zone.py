"""A tenant's days begin at its local midnight: changing its time zone counts the kept days anew."""

from __future__ import annotations

from insights.rollups.fill import counted_days, rebuild_days
from insights.rollups.locks import lock_tenant
from project.periods import ONE_DAY, DayRange
from tenants.models import Tenant


def change_time_zone(*, tenant: Tenant, time_zone: str) -> None:
    """Set the tenant's time zone and rebuild every day whose raw rows are kept.

    Older days keep their old borders; `borders_kept_before` tells pages which. Waits for running imports. Must run in
    the tenant's scope; `time_zone` is a valid IANA name.
    """
    lock_tenant(tenant)
    if tenant.time_zone == time_zone:
        return
    before = counted_days(tenant)
    tenant.time_zone = time_zone
    if tenant.raw_from_on is not None:
        tenant.borders_kept_before = tenant.raw_from_on
    tenant.save(update_fields=["time_zone", "borders_kept_before"])
    if before is not None:
        # A day earlier and later: the same instants may belong to a neighbouring day in the new zone.
        rebuild_days(tenant, DayRange(before.start - ONE_DAY, before.end + ONE_DAY))
