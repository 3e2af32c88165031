"""The processes of the demo: started with a log each, watched, and ended, exactly those and no others."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from project.embedded import processes

SECONDS_TO_END = 15


@dataclass(frozen=True)
class Child:
    """A process in a group of its own, so that Ctrl-C reaches the command alone, which ends it in order."""

    name: str
    process: subprocess.Popen[bytes]
    log: Path
    pid_file: Path

    def last_words(self) -> str:
        """Return the end of its log."""
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-8:])


def start(
    name: str, command: Sequence[str], *, cwd: Path, environ: Mapping[str, str], logs: Path, pids: Path
) -> Child:
    """Start a process whose output goes to `logs`/name.log, begun anew, and note its id in `pids`.

    Its command line must hold `cwd`: by that it is known again.
    """
    logs.mkdir(parents=True, exist_ok=True)
    pids.mkdir(parents=True, exist_ok=True)
    log, pid_file = logs / f"{name}.log", pids / f"{name}.pid"
    with log.open("wb") as output:
        process = subprocess.Popen(
            command,
            cwd=cwd,
            env=dict(environ),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    pid_file.write_text(f"{process.pid}\n")
    return Child(name, process, log, pid_file)


def end_left_over(pids: Path, *, cwd: Path) -> list[str]:
    """End what a demo left behind that was killed itself; return the names. Raises TimeoutError."""
    return [
        pid_file.stem
        for pid_file in sorted(pids.glob("*.pid"))
        if processes.end(pid_file, marker=marker(cwd), with_signal=signal.SIGTERM, seconds=4 * SECONDS_TO_END)
    ]


def marker(cwd: Path) -> str:
    """Return how our processes are known: gunicorn's --chdir and Celery's --workdir end alike."""
    return f"dir={cwd} "


def ended(children: Sequence[Child]) -> Child | None:
    """Return a child that is no longer running, if there is one."""
    return next((child for child in children if child.process.poll() is not None), None)


def stop(children: Sequence[Child]) -> None:
    """Ask all to end, wait, and kill the groups of those that do not."""
    for child in children:
        if child.process.poll() is None:
            child.process.terminate()
    deadline = time.monotonic() + SECONDS_TO_END
    for child in children:
        try:
            child.process.wait(max(0.0, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            os.killpg(child.process.pid, signal.SIGKILL)
            child.process.wait()
        child.pid_file.unlink(missing_ok=True)
