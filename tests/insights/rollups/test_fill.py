"""Roll-ups equal their raw rows; where they do not, the difference is named and repaired."""

from datetime import UTC, date, datetime, timedelta

from django.db import connection

from insights.models import RollupCheck, SubmissionDay
from insights.retention import apply_retention
from insights.rollups.fill import closed_days, compare, counted_days, rebuild_days
from insights.rollups.nightly import check_closed_days
from insights.rollups.zone import change_time_zone
from project.periods import DayRange
from tenants.scope import tenant_scope
from tests.cast import Cast
from tests.factories import fail_login, submit

AT = datetime(2026, 11, 20, 23, 30, tzinfo=UTC)


def days_with_messages() -> dict[date, int]:
    return {row.day: row.messages for row in SubmissionDay.objects.order_by("day")}


def test_events_count_for_the_day_of_the_tenants_zone(cast: Cast) -> None:
    for tenant in (cast.acme, cast.globex):
        submit(tenant, at=AT, count=3)
    with tenant_scope([cast.acme.pk]):
        assert days_with_messages() == {date(2026, 11, 21): 3}
    with tenant_scope([cast.globex.pk]):
        assert days_with_messages() == {date(2026, 11, 20): 3}


def test_stored_events_leave_no_difference(cast: Cast) -> None:
    submit(cast.acme, at=AT, count=3)
    submit(cast.acme, at=AT + timedelta(hours=1), client_ip="", count=2)
    submit(cast.acme, at=AT + timedelta(hours=2), client_ip="", count=2)
    fail_login(cast.acme, at=AT, client_ip="", count=4)
    with tenant_scope([cast.acme.pk]):
        days = counted_days(cast.acme)
        assert days == DayRange(date(2026, 11, 21), date(2026, 11, 22))
        assert compare(cast.acme, days) == []


def test_damaged_roll_up_is_named_and_repaired(cast: Cast) -> None:
    submit(cast.acme, at=AT, count=3)
    fail_login(cast.acme, at=AT)
    with tenant_scope([cast.acme.pk]):
        SubmissionDay.objects.update(messages=5)
        days = DayRange.inclusive(date(2026, 11, 21), date(2026, 11, 21))
        found = compare(cast.acme, days)
        assert [(item.side, item.values["messages"]) for item in found] == [("raw", 3), ("rollup", 5)]
        rebuild_days(cast.acme, days)
        assert compare(cast.acme, days) == []
        assert days_with_messages() == {date(2026, 11, 21): 3}


def test_nightly_check_repairs_closed_days_and_keeps_what_differed(cast: Cast) -> None:
    submit(cast.acme, at=AT, count=3)
    now = AT + timedelta(days=2)
    with tenant_scope([cast.acme.pk]):
        SubmissionDay.objects.update(messages=5)
        assert check_closed_days(cast.acme, now=now) == 1
        check = RollupCheck.objects.get(day=date(2026, 11, 21))
        assert [item["side"] for item in check.differences] == ["raw", "rollup"]
        assert days_with_messages() == {date(2026, 11, 21): 3}
        assert check_closed_days(cast.acme, now=now + timedelta(hours=1)) == 0


def test_today_is_not_closed(cast: Cast) -> None:
    submit(cast.acme, at=AT)
    with tenant_scope([cast.acme.pk]):
        assert closed_days(cast.acme, now=AT + timedelta(minutes=5)) is None


def test_changed_time_zone_counts_the_days_anew(cast: Cast) -> None:
    submit(cast.acme, at=AT, count=3)
    with tenant_scope([cast.acme.pk]):
        change_time_zone(tenant=cast.acme, time_zone="America/New_York")
        assert days_with_messages() == {date(2026, 11, 20): 3}
        assert cast.acme.borders_kept_before is None


def test_retention_deletes_events_and_keeps_their_counts(cast: Cast) -> None:
    submit(cast.acme, at=AT - timedelta(days=90), count=2)
    submit(cast.acme, at=AT, count=3)
    with tenant_scope([cast.acme.pk]):
        assert apply_retention(cast.acme, now=AT) == 2
        assert days_with_messages() == {date(2026, 8, 23): 2, date(2026, 11, 21): 3}
        assert cast.acme.raw_from_on == date(2026, 8, 24)
        assert compare(cast.acme, DayRange(date(2026, 8, 1), date(2026, 12, 1))) == []


def test_changed_time_zone_after_retention_keeps_every_message(cast: Cast) -> None:
    horizon = datetime(2026, 8, 23, 22, 0, tzinfo=UTC)  # midnight of 24 August in Berlin
    submit(cast.acme, at=horizon - timedelta(minutes=1), count=2)
    submit(cast.acme, at=horizon + timedelta(minutes=1), count=5)
    with tenant_scope([cast.acme.pk]):
        apply_retention(cast.acme, now=AT)
        change_time_zone(tenant=cast.acme, time_zone="America/New_York")
        assert days_with_messages() == {date(2026, 8, 23): 2, date(2026, 8, 24): 5}
        assert cast.acme.borders_kept_before == date(2026, 8, 24)
        assert compare(cast.acme, DayRange(date(2026, 8, 1), date(2026, 12, 1))) == []


def test_partitions_past_the_longest_retention_are_dropped(cast: Cast) -> None:
    from insights.retention import keep_partitions

    submit(cast.acme, at=AT - timedelta(days=120))
    submit(cast.acme, at=AT)
    _, dropped = keep_partitions(now=AT)
    assert dropped == ["insights_loginfailure_2026w30", "insights_submission_2026w30"]
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass('insights_submission_2026w47') IS NOT NULL")
        assert cursor.fetchone() == (True,)
