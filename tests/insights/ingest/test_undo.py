"""An undone import is gone from events and counts, names what went with it, and can be imported again."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from insights.ingest.undo import Undone, undo_import
from insights.models import ImportStatus, LogImport, SubmissionDay
from insights.retention import apply_retention
from insights.rollups.zone import change_time_zone
from tenants.models import Tenant
from tenants.scope import tenant_scope
from tests.cast import Cast
from tests.imports import NOW, assert_recounted, imported, kept
from tests.insights.ingest.lines import message, messages, refused_login

AT = datetime(2026, 11, 20, 22, 58, tzinfo=UTC)
DAY = timedelta(days=1)


def undo(tenant: Tenant, log_import: LogImport, *, now: datetime = NOW) -> Undone:
    with tenant_scope([tenant.pk]):
        return undo_import(LogImport.objects.get(pk=log_import.pk), now=now)


def again(log_import: LogImport) -> LogImport:
    with tenant_scope([log_import.tenant_id]):
        return LogImport.objects.get(pk=log_import.pk)


def test_undone_import_leaves_what_was_there_before(cast: Cast, tmp_path: Path) -> None:
    # Over midnight in Berlin, so that two days are counted anew.
    imported(cast.acme, tmp_path, messages(AT - timedelta(hours=1), 9) + refused_login(AT), year=2026)
    before = kept(cast.acme)
    second = imported(
        cast.acme, tmp_path, messages(AT, 5, first=20) + refused_login(AT + timedelta(hours=2)) * 2
    )
    with_both = kept(cast.acme)
    assert undo(cast.acme, second) == Undone(removed=7, beyond_retention=0, read_again=[])
    assert kept(cast.acme) == before != with_both
    assert again(second).status == ImportStatus.UNDONE
    assert again(second).message == "7 events were removed and their days counted again."
    assert_recounted(cast.acme)


def test_import_after_its_undo_restores_exactly(cast: Cast, tmp_path: Path) -> None:
    data = messages(AT, 5) + refused_login(AT + timedelta(hours=2)) * 2
    first = imported(cast.acme, tmp_path, data, year=2026)
    whole = kept(cast.acme)
    undo(cast.acme, first)
    assert kept(cast.acme).events == 0
    restored = imported(cast.acme, tmp_path, data, year=2026)
    assert (restored.accounting()["stored"], restored.accounting()["duplicate"]) == (7, 0)
    assert kept(cast.acme) == whole
    assert_recounted(cast.acme)


@pytest.mark.parametrize("line", range(1, 5))
def test_session_over_the_rotation_is_restored_as_well(cast: Cast, tmp_path: Path, line: int) -> None:
    data = messages(AT, 2) + message(AT + timedelta(minutes=9), queue_id="EEE001")
    lines = data.splitlines(keepends=True)
    older, newer = b"".join(lines[: 10 + line]), b"".join(lines[10 + line :])
    newer += messages(AT + timedelta(hours=1), 2, first=9)
    imported(cast.acme, tmp_path, older, year=2026)
    second = imported(cast.acme, tmp_path, newer)
    whole = kept(cast.acme)
    undo(cast.acme, second)
    imported(cast.acme, tmp_path, newer)
    assert kept(cast.acme) == whole
    assert_recounted(cast.acme)


def test_overlapping_imports_are_named(cast: Cast, tmp_path: Path) -> None:
    data = messages(AT, 5)
    first = imported(cast.acme, tmp_path, data, year=2026)
    whole = imported(cast.acme, tmp_path, data + messages(AT + timedelta(hours=1), 3, first=9))
    part = imported(cast.acme, tmp_path, data[: len(data) // 5 * 2])
    undone = undo(cast.acme, first)
    assert undone.removed == 5
    assert sorted(undone.read_again) == sorted([(whole.file_name, 5), (part.file_name, 2)])
    assert f"5 events of “{whole.file_name}” were the same and went with them" in again(first).message
    assert kept(cast.acme).events == 3
    imported(cast.acme, tmp_path, data, year=2026)
    assert kept(cast.acme).events == 8
    assert_recounted(cast.acme)


def test_events_past_retention_stay_counted(cast: Cast, tmp_path: Path) -> None:
    first = imported(
        cast.acme, tmp_path, messages(AT, 2) + messages(AT + timedelta(days=3), 3, first=9), year=2026
    )
    later = AT + timedelta(days=91)
    with tenant_scope([cast.acme.pk]):
        assert apply_retention(cast.acme, now=later) == 2
    assert undo(cast.acme, first, now=later) == Undone(removed=3, beyond_retention=2, read_again=[])
    days = kept(cast.acme).submission_days
    assert [row[-5] for row in days] == [True]
    assert kept(cast.acme).events == 0
    with tenant_scope([cast.acme.pk]):
        assert "2 events had already passed the days kept; their daily counts stay." in again(first).message


def test_events_before_the_first_midnight_of_a_new_zone_are_undone(cast: Cast, tmp_path: Path) -> None:
    horizon_at = datetime(
        2026, 8, 26, 22, 0, tzinfo=UTC
    )  # midnight in Berlin, still the day before in New York
    imported(cast.acme, tmp_path, messages(horizon_at - DAY, 2), year=2026, now=NOW - DAY)
    early = imported(cast.acme, tmp_path, messages(horizon_at, 3, first=20), year=2026)
    with tenant_scope([cast.acme.pk]):
        assert apply_retention(cast.acme, now=NOW) == 2
        change_time_zone(tenant=cast.acme, time_zone="America/New_York")
    assert undo(cast.acme, early).removed == 3
    with tenant_scope([cast.acme.pk]):
        counted = SubmissionDay.objects.values_list("day", "messages")
        assert list(counted) == [(date(2026, 8, 26), 2)]
    assert_recounted(cast.acme)


@pytest.mark.parametrize("status", [ImportStatus.WAITING, ImportStatus.RUNNING, ImportStatus.UNDONE])
def test_import_that_may_still_change_is_not_undone(cast: Cast, tmp_path: Path, status: ImportStatus) -> None:
    first = imported(cast.acme, tmp_path, messages(AT, 2), year=2026)
    with tenant_scope([cast.acme.pk]):
        LogImport.objects.update(status=status)
    with pytest.raises(ValueError, match=f"This import is {status.label.lower()} and cannot be undone."):
        undo(cast.acme, first)
    assert kept(cast.acme).events == 2
