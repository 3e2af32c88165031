"""A run that broke off after any of its portions goes on there, with the accounting of an unbroken one."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest

from insights.ingest import portions
from insights.ingest.run import ATTEMPTS, run_import
from insights.models import ImportStatus, LogImport, Source
from tenants.scope import tenant_scope
from tests.cast import Cast
from tests.imports import NOW, assert_adds_up, assert_recounted, import_file, kept, source_of, waiting_import
from tests.insights.ingest.lines import messages, refused_login, stamped

AT = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
LOG = (
    messages(AT, 20, every=timedelta(hours=1))
    + stamped(AT + timedelta(hours=21), "kernel: something else")
    + b"no stamp\n"
    + refused_login(AT + timedelta(hours=22)) * 7
    + messages(AT + timedelta(hours=23), 5, first=30)
)
EVENTS = 32


class KilledError(Exception):
    """Stands for the end of the process: nothing after it runs."""


@pytest.fixture
def small_portions(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a portion hold a few events, and a read a few lines."""
    monkeypatch.setattr("insights.ingest.inputs.CHUNK", 500)
    monkeypatch.setattr(portions, "EVENTS_A_PORTION", 3)


def killed_after(number: int) -> Callable[[LogImport], None]:
    seen = 0

    def on_progress(log_import: LogImport) -> None:
        nonlocal seen
        seen += 1
        if seen == number:
            raise KilledError

    return on_progress


@pytest.mark.usefixtures("small_portions")
@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_broken_off_run_goes_on_with_exact_accounting(
    cast: Cast, tmp_path: Path, pack: Callable[[bytes], bytes]
) -> None:
    path = tmp_path / "mail.log"
    path.write_bytes(pack(LOG))
    whole = import_file(cast.globex, path, year=2026, source="whole")
    assert whole.accounting()["stored"] == EVENTS
    unbroken = kept(cast.globex, with_ids=False)
    for number in range(1, 9):
        log_import = waiting_import(
            cast.acme, path, source=source_of(cast.acme, f"broken off after {number}"), year=2026
        )
        before = kept(cast.acme).events
        with pytest.raises(KilledError):
            run_import(
                tenant_id=cast.acme.pk,
                import_id=log_import.pk,
                path=path,
                clock=lambda: NOW,
                on_progress=killed_after(number),
            )
        with tenant_scope([cast.acme.pk]):
            log_import.refresh_from_db()
        assert log_import.status == ImportStatus.RUNNING
        assert kept(cast.acme).events - before == log_import.accounting()["stored"]
        assert_adds_up(log_import)
        run_import(tenant_id=cast.acme.pk, import_id=log_import.pk, path=path, clock=lambda: NOW)
        with tenant_scope([cast.acme.pk]):
            log_import.refresh_from_db()
        assert log_import.accounting() == whole.accounting()
        assert (log_import.status, log_import.attempts, log_import.parser_state) == (
            ImportStatus.DONE,
            2,
            None,
        )
        assert_recounted(cast.acme)
    assert set(kept(cast.acme, with_ids=False).submissions) == set(unbroken.submissions)


def test_run_killed_between_its_last_portion_and_its_end_is_only_ended(cast: Cast, tmp_path: Path) -> None:
    path = tmp_path / "mail.log"
    path.write_bytes(LOG[:-20])
    done = import_file(cast.acme, path, year=2026)
    source = source_of(cast.acme)
    with tenant_scope([cast.acme.pk]):
        LogImport.objects.update(status=ImportStatus.RUNNING, finished_at=None)
    ended = run_import(tenant_id=cast.acme.pk, import_id=done.pk, path=path, clock=lambda: NOW)
    assert (ended.status, ended.accounting()) == (ImportStatus.DONE, done.accounting())
    again = source_of(cast.acme)
    assert (again.parser_state, again.last_line_at) == (source.parser_state, source.last_line_at)
    assert_recounted(cast.acme)


def test_run_that_breaks_its_process_each_time_ends(cast: Cast, tmp_path: Path) -> None:
    path = tmp_path / "mail.log"
    path.write_bytes(LOG)
    log_import = waiting_import(cast.acme, path, source=source_of(cast.acme), year=2026)
    with tenant_scope([cast.acme.pk]):
        LogImport.objects.update(attempts=ATTEMPTS, status=ImportStatus.RUNNING)
    ended = run_import(tenant_id=cast.acme.pk, import_id=log_import.pk, path=path, clock=lambda: NOW)
    assert ended.status == ImportStatus.REFUSED
    assert ended.message == "The import was begun 5 times and never ended."


def test_ended_import_is_not_run_again(cast: Cast, tmp_path: Path) -> None:
    path = tmp_path / "mail.log"
    path.write_bytes(LOG)
    done = import_file(cast.acme, path, year=2026)
    again = run_import(tenant_id=cast.acme.pk, import_id=done.pk, path=path, clock=lambda: NOW)
    assert (again.attempts, again.accounting()) == (1, done.accounting())


def test_run_whose_saved_state_cannot_be_read_ends_without_counting_twice(
    cast: Cast, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("insights.ingest.inputs.CHUNK", 500)
    monkeypatch.setattr(portions, "EVENTS_A_PORTION", 3)
    path = tmp_path / "mail.log"
    path.write_bytes(LOG)
    log_import = waiting_import(cast.acme, path, source=source_of(cast.acme), year=2026)
    run = partial(run_import, tenant_id=cast.acme.pk, import_id=log_import.pk, path=path, clock=lambda: NOW)
    with pytest.raises(KilledError):
        run(on_progress=killed_after(3))
    with tenant_scope([cast.acme.pk]):
        LogImport.objects.update(parser_state=b"of another version")
        before = LogImport.objects.get().accounting()
    failed = run()
    words = "The saved state cannot be read. Import the file again: what was stored stays, nothing is counted twice."
    assert (failed.status, failed.message, failed.accounting()) == (ImportStatus.FAILED, words, before)
    again = import_file(cast.acme, path, year=2026).accounting()
    assert (again["stored"], again["duplicate"]) == (EVENTS - before["stored"], before["stored"])
    assert_recounted(cast.acme)


def test_source_whose_saved_state_cannot_be_read_begins_anew(cast: Cast, tmp_path: Path) -> None:
    path = tmp_path / "mail.log"
    path.write_bytes(LOG)
    first = import_file(cast.acme, path, year=2026)
    with tenant_scope([cast.acme.pk]):
        Source.objects.update(parser_state=b"of another version")
    again = import_file(cast.acme, path)
    assert (again.lines, again.accounting()["duplicate"]) == (first.lines, EVENTS)
    assert_recounted(cast.acme)
