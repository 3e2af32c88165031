"""gunicorn as it runs in production, on the suite's database: to be talked to over a socket, measured and killed."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.ports import free_port
from tests.processes import PATIENCE_SECONDS, ROOT, environment


class WebServer:
    """gunicorn with two workers in a process group of its own, on a port that it keeps over restarts."""

    def __init__(self, **more: str) -> None:
        self._more = more
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it and wait until it answers."""
        self.process = subprocess.Popen(
            [
                *(sys.executable, "-m", "gunicorn", "project.wsgi", "--workers=2", "--threads=4"),
                *(f"--bind=127.0.0.1:{self.port}", "--timeout=120", "--log-level=error"),
            ],
            cwd=ROOT,
            env=environment(
                PYTHONWARNINGS="ignore",  # nothing is collected in static files
                API_REQUESTS_A_MINUTE="1000000",
                API_BATCHES_A_MINUTE="1000000",
                **self._more,
            ),
            start_new_session=True,
        )
        give_up_at = time.monotonic() + PATIENCE_SECONDS
        while not self._answers():
            assert self.process.poll() is None, f"gunicorn ended with {self.process.returncode}"
            assert time.monotonic() < give_up_at, "gunicorn does not answer"
            time.sleep(0.05)

    def kill(self) -> None:
        """End the master and its workers with -9, in the middle of whatever they do."""
        if self.process is not None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
            self.process = None

    def resident_bytes(self) -> int:
        """Return the memory of the master and its workers together."""
        assert self.process is not None
        pids = [self.process.pid, *_children(self.process.pid)]
        return sum(_resident(pid) for pid in pids)

    def _answers(self) -> bool:
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=1) as connected:
                connected.sendall(b"GET /healthz HTTP/1.0\r\nHost: localhost\r\n\r\n")
                return b"200" in connected.recv(64)
        except OSError:
            return False


@contextmanager
def web_server(**more: str) -> Iterator[WebServer]:
    """Give a server that answers; it is killed at the end. `more` is added to its environment."""
    server = WebServer(**more)
    server.start()
    try:
        yield server
    finally:
        server.kill()


def _children(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def _resident(pid: int) -> int:
    status = Path(f"/proc/{pid}/status").read_text()
    return next(int(line.split()[1]) * 1024 for line in status.splitlines() if line.startswith("VmRSS"))
