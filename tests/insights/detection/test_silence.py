"""A source that pauses for longer than it usually does is silent: once, until it sends again."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from insights.detection.silence import watch_sources
from insights.health.pauses import usual_pause
from insights.models import Source
from tenants.models import EventType, Tenant, WebhookDelivery, WebhookEvent
from tenants.scope import tenant_scope
from tests.cast import Cast
from tests.factories import fail_login, make_source, submit
from tests.tenants.webhooks.stage import hook

pytestmark = pytest.mark.django_db
MONDAY = datetime(2026, 11, 16, 18, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


def day(number: int) -> date:
    return MONDAY.date() + timedelta(days=number)


@pytest.mark.parametrize(
    ("days", "hours"),
    [
        (range(-6, 1), 26),  # every day
        ([-2, -1, 0], 26),
        ([-28, -2, -1, 0], 26),  # only the last four weeks count
        ([-9, -8, -7, -6, -5, -2, -1, 0], 74),  # a weekend
        ([-20, -2, -1, 0], 26),  # an outage is no habit
        ([-6, -3, 0], 74),
        ([-4, 0], None),
        ([0], None),
        ([-9, -8, -7, -6], None),  # not in the week before the last line
        ([], None),
    ],
)
def test_usual_pause_is_the_longest_between_days_with_data(days: list[int], hours: int | None) -> None:
    expected = None if hours is None else hours * HOUR
    assert usual_pause([day(number) for number in days], last=day(0)) == expected


def feed(tenant: Tenant, *days: int, received_at: datetime | None = None) -> Source:
    """Give the tenant a source with mail on these days, the last one received at once unless said otherwise."""
    for number in days:
        submit(tenant, at=MONDAY + timedelta(days=number))
    return received(
        tenant, received_at or MONDAY + timedelta(days=days[-1]), since=MONDAY - timedelta(days=20)
    )


def received(tenant: Tenant, at: datetime, *, since: datetime | None = None) -> Source:
    source = make_source(tenant)
    with tenant_scope([tenant.pk]):
        Source.objects.filter(pk=source.pk).update(
            last_received_at=at, **({"created_at": since} if since else {})
        )
        return Source.objects.get(pk=source.pk)


def watched(tenant: Tenant, now: datetime) -> tuple[int, int]:
    with tenant_scope([tenant.pk]):
        silent, resumed = watch_sources(tenant, now=now)
    return len(silent), len(resumed)


def told(tenant: Tenant) -> list[Any]:
    with tenant_scope([tenant.pk]):
        return [json.loads(event.body) for event in WebhookEvent.objects.order_by("pk")]


def test_silence_is_told_once_and_its_end_once(cast: Cast) -> None:
    hook(cast.north, "https://example.com/")
    feed(cast.acme, -3, -2, -1, 0)
    assert watched(cast.acme, MONDAY + 26 * HOUR) == (0, 0)
    assert watched(cast.acme, MONDAY + 26.1 * HOUR) == (1, 0)
    assert watched(cast.acme, MONDAY + 90 * HOUR) == (0, 0)
    submit(cast.acme, at=MONDAY + 91 * HOUR)
    received(cast.acme, MONDAY + 91 * HOUR)
    assert watched(cast.acme, MONDAY + 92 * HOUR) == (0, 1)
    assert watched(cast.acme, MONDAY + 93 * HOUR) == (0, 0)
    silent, resumed = told(cast.acme)
    assert (silent["type"], resumed["type"]) == (EventType.SOURCE_SILENT, EventType.SOURCE_RESUMED)
    data = silent["data"]
    assert (data["tenant"], data["source"], data["usual_pause_hours"]) == ("acme", "mx1", 26)
    assert (
        data["silent_since"]
        == data["last_received_at"]
        == "2026-11-16T18:00:00Z"
        == resumed["data"]["silent_since"]
    )
    assert data["url"].endswith("/t/acme/sources/")
    assert WebhookDelivery.objects.count() == 2


def test_office_is_not_silent_at_the_weekend(cast: Cast) -> None:
    """Mail on weekdays alone: Friday's last line, Monday's first."""
    feed(cast.acme, -7, -6, -5, -4, -3, 0, 1, 2, 3, 4)
    friday = MONDAY + timedelta(days=4)
    assert watched(cast.acme, friday + timedelta(days=3)) == (0, 0)
    assert watched(cast.acme, friday + timedelta(days=3) + 3 * HOUR) == (1, 0)


def test_nightly_upload_is_not_silent_before_the_next(cast: Cast) -> None:
    """An office whose log is sent at half past six: its newest line is older than a day by then."""
    feed(cast.acme, -3, -2, -1, 0, received_at=MONDAY + 12.5 * HOUR)
    assert watched(cast.acme, MONDAY + 36 * HOUR) == (0, 0)
    assert watched(cast.acme, MONDAY + 39 * HOUR) == (1, 0)


def test_old_log_that_is_sent_again_and_again_is_silence_too(cast: Cast) -> None:
    feed(cast.acme, -3, -2, -1, 0, received_at=MONDAY + 49 * HOUR)
    assert watched(cast.acme, MONDAY + 49 * HOUR) == (0, 0)
    received(cast.acme, MONDAY + 51 * HOUR)
    assert watched(cast.acme, MONDAY + 51 * HOUR) == (1, 0)


def test_single_upload_is_no_habit(cast: Cast) -> None:
    feed(cast.acme, -3, -2, -1, 0)
    received(cast.acme, MONDAY, since=MONDAY - HOUR)
    assert watched(cast.acme, MONDAY + timedelta(days=9)) == (0, 0)


def test_failed_logins_are_data_too(cast: Cast) -> None:
    for number in (-2, -1):
        fail_login(cast.acme, at=MONDAY + timedelta(days=number))
    feed(cast.acme, 0)
    assert watched(cast.acme, MONDAY + timedelta(days=9)) == (1, 0)


def test_source_of_another_tenant_is_not_looked_at(cast: Cast) -> None:
    feed(cast.acme, -3, -2, -1, 0)
    assert watched(cast.globex, MONDAY + timedelta(days=9)) == (0, 0)
