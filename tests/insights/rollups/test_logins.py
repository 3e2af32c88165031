"""Logins of which a source tells no message: stored, counted by day, counted again, and never a message."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from insights.models import Submission, SubmissionDay
from insights.queries import (
    Selection,
    account_count,
    client_totals,
    clients,
    senders,
    sending_volume,
    summary,
)
from insights.rollups.fill import compare, counted_days, rebuild_days
from insights.rollups.nightly import check_closed_days
from insights.rollups.zone import change_time_zone
from project.periods import DayRange
from tenants.scope import tenant_scope
from tests.cast import Cast
from tests.factories import log_in, submit

AT = datetime(2026, 11, 20, 23, 30, tzinfo=UTC)
DAY = date(2026, 11, 21)
"""The day of `AT` in Berlin."""
DAYS = DayRange.inclusive(DAY, DAY)


def counted() -> dict[tuple[date, str], tuple[int, int]]:
    return {(row.day, row.account): (row.messages, row.logins) for row in SubmissionDay.objects.all()}


def test_logins_are_added_beside_messages_of_the_same_client(cast: Cast) -> None:
    submit(cast.acme, at=AT, count=2, sender="")
    log_in(
        cast.acme, at=AT, tls=submit(cast.acme, at=AT, sender="")[0].tls_version, mechanism="PLAIN", count=3
    )
    log_in(cast.acme, at=AT, account="copier@acme.example", count=4)
    with tenant_scope([cast.acme.pk]):
        assert counted() == {(DAY, "anna@acme.example"): (3, 3), (DAY, "copier@acme.example"): (0, 4)}
        assert list(
            Submission.objects.values_list("messages", "recipients", "logins").order_by("logins")
        ) == ([(1, 1, 0)] * 3 + [(0, 0, 1)] * 7)
        assert compare(cast.acme, DAYS) == []


def test_damaged_logins_are_found_and_repaired_at_night(cast: Cast) -> None:
    log_in(cast.acme, at=AT, count=4)
    with tenant_scope([cast.acme.pk]):
        SubmissionDay.objects.update(logins=9)
        assert [(found.side, found.values["logins"]) for found in compare(cast.acme, DAYS)] == [
            ("raw", 4),
            ("rollup", 9),
        ]
        assert check_closed_days(cast.acme, now=AT + timedelta(days=2)) == 1
        assert counted() == {(DAY, "anna@acme.example"): (0, 4)}


def test_logins_move_with_the_time_zone(cast: Cast) -> None:
    log_in(cast.acme, at=AT, count=4)
    with tenant_scope([cast.acme.pk]):
        change_time_zone(tenant=cast.acme, time_zone="America/New_York")
        assert counted() == {(date(2026, 11, 20), "anna@acme.example"): (0, 4)}
        days = counted_days(cast.acme)
        assert days is not None
        rebuild_days(cast.acme, days)
        assert counted() == {(date(2026, 11, 20), "anna@acme.example"): (0, 4)}


@pytest.mark.parametrize(("messages", "logins"), [(0, 0), (-1, 2), (2, -1)])
def test_event_without_message_and_login_is_refused(cast: Cast, messages: int, logins: int) -> None:
    with pytest.raises(IntegrityError, match="submission_counts_something"), transaction.atomic():
        submit(cast.acme, at=AT, messages=messages, logins=logins)


def test_account_that_only_logs_in_counts_as_account_and_sends_nothing(cast: Cast) -> None:
    submit(cast.acme, at=AT, count=2)
    log_in(cast.acme, at=AT, account="copier@acme.example", client_ip="192.0.2.77", count=4)
    with tenant_scope([cast.acme.pk]):
        selection = Selection(days=DAYS)
        assert account_count(selection) == 2
        found = summary(selection)
        assert (found.accounts.now, found.clients.now, found.messages.now, found.messages_tls_unknown.now) == (
            2, 2, 2, 0,
        )  # fmt: skip
        assert [(row.messages, row.recipients, row.accounts) for row in sending_volume(selection)] == [
            (2, 2, 2)
        ]
        assert [(row["account"], row["messages"], row["logins"]) for row in clients(selection)] == [
            ("anna@acme.example", 2, 0),
            ("copier@acme.example", 0, 4),
        ]
        assert client_totals(selection) == {"messages": 2, "recipients": 2, "logins": 4}
        assert [row["sender_address"] for row in senders(selection)] == ["anna@acme.example"]
