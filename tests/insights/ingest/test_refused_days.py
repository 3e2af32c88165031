"""A log that was refused tells nothing of any day: none of its days becomes a zero, and none hides a gap of others."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from insights.health.days import DayState, Wholeness
from insights.models import ImportStatus
from insights.queries.health_overview import health_overview
from insights.queries.source_days import evidence_of, source_days
from project.periods import DayRange, day_of
from tenants.scope import tenant_scope
from tests.cast import Cast
from tests.imports import NOW, import_bytes, imported
from tests.insights.ingest.lines import message


@pytest.mark.parametrize("at", [NOW - timedelta(days=150), NOW + timedelta(days=20)])
def test_refused_log_makes_no_day_known(cast: Cast, tmp_path: Path, at: datetime) -> None:
    refused = import_bytes(cast.acme, tmp_path, message(at, queue_id="A1"), source="old", year=2026)
    assert refused.status == ImportStatus.REFUSED
    imported(cast.acme, tmp_path, message(NOW - timedelta(days=9), queue_id="A2"), year=2026)
    today = day_of(NOW, cast.acme.zone)
    days = DayRange.last_days(90, today=today)
    with tenant_scope([cast.acme.pk]):
        known = {
            one.name: set(one.states(days, today=today).values())
            for one in source_days(cast.acme, days, now=NOW)
        }
        found = evidence_of(cast.acme, days, now=NOW)
        (row,) = [one for one in health_overview([cast.acme], now=NOW) if one.name == "old"]
    assert known["old"] == {DayState.BEFORE}
    assert {found[day].wholeness for day in days if day < today - timedelta(days=9)} == {Wholeness.BEFORE}
    assert {found[day].wholeness for day in days if day > today - timedelta(days=9)} == {Wholeness.MISSING}
    assert row.days_missing == 0
