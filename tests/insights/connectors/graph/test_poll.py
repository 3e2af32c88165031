"""A connection is asked, what is new is stored once, and how that went is written down."""

from __future__ import annotations

import json
import threading
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import OperationalError, connection, connections

from insights.connectors.graph.claims import asking_lock, due_connections, seal_all_anew
from insights.connectors.graph.deposit import store_page
from insights.connectors.graph.manage import read_again, remove_connection, switch_connection
from insights.ingest.store import store_names
from insights.models import GraphConnection, ImportOverlap, LogImport, Source
from insights.tasks import poll_due_graph, poll_graph
from tenants.scope import tenant_scope
from tests.imports import assert_recounted, imported
from tests.insights.connectors.graph.conftest import Connected
from tests.insights.connectors.graph.directory import NOW, SECRET, Directory, Fault, refusal, sign_in


def ago(**span: float) -> Any:
    return NOW - timedelta(**span)


def accounts(numbers: range) -> list[str]:
    return [f"user{number}@acme.example" for number in numbers]


def fill(directory: Directory, numbers: range, **more: Any) -> None:
    """Put a sign-in a minute into the directory, the one of the highest number first."""
    directory.sign_ins += [
        sign_in(number, at=ago(minutes=200 - number), user=f"user{number}@acme.example", **more)
        for number in numbers
    ]


def account_of_the_day(connected: Connected) -> LogImport:
    with tenant_scope([connected.tenant.pk]):
        return LogImport.objects.get()


def test_sign_ins_of_the_last_thirty_days_are_stored_page_by_page(
    directory: Directory, connected: Connected
) -> None:
    with tenant_scope([connected.tenant.pk]):
        GraphConnection.objects.update(read_until=None)
    fill(directory, range(8))
    directory.sign_ins += [
        sign_in(50, at=ago(days=28, hours=3), user="old@acme.example"),
        sign_in(51, at=ago(days=31), user="too-old@acme.example"),
        sign_in(52, at=ago(hours=2), code=50126, user="boss@acme.example", is_interactive=False),
    ]
    directory.page_size = 3
    outcome = connected.poll()
    assert connected.logins() == ["old@acme.example", *accounts(range(8))]
    assert connected.failures() == [("boss@acme.example", "wrong_credentials")]
    assert (outcome.sign_ins, outcome.stored, outcome.error) == (10, 10, "")
    told = account_of_the_day(connected)
    assert (told.kind, told.lines_event, told.submissions_stored, told.failures_stored) == ("graph", 10, 9, 1)
    one = connected.again()
    assert (one.read_until, one.succeeded_at, one.failures, one.last_error) == (NOW, NOW, 0, "")
    assert one.next_poll_at == NOW + timedelta(minutes=10)
    assert one.source.last_line_at == ago(hours=2)


def test_interactive_sign_ins_alone_are_asked_of_v1(directory: Directory, connected: Connected) -> None:
    with tenant_scope([connected.tenant.pk]):
        GraphConnection.objects.update(reads_non_interactive=False)
    fill(directory, range(1))
    fill(directory, range(1, 2), is_interactive=False)
    connected.poll()
    assert connected.logins() == accounts(range(1))
    assert {path.partition("?")[0] for path in directory.asked} == {"/v1.0/auditLogs/signIns"}


def test_asking_again_stores_what_came_late_and_nothing_twice(
    directory: Directory, connected: Connected
) -> None:
    fill(directory, range(4))
    connected.poll()
    fill(directory, range(4, 6))
    directory.sign_ins.append(sign_in(90, at=ago(hours=5), user="late@acme.example"))
    connected.now += timedelta(minutes=10)
    directory.clock = connected.now
    outcome = connected.poll()
    assert connected.logins() == ["late@acme.example", *accounts(range(6))]
    assert (outcome.sign_ins, outcome.stored) == (7, 3)
    told = account_of_the_day(connected)
    # Reading some hours again on purpose is no import twice.
    assert (told.lines_event, told.submissions_stored, told.submissions_duplicate) == (7, 7, 0)
    with tenant_scope([connected.tenant.pk]):
        assert ImportOverlap.objects.count() == 0


