"""Messages of accounts with SMTP AUTH logins: asked for once, a day at a time, counted and nothing else kept."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection

from insights.models import GraphConnection, GraphTraceDay
from insights.queries.graph import TraceDay, trace_days
from tenants.scope import tenant_scope
from tests.factories import log_in, submit
from tests.insights.connectors.graph.conftest import Connected
from tests.insights.connectors.graph.directory import NOW, Directory, Fault, refusal, trace

SCANNER = "scanner@acme.example"
DAY = date(2026, 11, 22)
# Acme's days are Berlin's, an hour ahead of UTC.
BEGINS = datetime(2026, 11, 21, 23, tzinfo=UTC)


@pytest.fixture
def traced(connected: Connected) -> Connected:
    """The connection asks message trace, and the scanner logged in twice on the day."""
    with tenant_scope([connected.tenant.pk]):
        GraphConnection.objects.update(reads_trace=True)
    log_in(connected.tenant, at=BEGINS + timedelta(hours=9), account=SCANNER, count=2, source="Microsoft 365")
    return connected


def counted(connected: Connected) -> list[tuple[date, str, int]]:
    with tenant_scope([connected.tenant.pk]):
        rows = GraphTraceDay.objects.order_by("day", "account")
        return list(rows.values_list("day", "account", "messages"))


def trace_questions(directory: Directory) -> list[str]:
    return [path for path in directory.asked if "messageTraces" in path]


def test_messages_of_the_day_are_counted_once_each(directory: Directory, traced: Connected) -> None:
    at = BEGINS + timedelta(hours=10)
    directory.page_size = 2
    directory.traces = [
        trace(1, at=at, sender=SCANNER, message="<one@acme.example>"),
        trace(2, at=at, sender=SCANNER, message="<one@acme.example>"),
        trace(3, at=BEGINS, sender=SCANNER),
        trace(4, at=BEGINS + timedelta(hours=23, minutes=59, seconds=59), sender=SCANNER),
        trace(5, at=BEGINS + timedelta(days=1), sender=SCANNER),
        trace(6, at=BEGINS - timedelta(seconds=1), sender=SCANNER),
        trace(7, at=at, sender="boss@acme.example"),
    ]
    assert traced.poll().trace_error == ""
    assert counted(traced) == [(DAY, SCANNER, 3)]
    with tenant_scope([traced.tenant.pk]):
        assert trace_days(traced.again()) == [TraceDay(DAY, accounts=1, logins=2, messages=3)]


def test_day_is_asked_for_once(directory: Directory, traced: Connected) -> None:
    traced.poll()
    asked = len(trace_questions(directory))
    traced.poll()
    assert (asked, len(trace_questions(directory)), counted(traced)) == (1, 1, [(DAY, SCANNER, 0)])


@pytest.mark.parametrize(("days", "asked"), [(1, 0), (2, 1), (9, 1), (10, 0)])
def test_day_is_asked_for_when_it_is_over_for_long_and_while_microsoft_has_it(
    directory: Directory, connected: Connected, days: int, asked: int
) -> None:
    with tenant_scope([connected.tenant.pk]):
        GraphConnection.objects.update(reads_trace=True)
    log_in(connected.tenant, at=NOW - timedelta(days=days), account=SCANNER, source="Microsoft 365")
    connected.poll()
    assert len(trace_questions(directory)) == asked


def test_other_sources_and_accounts_without_logins_are_not_asked_for(
    directory: Directory, traced: Connected
) -> None:
    at = BEGINS + timedelta(hours=9)
    log_in(traced.tenant, at=at, account="other@acme.example", source="mx1")
    log_in(traced.tenant, at=at, account="no-address", source="Microsoft 365")
    submit(traced.tenant, at=at, account="sent@acme.example", source="Microsoft 365")
    traced.poll()
    assert counted(traced) == [(DAY, SCANNER, 0)]


def test_account_with_a_quote_is_asked_for(directory: Directory, traced: Connected) -> None:
    name = "o'brien@acme.example"
    log_in(traced.tenant, at=BEGINS + timedelta(hours=9), account=name, source="Microsoft 365")
    directory.traces = [trace(1, at=BEGINS + timedelta(hours=10), sender=name)]
    traced.poll()
    assert counted(traced) == [(DAY, name, 1), (DAY, SCANNER, 0)]


def test_missing_permission_is_said_and_sign_ins_go_on(directory: Directory, traced: Connected) -> None:
    directory.faults.extend([None, Fault(403, refusal("Authorization_RequestDenied", "Denied."))])
    outcome = traced.poll()
    one = traced.again()
    assert (outcome.error, one.failures, one.last_error) == ("", 0, "")
    assert "ExchangeMessageTrace.Read.All" in one.trace_error
    traced.poll()
    assert traced.again().trace_error == ""


def test_rows_that_are_none_are_left_out(directory: Directory, traced: Connected) -> None:
    good = trace(1, at=BEGINS + timedelta(hours=1), sender=SCANNER)
    body = [good, {**good, "messageId": 7, "id": None}, {**good, "receivedDateTime": "soon"}, "x", None]
    directory.faults.extend([None, Fault(200, json.dumps({"value": body}).encode())])
    traced.poll()
    assert counted(traced) == [(DAY, SCANNER, 1)]


def test_nothing_of_a_message_is_kept_but_that_it_was_there(directory: Directory, traced: Connected) -> None:
    directory.traces = [trace(1, at=BEGINS + timedelta(hours=1), sender=SCANNER)]
    traced.poll()
    with tenant_scope([traced.tenant.pk]), connection.cursor() as cursor:
        cursor.execute(
            "SELECT string_agg(row_to_json(one)::text, '') FROM insights_graphtraceday AS one"
            " UNION ALL SELECT string_agg(row_to_json(one)::text, '') FROM insights_graphconnection AS one"
        )
        kept = str(cursor.fetchall())
    assert [word for word in ("Confidential", "somebody1", "<1@") if word in kept] == []
