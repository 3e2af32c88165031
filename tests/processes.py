"""Run the project's commands in processes of their own, on the suite's database and broker."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from urllib.parse import quote

from django.conf import settings
from django.core.files.storage import default_storage
from django.db import connections

ROOT = Path(__file__).resolve().parent.parent
PATIENCE_SECONDS = 120.0
_SLOWLY = """
import time
from insights.ingest import store

store_names = store.store_names

def slowly(*arguments, **more):
    time.sleep(0.5)
    store_names(*arguments, **more)

store.store_names = slowly
"""
MANAGE_SLOWLY = ("-c", f"{_SLOWLY}\nimport manage; manage.main()")
"""`manage.py` that takes half a second longer for each portion it stores: to be killed in the middle."""
WORKER_SLOWLY = (
    "-c",
    f"{_SLOWLY}\nfrom celery.__main__ import main; main()",
    *("-A", "project.celery", "worker", "--pool", "solo", "--loglevel", "ERROR"),
)
"""A Celery worker that does the same."""


def environment(**more: str) -> dict[str, str]:
    """Return an environment in which every process works where this test works.

    Only what a transaction has committed is seen there: the test needs
    `@pytest.mark.django_db(transaction=True, databases=["default", "owner"])`.
    """
    return {
        **os.environ,
        "DATABASE_URL": _url("default"),
        "DATABASE_OWNER_URL": _url("owner"),
        "REDIS_URL": settings.REDIS_URL,
        "SECRET_KEY": settings.SECRET_KEY,
        "FILES_DIR": default_storage.path(""),
        "LOG_LEVEL": "WARNING",
        "PYTHONWARNINGS": "error",
        **more,
    }


def _url(alias: str) -> str:
    database = connections[alias].settings_dict
    user = ":".join(quote(part, safe="") for part in (database["USER"], database["PASSWORD"]) if part)
    return f"postgresql://{user}@{database['HOST']}:{database['PORT']}/{database['NAME']}"


def manage(*arguments: str | Path, **more: str) -> subprocess.CompletedProcess[str]:
    """Run `manage.py` to its end."""
    return subprocess.run(
        [sys.executable, "manage.py", *map(str, arguments)],
        cwd=ROOT,
        env=environment(**more),
        capture_output=True,
        text=True,
        timeout=PATIENCE_SECONDS,
        check=False,
    )


class Started(subprocess.Popen[str]):
    """A process that does not outlive the test that failed: waiting for its end would last for ever."""

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Wait for its end; after an error put one to it."""
        if kind is not None:
            self.kill()
        super().__exit__(kind, error, trace)


def start(*arguments: str | Path, **more: str) -> Started:
    """Start `python …` and return at once; use it as a context manager."""
    return Started(
        [sys.executable, *map(str, arguments)],
        cwd=ROOT,
        env=environment(**more),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def ends_well(process: subprocess.Popen[str]) -> str:
    """Wait for the process, which must end with 0, and return what it printed."""
    out, errors = process.communicate(timeout=PATIENCE_SECONDS)
    assert process.returncode == 0, errors
    return out


def until(happened: Callable[[], bool], *, process: subprocess.Popen[str] | None = None) -> None:
    """Wait until something has happened; fail when `process` ends before or patience does."""
    give_up_at = time.monotonic() + PATIENCE_SECONDS
    while not happened():
        assert time.monotonic() < give_up_at, "waited in vain"
        if process is not None and process.poll() is not None:
            assert happened(), f"ended with {process.returncode}: {process.communicate()}"
            return
        time.sleep(0.03)
