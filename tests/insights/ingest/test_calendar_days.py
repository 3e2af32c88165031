"""A log of 400 days, over New Year and both changes of the clock, counts day by day as its truth says."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from django.db import connection

from insights import queries
from insights.demo.calendar_days import calendar_log
from insights.models import RollupCheck
from insights.partitions import drop_partitions
from insights.retention import apply_retention
from insights.rollups.nightly import check_closed_days
from insights.rollups.zone import change_time_zone
from project.periods import DayRange, midnight
from tenants.models import Tenant
from tenants.scope import tenant_scope
from tests.cast import Cast
from tests.imports import assert_recounted, events_of, import_file, kept

START_ON = date(2025, 9, 1)
DAYS = DayRange(START_ON, START_ON + timedelta(days=400))
NOW = datetime(2026, 10, 8, 12, 0, tzinfo=UTC)
"""Two days after the last line; half a year later is after the summer of both hemispheres."""
TENANTS = ["acme", "globex", "initech"]


@pytest.fixture(params=TENANTS)
def tenant(cast: Cast, request: pytest.FixtureRequest) -> Tenant:
    """A tenant in Berlin, New York or Seoul that keeps 500 days."""
    tenant: Tenant = getattr(cast, request.param)
    tenant.retention_days = 500
    tenant.save()
    return tenant


def volume(tenant: Tenant) -> dict[date, tuple[int, int]]:
    with tenant_scope([tenant.pk]):
        days = queries.sending_volume(queries.Selection(DAYS))
    return {day.day: (day.messages, day.recipients) for day in days}


def test_400_days_count_as_their_truth_says(tenant: Tenant, tmp_path: Path) -> None:
    zone = ZoneInfo(tenant.time_zone)
    chunks, truth = calendar_log(zone=zone, start_on=START_ON, days=400, seed=4)
    path = tmp_path / "mail.log"
    path.write_bytes(b"".join(chunks))
    done = import_file(tenant, path, zone=tenant.time_zone, year=2025, now=NOW)
    events = len(truth.submissions) + len(truth.failures)
    assert (done.status, done.message) == ("done", "")
    assert (done.accounting()["stored"], done.accounting()["unrecognised"]) == (events, 0)

    by_day = {day: tuple(tally) for day, tally in truth.days(zone).items()}
    assert volume(tenant) == {day: by_day.get(day, (0, 0)) for day in DAYS}
    assert_recounted(tenant)
    with tenant_scope([tenant.pk]):
        senders = queries.senders(queries.Selection(DAYS))
        assert {row["sender_address"]: row["messages"] for row in senders} == {
            sender: tally.messages for sender, tally in truth.senders().items()
        }
        refused = queries.failures_by_day(queries.Selection(DAYS))
        assert {day: count for day, count in refused.items() if count} == truth.failure_days(zone)
        assert check_closed_days(tenant, now=NOW) == 0
        assert RollupCheck.objects.filter(differences=[]).count() == RollupCheck.objects.count() == 400

    # Half a year later the oldest days are past the 500 that are kept: their counts stay, their events go.
    later = NOW + timedelta(days=182)
    counted = kept(tenant)
    first_kept_on = queries.kept_days(tenant, now=later).start
    horizon_at = midnight(first_kept_on, zone)
    gone = sum(sent.occurred_at < horizon_at for sent in truth.submissions)
    gone += sum(refused.occurred_at < horizon_at for refused in truth.failures)
    assert gone > 100
    with tenant_scope([tenant.pk]):
        assert apply_retention(tenant, now=later) == gone
    assert events_of(tenant) == events - gone
    after = kept(tenant)
    assert (after.submission_days, after.failure_days) == (counted.submission_days, counted.failure_days)
    assert volume(tenant) == {day: by_day.get(day, (0, 0)) for day in DAYS}
    assert_recounted(tenant)
    with tenant_scope([tenant.pk]):
        assert check_closed_days(tenant, now=later) == 0
    _assert_old_partitions_go(later)
    assert events_of(tenant) == events - gone

    # What is older than the kept days is neither stored nor counted again.
    again = import_file(tenant, path, zone=tenant.time_zone, year=2025, now=later)
    assert again.accounting()["stored"] == 0
    assert volume(tenant) == {day: by_day.get(day, (0, 0)) for day in DAYS}


def _assert_old_partitions_go(now: datetime) -> None:
    """Check that of whole weeks only those go that lie before the longest retention, and a day for the west."""
    assert {"insights_submission_2025w40", "insights_loginfailure_2025w40"} <= set(drop_partitions(now=now))
    with connection.cursor() as cursor:
        cursor.execute("SELECT min(relname) FROM pg_class WHERE relname ~ '^insights_submission_....w..$'")
        (oldest,) = cursor.fetchone()
    week = datetime.strptime(f"{oldest[-7:]}1", "%Gw%V%u").replace(tzinfo=UTC)
    assert week <= now - timedelta(days=501) < week + timedelta(days=7)


def test_another_zone_counts_the_same_messages_by_its_own_days(cast: Cast, tmp_path: Path) -> None:
    cast.acme.retention_days = 500
    cast.acme.save()
    berlin, seoul = ZoneInfo("Europe/Berlin"), ZoneInfo("Asia/Seoul")
    chunks, truth = calendar_log(zone=berlin, start_on=date(2025, 12, 20), days=120, seed=4)
    path = tmp_path / "mail.log"
    path.write_bytes(b"".join(chunks))
    import_file(cast.acme, path, zone="Europe/Berlin", year=2025, now=NOW)
    with tenant_scope([cast.acme.pk]):
        change_time_zone(tenant=cast.acme, time_zone="Asia/Seoul")
    assert {day: sums for day, sums in volume(cast.acme).items() if sums[0]} == {
        day: tuple(tally) for day, tally in truth.days(seoul).items()
    }
    assert_recounted(cast.acme)
