"""Imports by command whose process died are ended by the sweeper, and nobody else's."""

from __future__ import annotations

from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from insights.ingest.locks import source_lock
from insights.ingest.run import SILENT_AFTER, end_dead_imports
from insights.models import ImportStatus, LogImport
from tenants.scope import tenant_scope
from tests.cast import Cast
from tests.imports import source_of, waiting_import
from tests.insights.ingest.lines import messages
from tests.threads import beside

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
LONG_AGO = NOW - SILENT_AFTER - timedelta(seconds=1)
INTERRUPTED = "It was interrupted. What was stored stays; import the file again, nothing is counted twice."


def begun(cast: Cast, folder: Path, *, source: str = "mx1", **values: Any) -> LogImport:
    """Note an import that was begun long ago and has not been heard of since."""
    path = folder / "mail.log"
    path.write_bytes(messages(NOW, 1))
    log_import = waiting_import(cast.acme, path, source=source_of(cast.acme, source))
    with tenant_scope([cast.acme.pk]):
        LogImport.objects.filter(pk=log_import.pk).update(**({"created_at": LONG_AGO} | values))
    return log_import


def swept(cast: Cast, log_import: LogImport) -> tuple[int, str, str]:
    with tenant_scope([cast.acme.pk]):
        ended = end_dead_imports(now=NOW)
        log_import.refresh_from_db()
    return ended, log_import.status, log_import.message


@pytest.mark.parametrize(
    "values",
    [
        {"status": ImportStatus.WAITING},
        {"status": ImportStatus.RUNNING, "heartbeat_at": LONG_AGO},
    ],
)
def test_dead_import_is_ended_with_words(cast: Cast, tmp_path: Path, values: dict[str, Any]) -> None:
    assert swept(cast, begun(cast, tmp_path, **values)) == (1, ImportStatus.FAILED, INTERRUPTED)


@pytest.mark.parametrize(
    "values",
    [
        {"status": ImportStatus.WAITING, "created_at": NOW - timedelta(minutes=1)},
        {"status": ImportStatus.RUNNING, "heartbeat_at": NOW - timedelta(minutes=1)},
        {"status": ImportStatus.RUNNING, "heartbeat_at": LONG_AGO, "stored_file": "imports/x"},
        {"status": ImportStatus.DONE, "heartbeat_at": LONG_AGO},
    ],
)
def test_other_imports_are_left_alone(cast: Cast, tmp_path: Path, values: dict[str, Any]) -> None:
    log_import = begun(cast, tmp_path, **values)
    assert swept(cast, log_import) == (0, values["status"], "")


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
def test_import_that_waits_for_its_source_is_left_alone(cast: Cast, tmp_path: Path) -> None:
    log_import = begun(cast, tmp_path, status=ImportStatus.WAITING)
    other = begun(cast, tmp_path, source="mx2", status=ImportStatus.WAITING)

    def sweep() -> int:
        with tenant_scope([cast.acme.pk]):
            return end_dead_imports(now=NOW)

    with ExitStack() as ends, source_lock(log_import.source_id):
        sweeping = ends.enter_context(beside(sweep))
        assert sweeping.result() == 1
    with tenant_scope([cast.acme.pk]):
        assert LogImport.objects.get(pk=log_import.pk).status == ImportStatus.WAITING
        assert LogImport.objects.get(pk=other.pk).status == ImportStatus.FAILED