def test_overlap_is_as_long_as_the_setting(directory: Directory, connected: Connected, settings: Any) -> None:
    settings.GRAPH_OVERLAP_HOURS = 1
    connected.poll()
    directory.sign_ins.append(sign_in(1, at=ago(minutes=59), user="in@acme.example"))
    directory.sign_ins.append(sign_in(2, at=ago(minutes=61), user="out@acme.example"))
    connected.poll()
    assert connected.logins() == ["in@acme.example"]


def test_what_is_not_understood_is_counted_once(directory: Directory, connected: Connected) -> None:
    directory.sign_ins = [sign_in(1, status=None), sign_in(2)]
    connected.poll()
    connected.poll()
    told = account_of_the_day(connected)
    assert (told.lines_event, told.unrecognised) == (1, {"bad_record": 1})
    with tenant_scope([connected.tenant.pk]):
        assert told.skipped_lines.count() == 1


def test_stamps_of_the_future_move_nothing(directory: Directory, connected: Connected) -> None:
    directory.sign_ins = [sign_in(1, at=NOW), sign_in(2, at=NOW + timedelta(days=3))]
    connected.poll()
    one = connected.again()
    assert (one.read_until, one.source.last_line_at) == (NOW, NOW)


def test_clock_that_is_ahead_reads_no_further_than_microsofts(
    directory: Directory, connected: Connected
) -> None:
    connected.now = NOW + timedelta(days=3)
    fill(directory, range(2))
    connected.poll()
    assert connected.again().read_until == NOW
    fill(directory, range(2, 4))
    connected.poll()
    assert connected.logins() == accounts(range(4))


def test_error_between_two_pages_keeps_what_came_and_loses_nothing(
    directory: Directory, connected: Connected
) -> None:
    connected.poll()
    connected.now = directory.clock = NOW + timedelta(hours=1)
    fill(directory, range(6))
    directory.page_size = 2
    directory.faults.extend([None, Fault(403, refusal("Authorization_RequestDenied"))])
    outcome = connected.poll()
    # Newest first: the older ones are missing, so how far was read stays.
    assert connected.logins() == accounts(range(4, 6))
    assert "AuditLog.Read.All" in outcome.error
    assert connected.again().read_until == NOW
    connected.now += timedelta(hours=12)
    directory.clock = connected.now
    connected.poll()
    assert connected.logins() == accounts(range(6))
    assert connected.again().read_until == connected.now


