"""The demo's processes: their output is kept, and exactly they are ended."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from project.embedded import processes
from reports.management.demo import children
from reports.management.demo.children import Child
from tests.processes import until

READY = "print('ready', flush=True)"
PATIENT = f"import time; {READY}; time.sleep(600)"
STUBBORN = f"import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); {READY}; time.sleep(600)"


def begin(name: str, code: str, *, folder: Path) -> Child:
    child = children.start(
        name,
        # As gunicorn and Celery are told their folder.
        (sys.executable, "-c", code, f"--chdir={folder}", "more"),
        cwd=folder,
        environ=os.environ,
        logs=folder / "log",
        pids=folder / "run",
    )
    until(lambda: "ready" in child.log.read_text())
    return child


def test_all_end_and_nobody_else(tmp_path: Path) -> None:
    one, two = begin("one", PATIENT, folder=tmp_path), begin("two", PATIENT, folder=tmp_path)
    with subprocess.Popen([sys.executable, "-c", PATIENT], stdout=subprocess.DEVNULL) as stranger:
        assert children.ended([one, two]) is None
        children.stop([one, two])
        assert [child.process.returncode for child in (one, two)] == [-signal.SIGTERM] * 2
        assert list((tmp_path / "run").iterdir()) == []
        assert stranger.poll() is None
        stranger.kill()


def test_one_that_does_not_end_is_killed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(children, "SECONDS_TO_END", 0.3)
    child = begin("stubborn", STUBBORN, folder=tmp_path)
    children.stop([child])
    assert child.process.returncode == -signal.SIGKILL


def test_one_that_ended_by_itself_is_found_with_its_last_words(tmp_path: Path) -> None:
    patient = begin("patient", PATIENT, folder=tmp_path)
    failed = begin("failed", f"{READY}; raise SystemExit('no such port')", folder=tmp_path)
    failed.process.wait()
    assert children.ended([patient, failed]) is failed
    assert failed.last_words() == "ready\nno such port"
    children.stop([patient, failed])


def test_left_over_one_is_ended_by_the_next_start(tmp_path: Path) -> None:
    left = begin("web", PATIENT, folder=tmp_path)
    assert children.end_left_over(tmp_path / "run", cwd=tmp_path / "elsewhere") == []
    # A zombie has no command line any more, so that waiting for it is not needed.
    assert children.end_left_over(tmp_path / "run", cwd=tmp_path) == ["web"]
    assert left.process.wait() == -signal.SIGTERM
    assert processes.running_pid(left.pid_file, marker=children.marker(tmp_path)) is None
    assert children.end_left_over(tmp_path / "run", cwd=tmp_path) == []


def test_child_is_in_a_group_of_its_own(tmp_path: Path) -> None:
    child = begin("apart", PATIENT, folder=tmp_path)
    assert os.getpgid(child.process.pid) == child.process.pid != os.getpgrp()
    children.stop([child])
