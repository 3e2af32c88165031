"""Assignments beside each other, beside an import, and killed: sums stay exact, and nothing is half done."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.db import connection
from django.utils import timezone

from insights.ingest.shared.assign import Subject, assign, take_back
from insights.models import Assignment, LogImport
from insights.rollups.fill import compare, counted_days
from insights.rollups.locks import share_tenant
from tenants.models import Tenant
from tenants.scope import tenant_scope
from tests.cast import Cast
from tests.imports import NOW, events_of, imported, kept
from tests.insights.ingest.conftest import Bulk
from tests.insights.ingest.shared.servers import assert_shared, mixed_log, shared_server
from tests.processes import MANAGE_SLOWLY, ends_well, start, until
from tests.threads import beside, until_blocked

AT = datetime(2026, 11, 20, 20, 30, tzinfo=UTC)
NOBODY = Subject("domain", "nobody.example")
_KILLED = """
import os, sys, time
import django
django.setup()
from uuid import UUID
from django.utils import timezone
from insights.ingest.shared import moving
from insights.ingest.shared.assign import Subject, assign
from tenants.models import Tenant
put = moving.Moving.put
def slowly(self, goals):
    put(self, goals)
    print("half done", flush=True)
    time.sleep(60)
moving.Moving.put = slowly
inbox, customer = (Tenant.objects.get(pk=UUID(one)) for one in sys.argv[1:])
assign(inbox, Subject("domain", "nobody.example"), customer, person=None, now=timezone.now())
"""
pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])


@pytest.fixture
def inbox(cast: Cast, tmp_path: Path) -> Tenant:
    """North's inbox, in which three events each of nobody.example and of the account scanner wait."""
    inbox = shared_server(cast).tenant
    imported(inbox, tmp_path, mixed_log(AT), source="hub", year=2026)
    return inbox


def test_assignment_waits_for_the_portion_that_is_stored(cast: Cast, inbox: Tenant) -> None:
    def work() -> int:
        return assign(inbox, NOBODY, cast.acme, person=None, now=NOW).events

    with ExitStack() as ends, tenant_scope([inbox.pk]):
        share_tenant(inbox.pk)
        future = ends.enter_context(beside(work))
        until_blocked(future)
        assert not future.done()
    assert future.result() == 3
    assert_shared(cast, inbox, events=12)


def test_of_many_assignments_at_once_each_event_goes_to_one(cast: Cast, inbox: Tenant) -> None:
    def work(number: int) -> int:
        try:
            customer = (cast.acme, cast.globex)[number % 2]
            return assign(inbox, NOBODY, customer, person=None, now=NOW).events
        finally:
            connection.close()

    with ThreadPoolExecutor(max_workers=6) as pool:
        moved = list(pool.map(work, range(6)))
    assert sorted(moved) == [0, 0, 0, 0, 0, 3]
    with tenant_scope([inbox.pk]):
        assert Assignment.objects.count() == 1
    assert_shared(cast, inbox, events=12)


def test_of_two_that_take_back_at_once_one_does(cast: Cast, inbox: Tenant) -> None:
    done = assign(inbox, NOBODY, cast.acme, person=None, now=NOW)
    assert done.assignment is not None
    assignment_id = done.assignment.pk

    def work(_number: int) -> int | str:
        try:
            return take_back(inbox, assignment_id, now=NOW).returned
        except ValueError as error:
            return str(error)
        finally:
            connection.close()

    with ThreadPoolExecutor(max_workers=3) as pool:
        ended = sorted(map(str, pool.map(work, range(3))))
    assert ended == ["3", "This assignment was taken back before.", "This assignment was taken back before."]
    assert_shared(cast, inbox, events=12)


def test_assignment_killed_when_half_done_has_done_nothing(cast: Cast, inbox: Tenant) -> None:
    before = [kept(tenant) for tenant in (inbox, cast.acme)]
    with start(
        "-c", _KILLED, str(inbox.pk), str(cast.acme.pk), DJANGO_SETTINGS_MODULE="project.settings"
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "half done\n"
        process.kill()
        process.communicate()
    assert [kept(tenant) for tenant in (inbox, cast.acme)] == before
    # PostgreSQL lets the locks of the dead go by itself.
    assert assign(inbox, NOBODY, cast.acme, person=None, now=NOW).events == 3
    assert_shared(cast, inbox, events=12)


@pytest.mark.slow
def test_assigning_while_a_log_is_read_loses_nothing(cast: Cast, bulk: Bulk) -> None:
    server = shared_server(cast)
    inbox = server.tenant
    command = [
        "ingest", str(bulk.path), "--provider=north", "--source=hub", "--time-zone=UTC", f"--year={bulk.year}"
    ]  # fmt: skip
    moved: list[int] = []

    def stored() -> int:
        with tenant_scope([inbox.pk]):
            return sum(one.submissions_stored for one in LogImport.objects.filter(shared_import=None))

    with start(*MANAGE_SLOWLY, *command) as process:
        until(lambda: stored() > 0, process=process)
        domains = domains_of(inbox)[:2]
        while process.poll() is None:
            for number, domain in enumerate(domains):
                customer = (cast.acme, cast.globex)[number % 2]
                done = assign(inbox, Subject("domain", domain), customer, person=None, now=timezone.now())
                moved.append(done.events)
        ends_well(process)
    # What was stored meanwhile was given away in a later round.
    assert any(moved[len(domains) :])
    assert stored() == bulk.truth.submissions
    tenants = [inbox, cast.acme, cast.globex]
    assert sum(events_of(tenant) for tenant in tenants) == bulk.truth.submissions
    assert sum(moved) == events_of(cast.acme) + events_of(cast.globex) > 0
    for tenant in tenants:
        with tenant_scope([tenant.pk]):
            days = counted_days(tenant)
            assert days is None or compare(tenant, days) == []


def domains_of(inbox: Tenant) -> list[str]:
    return sorted({str(row[4]).partition("@")[2] for row in kept(inbox).submissions} - {""})
