"""A message a minute before and one at midnight: each on its own day, in the zone of its tenant."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core.management import call_command
from django.test import Client

from tenants.models import User
from tests.cast import Cast
from tests.factories import submit
from tests.reports.web.page import read

ClientOf = Callable[[User], Client]


@pytest.mark.parametrize("slug", ["acme", "globex", "initech"])
def test_midnight_is_the_tenants(cast: Cast, client_of: ClientOf, now: object, slug: str) -> None:
    tenant = {"acme": cast.acme, "globex": cast.globex, "initech": cast.initech}[slug]
    midnight = datetime(2026, 11, 16, tzinfo=ZoneInfo(tenant.time_zone)).astimezone(UTC)
    submit(tenant, at=midnight - timedelta(minutes=1), account="late@acme.example", count=2)
    submit(tenant, at=midnight, account="early@acme.example", count=3)
    client = client_of(cast.mallory if slug == "initech" else cast.alice)
    page = read(client, f"/t/{slug}/reports/smtp-auth/?start=2026-11-15&end=2026-11-16")
    assert page.tables["Messages per day"] == [
        ["Day", "Messages"],
        ["Sun 15 Nov", "2"],
        ["Mon 16 Nov", "3"],
        ["Total", "5"],
    ]
    details = read(client, f"/t/{slug}/reports/smtp-auth/details/?start=2026-11-16&end=2026-11-16")
    assert details.tables["Senders"][1:-1] == [["early@acme.example", "3", "3", "1", "16 Nov 2026 00:00"]]
    out = io.StringIO()
    days = ("--start", "2026-11-15", "--end", "2026-11-15", "--format", "json")
    call_command("report", "senders", "--tenant", slug, *days, stdout=out)
    payload = json.loads(out.getvalue())
    assert (payload["time_zone"], payload["totals"]["messages"]) == (tenant.time_zone, 2)


@pytest.mark.parametrize(
    ("slug", "today"),
    [("acme", "11–17 Nov 2026"), ("globex", "11–17 Nov 2026"), ("initech", "12–18 Nov 2026")],
)
def test_the_last_seven_days_end_with_the_tenants_today(
    cast: Cast, client_of: ClientOf, slug: str, today: str
) -> None:
    import time_machine

    with time_machine.travel(datetime(2026, 11, 17, 16, tzinfo=UTC), tick=False):
        client = client_of(cast.mallory if slug == "initech" else cast.alice)
        assert today in read(client, f"/t/{slug}/clients/").text
