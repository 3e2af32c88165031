"""Look at, signal and wait for server processes by their recorded id, never by their name alone."""

from __future__ import annotations

import os
import random
import signal
import socket
import subprocess
import time
from pathlib import Path

# Below the range from which systems hand out ports for outgoing connections, so that a port stays ours.
PORTS = range(15_000, 32_000)
PROC = Path("/proc")  # Linux; elsewhere `ps` answers


def free_port() -> int:
    """A TCP port on 127.0.0.1 that nobody listens on now."""
    for port in random.sample(PORTS, 200):
        if is_free(port):
            return port
    raise OSError("No free TCP port between 15000 and 32000 on 127.0.0.1.")


def is_free(port: int) -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def recorded_pid(pid_file: Path) -> int | None:
    """The process id in the first line of `pid_file`, or None; says nothing about that process."""
    try:
        first_line = pid_file.read_text().split("\n", 1)[0]
        return int(first_line) if int(first_line) > 1 else None
    except (OSError, ValueError):
        return None


def command_line(pid: int) -> str:
    """The command line of a living process; empty for a dead one, a zombie and a kernel thread."""
    if PROC.is_dir():
        try:
            return (PROC / str(pid) / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            return ""
    listing = subprocess.run(
        ["ps", "-ww", "-o", "command=", "-p", str(pid)], capture_output=True, text=True, check=False
    )
    return listing.stdout


def running_pid(pid_file: Path, *, marker: str) -> int | None:
    """The recorded process if it still runs and names `marker` in its command line.

    Process ids are used again, after a reboot even soon: a living process under a recorded id may be
    anybody's.
    """
    pid = recorded_pid(pid_file)
    return pid if pid is not None and marker in command_line(pid) else None


def end(pid_file: Path, *, marker: str, with_signal: signal.Signals, seconds: float) -> bool:
    """Ask our recorded process to end and wait for it; False when there is none.

    Raises TimeoutError when it is still there after `seconds`: killing a database harder is for people to
    decide.
    """
    pid = running_pid(pid_file, marker=marker)
    if pid is None:
        return False
    os.kill(pid, with_signal)
    deadline = time.monotonic() + seconds
    while marker in command_line(pid):
        if time.monotonic() > deadline:
            raise TimeoutError(f"Process {pid} does not end after {seconds:.0f} s; see {pid_file.parent}.")
        time.sleep(0.01)
    return True
