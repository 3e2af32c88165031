"""Imports beside a change of zone, an undo, retention and another import: each waits where it must."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from insights.ingest.locks import source_lock
from insights.ingest.run import run_import
from insights.ingest.undo import undo_import
from insights.models import LogImport
from insights.partitions import drop_partitions, make_partitions
from insights.retention import apply_retention
from insights.rollups.zone import change_time_zone
from tenants.models import Tenant
from tenants.scope import tenant_scope
from tests.cast import Cast
from tests.factories import fail_login, submit
from tests.imports import NOW, assert_recounted, import_bytes, imported, kept, source_of, waiting_import
from tests.insights.ingest.lines import messages
from tests.threads import beside, until_blocked

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])
AT = datetime(2026, 11, 20, 22, 30, tzinfo=UTC)
LOG = messages(AT, 10)


def change_zone(tenant: Tenant, _: LogImport) -> None:
    change_time_zone(tenant=tenant, time_zone="America/New_York")


def undo(_: Tenant, log_import: LogImport) -> None:
    undo_import(log_import, now=NOW)


def retain(tenant: Tenant, _: LogImport) -> None:
    apply_retention(tenant, now=NOW + timedelta(days=85))


CHANGES = [change_zone, undo, retain]
"""What has the tenant alone."""


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("source", ["mx1", "a source that is new"])
def test_import_waits_while_the_tenants_days_are_counted_anew(
    cast: Cast, tmp_path: Path, change: Callable[[Tenant, LogImport], None], source: str
) -> None:
    first = imported(cast.acme, tmp_path, LOG, year=2026)
    later = messages(AT + timedelta(days=3), 10, first=50)

    def import_later() -> LogImport:
        return import_bytes(cast.acme, tmp_path, later, year=2026, source=source)

    with ExitStack() as ends, tenant_scope([cast.acme.pk]):
        change(Tenant.objects.get(pk=cast.acme.pk), LogImport.objects.get(pk=first.pk))
        running = ends.enter_context(beside(import_later))
        until_blocked(running)
    assert running.result().accounting()["stored"] == 10
    assert_recounted(cast.acme)


@pytest.mark.parametrize("change", CHANGES)
def test_change_waits_for_the_import_that_runs(
    cast: Cast, tmp_path: Path, change: Callable[[Tenant, LogImport], None]
) -> None:
    first = imported(cast.acme, tmp_path, LOG, year=2026)
    path = tmp_path / "later.log"
    path.write_bytes(messages(AT + timedelta(days=3), 10, first=50))
    later = waiting_import(cast.acme, path, source=source_of(cast.acme))
    changing: list[Future[None]] = []

    def change_it() -> None:
        with tenant_scope([cast.acme.pk]):
            change(Tenant.objects.get(pk=cast.acme.pk), LogImport.objects.get(pk=first.pk))

    def on_progress(_: LogImport) -> None:
        if not changing:
            changing.append(ends.enter_context(beside(change_it)))
            until_blocked(changing[0])

    with ExitStack() as ends:
        run_import(
            tenant_id=cast.acme.pk, import_id=later.pk, path=path, clock=lambda: NOW, on_progress=on_progress
        )
    assert changing[0].done()
    assert_recounted(cast.acme)


def test_second_import_of_a_source_waits_and_says_so(cast: Cast, tmp_path: Path) -> None:
    path = tmp_path / "mail.log"
    path.write_bytes(LOG)
    source = source_of(cast.acme)
    second = waiting_import(cast.acme, path, source=source, year=2026)
    said: list[str] = []

    def run_second() -> LogImport:
        return run_import(
            tenant_id=cast.acme.pk,
            import_id=second.pk,
            path=path,
            clock=lambda: NOW,
            on_wait=lambda: said.append("waiting"),
        )

    with ExitStack() as ends, source_lock(source.pk):
        running = ends.enter_context(beside(run_second))
        until_blocked(running)
        assert kept(cast.acme).events == 0
    assert said == ["waiting"]
    assert running.result().accounting()["stored"] == 10


def test_dropping_partitions_and_an_import_do_not_block_each_other_for_good(cast: Cast) -> None:
    """An import writes submissions, then login failures; both tables are taken in this order to drop."""
    long_ago = NOW - timedelta(days=300)
    make_partitions(long_ago, long_ago)
    with ExitStack() as ends, tenant_scope([cast.acme.pk]):
        submit(cast.acme, at=AT)
        dropping = ends.enter_context(beside(lambda: drop_partitions(now=NOW)))
        until_blocked(dropping)
        fail_login(cast.acme, at=AT)
    assert dropping.result() == ["insights_loginfailure_2026w05", "insights_submission_2026w05"]
    assert kept(cast.acme).events == 2
    assert_recounted(cast.acme)