def test_rollback_in_the_middle_of_a_page_loses_nothing(
    directory: Directory, connected: Connected, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(directory, range(6))
    directory.page_size = 4
    before = store_names
    pages = []

    def dies(*args: Any, **kwargs: Any) -> None:
        before(*args, **kwargs)
        pages.append(1)
        if len(pages) == 2:
            raise OperationalError("the connection is lost")

    monkeypatch.setattr("insights.connectors.graph.deposit.store_names", dies)
    outcome = connected.poll()
    assert (connected.logins(), outcome.stored) == (accounts(range(2, 6)), 4)
    assert "asked again soon" in connected.again().last_error
    assert connected.again().read_until == ago(hours=12)
    monkeypatch.setattr("insights.connectors.graph.deposit.store_names", before)
    connected.poll()
    assert connected.logins() == accounts(range(6))
    assert account_of_the_day(connected).lines_event == 6


def test_failures_in_a_row_are_counted_shown_and_asked_later_each_time(
    directory: Directory, connected: Connected
) -> None:
    pauses = []
    for _number in range(3):
        directory.faults.append(Fault(403, refusal("Authentication_RequestFromNonPremiumTenantOrB2CTenant")))
        connected.poll()
        pauses.append(connected.again().next_poll_at)
    one = connected.again()
    assert (one.failures, one.failing_since, one.succeeded_at) == (3, NOW, None)
    assert pauses == [NOW + timedelta(minutes=minutes) for minutes in (10, 20, 40)]
    assert "P1 or P2" in one.last_error
    connected.poll()
    one = connected.again()
    assert (one.failures, one.failing_since, one.last_error, one.succeeded_at) == (0, None, "", NOW)
    assert [bool(poll["error"]) for poll in one.polls] == [True, True, True, False]


def test_throttling_that_outlasts_an_asking_sets_the_next_one(
    directory: Directory, connected: Connected
) -> None:
    directory.faults.append(Fault(429, headers={"Retry-After": "7200"}))
    connected.poll()
    assert connected.again().next_poll_at == NOW + timedelta(hours=2)


def test_the_newest_twenty_askings_are_kept(directory: Directory, connected: Connected) -> None:
    with tenant_scope([connected.tenant.pk]):
        GraphConnection.objects.update(polls=[{"at": "before"}] * 20, read_until=NOW)
    connected.poll()
    polls = connected.again().polls
    assert (len(polls), polls[0]["at"], polls[-1]["at"]) == (20, "before", NOW.isoformat())


def test_two_processes_never_ask_at_once(directory: Directory, connected: Connected) -> None:
    with asking_lock(connected.connection_id) as is_held:
        assert is_held
        found: list[bool] = []

        def other() -> None:
            try:
                with asking_lock(connected.connection_id) as is_free:
                    found.append(is_free)
            finally:
                connections.close_all()

        thread = threading.Thread(target=other)
        thread.start()
        thread.join()
    assert found == [False]


def test_connection_that_is_paused_or_gone_is_not_asked(directory: Directory, connected: Connected) -> None:
    with tenant_scope([connected.tenant.pk]):
        switch_connection(GraphConnection.objects.get(), is_on=False)
    assert connected.poll().is_gone
    with tenant_scope([connected.tenant.pk]):
        remove_connection(GraphConnection.objects.get())
        assert Source.objects.count() == 1
    assert connected.poll().is_gone
    assert (directory.asked, directory.logins) == ([], 0)


def test_connection_that_is_removed_meanwhile_stores_nothing(
    directory: Directory, connected: Connected, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(directory, range(2))
    store = store_page

    def gone(*args: Any, **kwargs: Any) -> Any:
        with tenant_scope([connected.tenant.pk]):
            GraphConnection.objects.all().delete()
        return store(*args, **kwargs)

    monkeypatch.setattr("insights.connectors.graph.poll.store_page", gone)
    assert connected.poll().is_gone
    assert connected.logins() == []


def test_reading_again_is_not_overtaken_by_an_asking_that_is_under_way(
    directory: Directory, connected: Connected, monkeypatch: pytest.MonkeyPatch
) -> None:
    connected.poll()
    directory.sign_ins.append(sign_in(90, at=ago(days=2), user="undone@acme.example"))
    store, pages = store_page, []

    def meanwhile(*args: Any, **kwargs: Any) -> Any:
        pages.append(1)
        if len(pages) == 1:
            with tenant_scope([connected.tenant.pk]):
                read_again(GraphConnection.objects.get(), since=ago(days=3))
        return store(*args, **kwargs)

    monkeypatch.setattr("insights.connectors.graph.poll.store_page", meanwhile)
    connected.now = directory.clock = NOW + timedelta(hours=1)
    outcome = connected.poll()
    assert (outcome.error, connected.logins(), connected.again().read_until) == ("", [], ago(days=3))
    assert connected.again().next_poll_at == connected.now
    connected.poll()
    assert (connected.logins(), connected.again().read_until) == (["undone@acme.example"], connected.now)


def test_due_are_those_whose_time_has_come(connected: Connected) -> None:
    with tenant_scope([connected.tenant.pk]):
        assert due_connections(now=NOW) == [connected.connection_id]
        GraphConnection.objects.update(next_poll_at=NOW + timedelta(seconds=1))
        assert due_connections(now=NOW) == []
        assert due_connections(now=NOW + timedelta(seconds=1)) == [connected.connection_id]
        GraphConnection.objects.update(is_enabled=False)
        assert due_connections(now=NOW + timedelta(seconds=1)) == []


def test_tick_queues_each_due_connection(
    connected: Connected, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> None:
    queued: list[dict[str, str]] = []
    monkeypatch.setattr(poll_graph, "delay", lambda **ids: queued.append(ids))
    with django_capture_on_commit_callbacks(execute=True):
        poll_due_graph()
    assert queued == [{"tenant_id": str(connected.tenant.pk), "connection_id": str(connected.connection_id)}]


def test_task_asks_once_though_it_was_queued_twice(directory: Directory, connected: Connected) -> None:
    ids = {"tenant_id": str(connected.tenant.pk), "connection_id": str(connected.connection_id)}
    poll_graph(**ids)
    asked = len(directory.asked)
    poll_graph(**ids)
    assert (asked > 0, len(directory.asked)) == (True, asked)


def test_secret_is_sealed_in_the_database_and_sealed_anew_with_another_key(
    directory: Directory, connected: Connected, settings: Any
) -> None:
    def row() -> str:
        with tenant_scope([connected.tenant.pk]), connection.cursor() as cursor:
            cursor.execute("SELECT row_to_json(one)::text FROM insights_graphconnection AS one")
            return str(cursor.fetchone()[0])

    old = dict(settings.STORED_SECRET_KEYS)
    assert SECRET not in row()
    settings.STORED_SECRET_KEYS = {"new": "n" * 40, **old}
    with tenant_scope([connected.tenant.pk]):
        assert (seal_all_anew(), seal_all_anew()) == (1, 0)
    settings.STORED_SECRET_KEYS = {"new": "n" * 40}
    assert connected.poll().error == ""
    assert SECRET not in row()
    settings.STORED_SECRET_KEYS = old
    assert "Its key is none of STORED_SECRET_KEYS" in connected.poll().error


def test_new_secret_key_seals_anew_what_its_fallback_opens(
    directory: Directory, connected: Connected, settings: Any
) -> None:
    old, new = settings.SECRET_KEY, "n" * 50
    # Without STORED_SECRET_KEYS it is the SECRET_KEY that seals.
    settings.SECRET_KEY, settings.STORED_SECRET_KEYS, settings.SECRET_KEY_FALLBACKS = new, {"0": new}, []
    assert "cannot be opened" in connected.poll().error
    settings.SECRET_KEY_FALLBACKS = [old]
    assert connected.poll().error == ""
    poll_due_graph()
    settings.SECRET_KEY_FALLBACKS = []
    assert connected.poll().error == ""


def test_sealed_secret_of_another_connection_is_refused(directory: Directory, connected: Connected) -> None:
    one = connected.again()
    sealed = one.sealed_secret
    with tenant_scope([connected.tenant.pk]):
        one.delete()
        one.pk = None
        copied = GraphConnection(
            tenant=one.tenant, source=one.source, directory_id=one.directory_id, client_id=one.client_id
        )
        copied.sealed_secret = sealed
        copied.save()
    connected.connection_id = copied.pk
    assert "cannot be opened" in connected.poll().error
    assert directory.logins == 0


@pytest.mark.parametrize("is_file_first", [True, False])
def test_sign_ins_that_come_as_a_file_as_well_count_once(
    directory: Directory, connected: Connected, tmp_path: Path, is_file_first: bool
) -> None:
    fill(directory, range(4))
    fill(directory, range(4, 6), code=50126)
    source = connected.again().source

    def read() -> LogImport:
        both = [*directory.sign_ins[1:], sign_in(99, at=ago(days=60), user="older@acme.example")]
        return imported(
            connected.tenant,
            tmp_path,
            json.dumps({"value": both}).encode(),
            source=source.name,
            format="entra",
        )

    came = read() if is_file_first else None
    connected.poll()
    came = came or read()
    assert connected.logins() == ["older@acme.example", *accounts(range(4))]
    assert connected.failures() == [(f"user{n}@acme.example", "wrong_credentials") for n in (4, 5)]
    stored = (came.submissions_stored, came.failures_stored)
    assert stored == ((4, 2) if is_file_first else (1, 0))
    assert_recounted(connected.tenant)
