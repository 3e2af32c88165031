"""Generated logs of every style leave rows that equal their truth, imported once, again, and in two parts."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from random import Random

import pytest
from django.db import transaction

from insights import queries
from insights.demo.truth import Truth, folded, sender_of
from insights.models import LoginFailure, Submission
from project.periods import DayRange
from tenants.models import Tenant
from tenants.scope import tenant_scope
from tests.cast import Cast
from tests.imports import assert_recounted, import_bytes, imported, kept, lines_in
from tests.insights.demo.told import NOW, SOURCES, tenant

DAYS = queries.Selection(DayRange.last_days(9, today=NOW.date() + timedelta(days=1)))


def generated(slug: str, number: int, *, days: int) -> tuple[bytes, Truth, str, int]:
    """Return the last days of a demo source, its truth, the zone of its stamps and its first year."""
    who = replace(tenant(slug), first_on=(NOW - timedelta(days=days)).date())
    source = who.sources[number]
    log = b"".join(who.write_log(source, who.start, NOW))
    return log, who.truth(source, who.start, NOW), str(source.style.zone), source.year_at(who.start)


def assert_rows_equal(acme: Tenant, truth: Truth) -> None:
    with tenant_scope([acme.pk]):
        submissions, failures = list(Submission.objects.all()), list(LoginFailure.objects.all())
    assert Counter(
        (
            row.occurred_at.replace(microsecond=0),
            row.account,
            row.sender_address,
            row.tls_version,
            row.mechanism,
            row.client_ip,
            (row.recipients, row.recipients_exact, row.size_bytes),
        )
        for row in submissions
    ) == Counter(
        (
            sent.occurred_at,
            folded(sent.account),
            sender_of(sent),
            sent.tls,
            sent.mechanism,
            sent.client_ip,
            (sent.recipients, sent.recipients_exact, sent.size),
        )
        for sent in truth.submissions
    )
    assert Counter(
        (row.occurred_at.replace(microsecond=0), row.account, row.client_ip, row.mechanism, row.reason)
        for row in failures
    ) == Counter(tuple(refused) for refused in truth.failures)


@pytest.mark.parametrize(("slug", "number"), SOURCES)
def test_rows_and_sums_equal_the_truth_and_again_adds_nothing(
    cast: Cast, tmp_path: Path, slug: str, number: int
) -> None:
    log, truth, zone, year = generated(slug, number, days=3)
    first = imported(cast.acme, tmp_path, log, year=year, zone=zone, now=NOW)
    assert first.lines == lines_in(log)
    assert_rows_equal(cast.acme, truth)
    with tenant_scope([cast.acme.pk]):
        assert {
            (row["account"], row["client_ip"], row["tls_version"], row["mechanism"]): (
                row["messages"],
                row["recipients"],
            )
            for row in queries.clients(DAYS)
        } == {tuple(client): tuple(tally) for client, tally in truth.clients().items()}
        assert queries.failure_total(DAYS) == len(truth.failures)
        by_tls = {share.tls_version: share.messages for share in queries.tls_usage(DAYS) if share.messages}
        assert by_tls == {version: tally.messages for version, tally in truth.tls().items()}
    before = kept(cast.acme)
    for given in (None, year):
        again = imported(cast.acme, tmp_path, log, year=given, zone=zone, now=NOW).accounting()
        assert (again["stored"], again["duplicate"]) == (0, first.accounting()["stored"])
    assert kept(cast.acme) == before
    assert_recounted(cast.acme)


def test_cut_in_two_at_random_bytes_leaves_the_rows_of_the_truth(cast: Cast, tmp_path: Path) -> None:
    log, truth, zone, year = generated(*SOURCES[0], days=1)
    rng = Random(7)
    for _ in range(8):
        cut = rng.randrange(1, len(log))
        with transaction.atomic():
            first = import_bytes(cast.acme, tmp_path, log[:cut], year=year, zone=zone, now=NOW)
            second = imported(cast.acme, tmp_path, log[cut:], zone=zone, now=NOW)
            assert first.lines + second.lines == lines_in(log), cut
            assert_rows_equal(cast.acme, truth)
            assert_recounted(cast.acme)
            transaction.set_rollback(True)
