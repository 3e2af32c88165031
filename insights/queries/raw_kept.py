"""How many single events a shorter retention would delete."""

from __future__ import annotations

from datetime import date

from django.db.models import Sum

from insights.models import LoginFailureDay, SubmissionDay
from tenants.models import Tenant


def events_kept_before(tenant: Tenant, day: date) -> tuple[int, int]:
    """Return the submissions and the failed logins before `day` that are still kept one by one.

    Counted from the roll-ups from the first wholly kept day on. Must run in the tenant's scope. Two queries.
    """
    days = {"day__lt": day}
    if tenant.raw_from_on is not None:
        days["day__gte"] = tenant.raw_from_on
    return (
        SubmissionDay.objects.filter(**days).aggregate(total=Sum("messages", default=0))["total"],
        LoginFailureDay.objects.filter(**days).aggregate(total=Sum("failures", default=0))["total"],
    )
