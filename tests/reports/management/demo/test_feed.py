"""The demo's logs go through the real ingest: nothing is lost, nothing counted twice."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.core import mail

from insights.demo.truth import Truth
from insights.models import ImportStatus, LogImport, Source, Submission
from reports.management.demo.feed import read_part, unread
from reports.management.demo.kept_story import KeptStory, Part
from reports.management.demo.people import FIRST, fill_in
from reports.management.demo.sample_report import ask_once
from reports.models import ReportRecipient, ReportRequest
from tenants.models import Membership, Tenant
from tenants.scope import tenant_scope

NOW = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
pytestmark = pytest.mark.django_db


@pytest.fixture
def kept() -> KeptStory:
    """A story of two days in two parts, whose first part is told from the first day on."""
    before = NOW - timedelta(days=1)
    story = KeptStory(told_at=before, days=2, ends=[before, NOW])
    fill_in(story.providers(), password="word of today", is_new=True)
    return story


def of_kestrel(kept: KeptStory) -> list[Part]:
    return [part for part in kept.parts() if part.tenant.slug == "kestrel"]


def read(part: Part, folder: Path) -> LogImport:
    log_import = read_part(part, folder=folder, clock=lambda: NOW)
    assert log_import is not None
    return log_import


def counted(part: Part) -> tuple[int, int]:
    truth: Truth = part.tenant.truth(part.source, part.start, part.end)
    return len(truth.submissions), len(truth.failures)


def test_parts_are_read_in_full_and_only_once(kept: KeptStory, tmp_path: Path) -> None:
    first, second = of_kestrel(kept)
    assert of_kestrel(kept) == [
        part for part in unread(kept.parts(), folder=tmp_path) if part.tenant.slug == "kestrel"
    ]
    read(first, tmp_path)
    assert second in unread(kept.parts(), folder=tmp_path)
    assert first not in unread(kept.parts(), folder=tmp_path)
    # The second part goes on where the first ended, so that its truth holds without exception.
    log_import = read(second, tmp_path)
    assert (log_import.status, log_import.lines_unrecognised) == (ImportStatus.DONE, 0)
    assert (log_import.submissions_stored, log_import.failures_stored) == counted(second)
    assert log_import.submissions_duplicate + log_import.failures_duplicate == 0
    assert [part for part in unread(kept.parts(), folder=tmp_path) if part.tenant.slug == "kestrel"] == []


def test_interrupted_part_goes_on_as_the_same_import(kept: KeptStory, tmp_path: Path) -> None:
    first, _ = of_kestrel(kept)
    tenant = Tenant.objects.get(slug="kestrel")
    with tenant_scope([tenant.pk]):
        source = Source.objects.create(
            tenant=tenant, name=first.source.name, format="postfix", time_zone=first.source.log_zone
        )
        begun = LogImport.objects.create(
            tenant=tenant, source=source, file_name=first.file_name, status=ImportStatus.RUNNING, attempts=1
        )
    assert first in unread(kept.parts(), folder=tmp_path)
    log_import = read(first, tmp_path)
    assert (log_import.pk, log_import.status) == (begun.pk, ImportStatus.DONE)


def test_part_without_a_line_is_left_out(kept: KeptStory, tmp_path: Path) -> None:
    """The server of Prairie Seed fell silent two weeks ago."""
    silent = next(part for part in kept.parts() if part.tenant.slug == "prairie-seed")
    assert silent in unread(kept.parts(), folder=tmp_path)
    assert read_part(silent, folder=tmp_path, clock=lambda: NOW) is None
    assert silent not in unread(kept.parts(), folder=tmp_path)
    with tenant_scope([Tenant.objects.get(slug="prairie-seed").pk]):
        assert not LogImport.objects.exists()


def test_undone_part_stays_undone(kept: KeptStory, tmp_path: Path) -> None:
    first, _ = of_kestrel(kept)
    log_import = read(first, tmp_path)
    with tenant_scope([log_import.tenant_id]):
        LogImport.objects.filter(pk=log_import.pk).update(status=ImportStatus.UNDONE)
    assert first not in unread(kept.parts(), folder=tmp_path)


def test_stamps_without_a_year_are_read_with_the_one_of_the_story(kept: KeptStory, tmp_path: Path) -> None:
    first, second = (part for part in kept.parts() if part.tenant.slug == "fenwick-dental")
    for part in (first, second):
        assert read(part, tmp_path).status == ImportStatus.DONE
    with tenant_scope([Tenant.objects.get(slug="fenwick-dental").pk]):
        times = Submission.objects.values_list("occurred_at", flat=True)
        assert [at for at in times if not first.start - timedelta(hours=6) <= at <= second.end] == []


def test_report_is_asked_for_once(kept: KeptStory, tmp_path: Path) -> None:
    read(of_kestrel(kept)[0], tmp_path)
    assert ask_once("lindner", now=NOW)
    assert not ask_once("lindner", now=NOW)
    with tenant_scope([Tenant.objects.get(slug="lindner").pk]):
        request = ReportRequest.objects.get()
        recipients = list(ReportRecipient.objects.values_list("address", flat=True))
    assert len(request.days) == 7
    assert recipients == [FIRST.email]
    # Queued when this transaction commits, which a test's never does.
    assert mail.outbox == []


def test_report_is_not_asked_for_when_its_reader_has_left(kept: KeptStory) -> None:
    Membership.objects.filter(user__email=FIRST.email).delete()
    assert not ask_once("lindner", now=NOW)
    with tenant_scope([Tenant.objects.get(slug="lindner").pk]):
        assert not ReportRequest.objects.exists()
