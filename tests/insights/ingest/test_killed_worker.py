"""An upload whose worker is killed goes on in the next worker where it committed; every event counts once."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.files.base import File
from django.core.files.storage import default_storage
from django.utils import timezone

from insights.ingest.uploads import take_in
from insights.models import ImportStatus, LogImport
from tenants.scope import tenant_scope
from tests.cast import Cast
from tests.imports import assert_adds_up, assert_recounted, events_of, source_of
from tests.insights.ingest.conftest import Bulk
from tests.processes import WORKER_SLOWLY, ends_well, start, until

pytestmark = [pytest.mark.django_db(transaction=True, databases=["default", "owner"]), pytest.mark.slow]
LONG_AGO = timedelta(minutes=20)
SWEEP = (
    "manage.py",
    "shell",
    "--verbosity",
    "0",
    "-c",
    "from insights.tasks import resume_imports as r; r()",
)


def upload(cast: Cast, bulk: Bulk) -> LogImport:
    """Take the log in as a page does, long enough ago for the sweeper to look after it."""
    source = source_of(cast.acme)
    with tenant_scope([cast.acme.pk]), bulk.path.open("rb") as opened:
        return take_in(File(opened), file_name="mail.log", source=source, year=bulk.year, user=cast.bob)


def age(log_import: LogImport) -> None:
    """Let the import have been silent for long."""
    with tenant_scope([log_import.tenant_id]):
        LogImport.objects.update(created_at=timezone.now() - LONG_AGO)
        LogImport.objects.filter(heartbeat_at__isnull=False).update(heartbeat_at=timezone.now() - LONG_AGO)


def again(log_import: LogImport) -> LogImport:
    with tenant_scope([log_import.tenant_id]):
        return LogImport.objects.get(pk=log_import.pk)


@contextmanager
def worker(prefix: str) -> Iterator[None]:
    """Run a worker on queues of its own, and kill it with -9."""
    with start(*WORKER_SLOWLY, CELERY_KEY_PREFIX=prefix, PYTHONWARNINGS="default") as process:
        try:
            yield
            assert process.poll() is None
        finally:
            process.kill()
            process.communicate()


def test_upload_goes_on_where_its_killed_worker_had_committed(cast: Cast, bulk: Bulk) -> None:
    prefix = f"test-{uuid4().hex}-"
    log_import = upload(cast, bulk)
    age(log_import)
    ends_well(start(*SWEEP, CELERY_KEY_PREFIX=prefix))
    with worker(prefix):
        until(lambda: again(log_import).submissions_stored > 0)
    killed = again(log_import)
    assert (killed.status, killed.attempts) == (ImportStatus.RUNNING, 1)
    assert 0 < killed.submissions_stored < bulk.truth.submissions
    assert_adds_up(killed)
    assert_recounted(cast.acme)
    age(log_import)
    ends_well(start(*SWEEP, CELERY_KEY_PREFIX=prefix))
    with worker(prefix):
        until(lambda: not again(log_import).is_active)
    done = again(log_import)
    numbers = done.accounting()
    assert (done.status, done.message, done.attempts) == (ImportStatus.DONE, "", 2)
    assert numbers["submissions"] == {"stored": bulk.truth.submissions, "duplicate": 0}
    assert (numbers["lines"], numbers["unrecognised"]) == (bulk.truth.lines, 0)
    assert (done.bytes_taken, done.bytes_read) == (bulk.truth.file_bytes, bulk.truth.file_bytes)
    assert events_of(cast.acme) == bulk.truth.submissions
    assert_recounted(cast.acme)
    assert not default_storage.exists(done.stored_file)
