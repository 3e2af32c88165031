"""What runs at night reads the tenant anew before it repairs or deletes: zone and kept days may move."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from insights.models import SubmissionDay
from insights.retention import apply_retention
from insights.rollups.nightly import check_closed_days
from insights.rollups.zone import change_time_zone
from tenants.models import Tenant
from tenants.scope import tenant_scope
from tests.cast import Cast
from tests.factories import submit

AT = datetime(2026, 11, 20, 23, 30, tzinfo=UTC)


def days() -> dict[date, int]:
    return dict(SubmissionDay.objects.values_list("day", "messages"))


def test_nightly_check_that_read_an_older_zone_changes_nothing(cast: Cast) -> None:
    submit(cast.acme, at=AT, count=3)
    read_before = Tenant.objects.get(pk=cast.acme.pk)
    with tenant_scope([cast.acme.pk]):
        change_time_zone(tenant=cast.acme, time_zone="America/New_York")
        assert days() == {date(2026, 11, 20): 3}
        assert check_closed_days(read_before, now=AT + timedelta(days=3)) == 0
        assert days() == {date(2026, 11, 20): 3}


def test_nightly_check_that_read_older_kept_days_keeps_their_counts(cast: Cast) -> None:
    submit(cast.acme, at=AT - timedelta(days=90), count=2)
    submit(cast.acme, at=AT, count=3)
    read_before = Tenant.objects.get(pk=cast.acme.pk)
    with tenant_scope([cast.acme.pk]):
        apply_retention(cast.acme, now=AT)
        assert check_closed_days(read_before, now=AT + timedelta(days=3)) == 0
        assert days() == {date(2026, 8, 23): 2, date(2026, 11, 21): 3}


def test_retention_that_read_an_older_zone_deletes_by_the_new_one(cast: Cast) -> None:
    # Midnight of the first kept day is six hours later in New York than in Berlin.
    horizon_at = datetime(2026, 8, 24, 4, 0, tzinfo=UTC)
    submit(cast.acme, at=horizon_at - timedelta(minutes=1), count=2)
    submit(cast.acme, at=horizon_at, count=3)
    read_before = Tenant.objects.get(pk=cast.acme.pk)
    now = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
    with tenant_scope([cast.acme.pk]):
        change_time_zone(tenant=cast.acme, time_zone="America/New_York")
        assert apply_retention(read_before, now=now) == 2
