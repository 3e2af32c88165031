"""Real processes for tests: a Celery worker on the suite's broker and database, and a run that can be
killed.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

from django.conf import settings
from django.core.files.storage import default_storage
from django.db import connections

from tests.processes import PATIENCE_SECONDS

ROOT = Path(__file__).resolve().parents[2]


def environment(*, smtp_port: int, queue_prefix: str = "") -> dict[str, str]:
    """Return the environment of a process that works on the test database, with mails going to
    `smtp_port`.
    """
    test_name = connections["default"].settings_dict["NAME"]
    addresses = {
        name: url.rpartition("/")[0] + f"/{test_name}"
        for name, url in (
            ("DATABASE_URL", settings.DATABASE_URL),
            ("DATABASE_OWNER_URL", settings.DATABASE_OWNER_URL),
        )
    }
    return (
        os.environ
        | addresses
        | {
            "REDIS_URL": settings.REDIS_URL,
            "CELERY_KEY_PREFIX": queue_prefix,
            "SECRET_KEY": settings.SECRET_KEY,
            "FILES_DIR": default_storage.path(""),
            "EMAIL_URL": f"smtp://127.0.0.1:{smtp_port}",
            "EMAIL_TIMEOUT": "60",
            "DJANGO_SETTINGS_MODULE": "project.settings",
        }
    )


@contextmanager
def celery_worker(*, smtp_port: int) -> Iterator[tuple[subprocess.Popen[bytes], str]]:
    """Run a worker on queues of its own; give the process and the prefix of its keys."""
    prefix = f"test-{uuid4().hex}-"
    command = [
        sys.executable,
        "-m",
        "celery",
        "-A",
        "project.celery",
        "worker",
        "-c",
        "1",
        "--loglevel",
        "WARNING",
    ]
    process = subprocess.Popen(
        command, cwd=ROOT, env=environment(smtp_port=smtp_port, queue_prefix=prefix), start_new_session=True
    )
    try:
        yield process, prefix
    finally:
        if process.poll() is None:
            process.terminate()
            process.wait(timeout=PATIENCE_SECONDS)


def start_run(
    *, tenant_id: object, request_id: object, now: object, smtp_port: int
) -> subprocess.Popen[bytes]:
    """Start one run of `deliver` in a process of its own."""
    code = (
        "import django; django.setup()\n"
        "from datetime import datetime\n"
        "from uuid import UUID\n"
        "from reports.deliver import deliver\n"
        f"deliver(tenant_id=UUID('{tenant_id}'), request_id=UUID('{request_id}'),"
        f" now=datetime.fromisoformat('{now}'))\n"
    )
    return subprocess.Popen(
        [sys.executable, "-c", code], cwd=ROOT, env=environment(smtp_port=smtp_port), start_new_session=True
    )


def wait_until(is_so: Callable[[], bool]) -> None:
    """Return as soon as `is_so` holds; fail when it does not in time."""
    end = time.monotonic() + PATIENCE_SECONDS
    while not is_so():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.05)
