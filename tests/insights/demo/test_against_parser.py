"""What the Postfix parser reads out of generated logs equals the generator's truth, event by event."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import NamedTuple
from zoneinfo import ZoneInfo

import pytest

from insights.demo.bulk import write_bulk
from insights.demo.calendar_days import calendar_log
from insights.demo.postfix_lines import LogStyle
from insights.demo.stamps import StampStyle
from insights.demo.truth import FailureTruth, SubmissionTruth, Truth
from insights.ingest.formats.postfix import PostfixParser
from insights.ingest.record import LoginFailureRecord, SubmissionRecord
from tests.insights.demo.told import NOW, SOURCES, tenant

ZONES = (
    "Europe/Berlin",
    "America/New_York",
    "Asia/Seoul",
    "America/Havana",
    "America/Santiago",
    "Australia/Lord_Howe",
)


class Read(NamedTuple):
    """What the parser found."""

    submissions: list[SubmissionRecord]
    failures: list[LoginFailureRecord]
    unrecognised: Counter[str]


def read(chunks: Iterable[bytes], *, zone: ZoneInfo, year: int) -> Read:
    parser = PostfixParser(source_key="source", zone=zone, year=year)
    found = Read([], [], Counter())
    number = 1
    for chunk in chunks:
        lines = chunk.splitlines()
        batch = parser.feed(lines, first_line_number=number)
        number += len(lines)
        found.submissions.extend(batch.submissions)
        found.failures.extend(batch.failures)
        found.unrecognised.update(batch.counts.unrecognised)
    return found


def submission(record: SubmissionRecord) -> SubmissionTruth:
    return SubmissionTruth(
        occurred_at=record.occurred_at.replace(microsecond=0),
        account=record.account,
        sender=record.sender_address,
        tls=record.tls_version,
        mechanism=record.mechanism,
        client_ip=record.client_ip,
        recipients=record.recipients,
        recipients_exact=record.recipients_exact,
        size=record.size_bytes,
    )


def failure(record: LoginFailureRecord) -> FailureTruth:
    return FailureTruth(
        occurred_at=record.occurred_at.replace(microsecond=0),
        account=record.account,
        client_ip=record.client_ip,
        mechanism=record.mechanism,
        reason=record.reason,
    )


def assert_equal(found: Read, truth: Truth) -> None:
    assert Counter(map(submission, found.submissions)) == Counter(truth.submissions)
    assert Counter(map(failure, found.failures)) == Counter(truth.failures)
    assert found.unrecognised == Counter()
    ids = [record.id for record in found.submissions] + [record.id for record in found.failures]
    assert len(set(ids)) == len(ids)


@pytest.mark.parametrize(("slug", "number"), SOURCES)
def test_demo_log_is_read_as_it_was_meant(slug: str, number: int) -> None:
    # The last 35 days hold every incident.
    who = replace(tenant(slug), first_on=(NOW - timedelta(days=35)).date())
    source = who.sources[number]
    chunks = who.write_log(source, who.start, NOW)
    found = read(chunks, zone=source.style.zone, year=source.year_at(who.start))
    assert_equal(found, who.truth(source, who.start, NOW))


@pytest.mark.parametrize("name", ZONES)
def test_calendar_log_of_400_days_is_read_as_it_was_meant(name: str) -> None:
    zone = ZoneInfo(name)
    chunks, truth = calendar_log(zone=zone, start_on=date(2025, 9, 1), days=400, seed=1)
    assert_equal(read(chunks, zone=zone, year=2025), truth)


@pytest.mark.parametrize("stamp", StampStyle)
def test_calendar_log_stamped_in_another_zone_is_read_as_it_was_meant(stamp: StampStyle) -> None:
    style = LogStyle(host="mx", zone=ZoneInfo("America/New_York"), stamp=stamp)
    chunks, truth = calendar_log(
        zone=ZoneInfo("Europe/Berlin"), start_on=date(2025, 9, 1), days=400, seed=2, style=style
    )
    assert_equal(read(chunks, zone=style.zone, year=2025), truth)


def test_bulk_log_is_read_as_it_was_meant(tmp_path: Path) -> None:
    path = tmp_path / "mail.log"
    start = datetime(2026, 12, 30, tzinfo=UTC)
    truth = write_bulk(path, submissions=10_000, users=500, days=4, start=start, seed=1)
    found = read([path.read_bytes()], zone=ZoneInfo("UTC"), year=2026)
    assert len(found.submissions) == truth.submissions
    assert Counter(record.tls_version for record in found.submissions) == truth.by_tls
    assert Counter(record.mechanism for record in found.submissions) == truth.by_mechanism
    assert Counter(record.occurred_at.date() for record in found.submissions) == truth.by_day
    assert sum(record.size_bytes or 0 for record in found.submissions) == truth.size_bytes
    assert len({record.account for record in found.submissions}) == truth.accounts
    assert (found.submissions[0].occurred_at, found.submissions[-1].occurred_at) == (
        truth.first_at,
        truth.last_at,
    )
    assert found.failures == []
    assert truth.last_at < start + timedelta(days=4)
