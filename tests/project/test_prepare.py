"""Commands on a fresh checkout: embedded servers are prepared, servers that somebody named are left alone."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import pytest
from django.conf import settings

ROOT = Path(__file__).resolve().parents[2]
NAMED = {
    "DATABASE_URL": settings.DATABASE_URL,
    "REDIS_URL": settings.REDIS_URL,
    "SECRET_KEY": "long enough to be no secret at all, here",
}
WITHOUT = {*NAMED, "DATABASE_OWNER_URL"}
NOTHING_NAMED = {name: value for name, value in os.environ.items() if name not in WITHOUT}


@pytest.fixture
def checkout() -> Iterator[Path]:
    """The packages and manage.py alone, in a folder without a `var`."""
    base = Path(mkdtemp())
    for name in ("project", "tenants", "insights", "reports", "templates"):
        ignored = shutil.ignore_patterns("__pycache__", "vendor")
        shutil.copytree(ROOT / name, base / name, ignore=ignored)
    shutil.copy(ROOT / "manage.py", base)
    yield base
    shutil.rmtree(base)


def diffsettings(checkout: Path, environ: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """Run a command that is neither exempt from preparing nor touches a table."""
    return subprocess.run(
        [sys.executable, "manage.py", "diffsettings", "--all"],
        cwd=checkout,
        env=environ,
        capture_output=True,
        text=True,
        check=False,
    )


def test_named_servers_are_neither_started_nor_migrated(checkout: Path) -> None:
    """As in a container, which knows no owner: migrating would fail there, and writing below the code as well."""
    done = diffsettings(checkout, NOTHING_NAMED | NAMED)
    assert (done.returncode, done.stderr) == (0, "")
    assert not (checkout / "var").exists()


def test_servers_named_in_the_env_file_are_taken(checkout: Path) -> None:
    (checkout / ".env").write_text("".join(f"{name}={value}\n" for name, value in NAMED.items()))
    done = diffsettings(checkout, NOTHING_NAMED)
    assert (done.returncode, done.stderr) == (0, "")
    assert f"DATABASE_URL = {NAMED['DATABASE_URL']!r}" in done.stdout
    assert not (checkout / "var").exists()


@pytest.mark.slow
def test_commands_that_begin_at_once_on_a_fresh_checkout_migrate_once(checkout: Path) -> None:
    """The servers' wheels and the environment are those of this checkout; the data is new."""
    command = [
        sys.executable,
        "-W",
        "error",
        "manage.py",
        "create_tenant",
        "--name",
        "C",
        "--time-zone",
        "UTC",
    ]
    more: dict[str, Any] = {"cwd": checkout, "env": NOTHING_NAMED, "text": True, "stderr": subprocess.PIPE}
    try:
        begun = [subprocess.Popen([*command, f"c{number}"], **more) for number in range(3)]
        said = [process.communicate(timeout=180)[1] for process in begun]
        assert [(process.returncode, words) for process, words in zip(begun, said, strict=True)] == [
            (0, "")
        ] * 3
    finally:
        stop = [sys.executable, "-m", "project.embedded", "stop"]
        subprocess.run(stop, cwd=checkout, env=NOTHING_NAMED, check=True, capture_output=True)
