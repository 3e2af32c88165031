"""From the browser to stored events through a real broker and a real worker, and back by an undo."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from django.conf import settings
from django.core.files.storage import default_storage
from django.test import Client
from redis import Redis

from insights.models import ImportStatus, LogImport, Submission
from project.celery import app
from tenants.models import User
from tenants.scope import tenant_scope
from tests.cast import Cast
from tests.imports import assert_adds_up, assert_recounted, kept
from tests.insights.ingest.lines import messages, refused_login
from tests.insights.web.import_rows import again, imports_of, upload
from tests.insights.web.test_imports import counts_on, page_of
from tests.insights.web.week import words
from tests.processes import start, until

ClientOf = Callable[[User], Client]
AT = datetime.now(UTC).replace(microsecond=0) - timedelta(days=2)


@contextmanager
def worker_on_queues_of_its_own() -> Iterator[subprocess.Popen[str]]:
    """Run a worker on the suite's broker and database; what this process queues goes to it alone."""
    prefix, usual = f"test-{uuid4().hex}-", app.conf.broker_transport_options
    arguments = [
        "-m",
        "celery",
        "-A",
        "project.celery",
        "worker",
        "--concurrency",
        "1",
        "--loglevel",
        "WARNING",
    ]
    # Where the suite runs as root, Celery warns of it.
    with start(*arguments, CELERY_KEY_PREFIX=prefix, PYTHONWARNINGS="default") as process:
        _publish_with(usual | {"global_keyprefix": prefix})
        try:
            yield process
        finally:
            _publish_with(usual)
            process.terminate()
            process.communicate(timeout=30)
            with Redis.from_url(settings.REDIS_URL) as broker:
                broker.delete(*broker.scan_iter(f"{prefix}*"))


def _publish_with(options: dict[str, object]) -> None:
    app.conf.broker_transport_options = options
    vars(app).pop("amqp", None)  # holds producers that were made with the former options


def _ended(log_import: LogImport, status: ImportStatus) -> Callable[[], bool]:
    return lambda: again(log_import).status == status


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
def test_upload_is_read_and_undone_by_a_worker(cast: Cast, client_of: ClientOf) -> None:
    client, year = client_of(cast.bob), str(AT.year)
    first_log = messages(AT, 5) + refused_login(AT + timedelta(hours=1)) + b"no stamp\n"
    second_log = messages(AT, 6) + b"Nov 20 01:02:03 mx pos"
    with worker_on_queues_of_its_own() as worker:
        upload(client, "acme", first_log, year=year)
        (first,) = imports_of(cast.acme)
        until(_ended(first, ImportStatus.DONE), process=worker)
        upload(client, "acme", second_log, file_name="again.log", source=str(first.source_id), year=year)
        second = imports_of(cast.acme)[-1]
        until(_ended(second, ImportStatus.DONE), process=worker)
        before_undo = counts_on(client.get(page_of(first))), counts_on(client.get(page_of(second)))
        held = words(client.get(page_of(second)))
        client.post(page_of(first, more="undo/"))
        until(_ended(first, ImportStatus.UNDONE), process=worker)
    counts, counts_again = before_undo
    assert (counts["lines"], counts["no_stamp"], counts["events"]) == (27, 1, 6)
    assert (counts["submissions-stored"], counts["failures-stored"], counts["duplicate"]) == (5, 1, 0)
    assert (counts_again["submissions-stored"], counts_again["duplicate"]) == (1, 5)
    assert "5 events were stored before by mail.log" in held
    assert "22 bytes at the end of the file without a line end" in held
    page = words(client.get(page_of(first)))
    assert "6 events were removed and their days counted again." in page
    assert "5 events of “again.log” were the same and went with them: import that file again." in page
    with tenant_scope([cast.acme.pk]):
        assert [row.log_import_id for row in Submission.objects.all()] == [second.pk]
    for log_import in imports_of(cast.acme):
        assert_adds_up(log_import)
        assert not Path(default_storage.path(log_import.stored_file)).exists()
    assert_recounted(cast.acme)
    assert kept(cast.globex).events == kept(cast.initech).events == 0
