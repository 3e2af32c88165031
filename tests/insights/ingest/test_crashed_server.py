"""A database server that dies while a log is read, whose newest commits were not on the disk yet."""

from __future__ import annotations

import json
import os
import shutil
import signal
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from project import embedded
from project.embedded import postgres, processes, state
from tests.insights.ingest.conftest import Bulk
from tests.processes import MANAGE_SLOWLY, PATIENCE_SECONDS, manage, start, until

pytestmark = pytest.mark.slow


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that every user can enter, for servers of this test's own."""
    base = Path(tempfile.mkdtemp())
    base.chmod(0o755)
    yield base / "embedded"
    embedded.stop(base / "embedded")
    shutil.rmtree(base)


def serve(folder: Path) -> dict[str, str]:
    urls = embedded.ensure(folder, {})
    return {
        "DATABASE_URL": urls.database_url,
        "DATABASE_OWNER_URL": urls.database_owner_url,
        "REDIS_URL": urls.redis_url,
    }


def crash(folder: Path) -> None:
    """Kill PostgreSQL: what its buffers held is gone."""
    known = state.read(folder)
    assert known is not None
    pid = processes.recorded_pid(postgres.data_dir(Path(known.outside or folder)) / "postmaster.pid")
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    until(lambda: not processes.command_line(pid))


def stored_in(url: str) -> Callable[[], int]:
    """Return what counts the submissions that other sessions see."""

    def count() -> int:
        with psycopg.connect(url) as connection:
            connection.execute(
                "SELECT set_config('app.tenants', string_agg(id::text, ','), true) FROM tenants_tenant"
            )
            found = connection.execute("SELECT count(*) FROM insights_submission").fetchone()
        return 0 if found is None else int(found[0])

    return count


def crash_within(ingest: tuple[str | Path, ...], folder: Path, servers: dict[str, str]) -> None:
    """Begin to read a log and kill the server as soon as more of it is stored than before."""
    count = stored_in(servers["DATABASE_URL"])
    before = count()
    with start(*MANAGE_SLOWLY, *ingest, **servers) as process:
        until(lambda: count() > before, process=process)
        crash(folder)
        process.communicate(timeout=PATIENCE_SECONDS)
    assert process.returncode not in {0, None}


def printed(*arguments: str | Path, **servers: str) -> Any:
    ended = manage(*arguments, **servers)
    assert (ended.returncode, ended.stderr) == (0, "")
    return json.loads(ended.stdout) if "json" in "".join(map(str, arguments)) else ended.stdout


def test_log_read_again_after_each_crash_has_nothing_lost_or_twice(folder: Path, bulk: Bulk) -> None:
    path, truth, year = bulk
    servers = serve(folder)
    printed("migrate", "--verbosity", "0", **servers)
    printed("create_tenant", "acme", "--name", "Acme", "--time-zone", "UTC", **servers)
    ingest = ("ingest", path, "--tenant", "acme", "--source", "mx1", "--year", str(year), "--json")
    for _ in range(2):
        crash_within(ingest, folder, servers)
        servers = serve(folder)
        printed("recount", "--tenant", "acme", **servers)
    kept = stored_in(servers["DATABASE_URL"])()
    told = printed(*ingest, **servers)
    assert (told["events"], told["stored"], told["duplicate"]) == (
        truth.submissions,
        truth.submissions - kept,
        kept,
    )
    assert stored_in(servers["DATABASE_URL"])() == truth.submissions
    printed("recount", "--tenant", "acme", **servers)
