"""Make, start and stop the embedded PostgreSQL."""

from __future__ import annotations

import shutil
import signal
import time
from pathlib import Path

from project.embedded import processes
from project.embedded.room import Room
from project.embedded.state import EmbeddedError

# Higher than any pid_max: no process can have it. PostgreSQL takes a pid file with it for a stale one, and
# still looks whether backends of a killed server hold on to its shared memory.
NOBODYS_PID = 2**31 - 1
SECONDS_TO_RECOVER = 600


def data_dir(folder: Path) -> Path:
    return folder / "postgres" / "data"


def is_running(folder: Path) -> bool:
    """Whether our server of `folder` is up and accepts connections."""
    pid_file = data_dir(folder) / "postmaster.pid"
    if processes.running_pid(pid_file, marker=str(data_dir(folder))) is None:
        return False
    lines = pid_file.read_text().splitlines()
    return len(lines) > 7 and lines[7].strip() == "ready"


def start(room: Room, *, port: int, superuser_password: str) -> None:
    """Start the server and wait until it accepts connections; make its data directory when there is none."""
    home = room.make_folder("postgres")
    data = data_dir(room.folder)
    if not data.exists():
        _initialise(room, home, superuser_password=superuser_password)
    _disown_recycled_pid(room, data)
    options = {
        "listen_addresses": "127.0.0.1",
        "port": port,
        "unix_socket_directories": "",
        "shared_buffers": "128MB",
        # A large import would set off one checkpoint after the other, each of which has whole pages written again.
        "checkpoint_timeout": "15min",
        "max_wal_size": "2GB",
        "wal_buffers": "16MB",
        "max_locks_per_transaction": 256,
        "timezone": "UTC",
        "log_timezone": "UTC",
    }
    log = home / "postgres.log"
    _turn_over(log)
    command = (
        *(room.postgres_bin / "pg_ctl", "start", "-D", data, "-l", log, "-w", "-t", str(SECONDS_TO_RECOVER)),
        *("-o", " ".join(f"-c {name}='{value}'" for name, value in options.items())),
    )
    # Backends of a killed server need a moment to notice; PostgreSQL does not start before they are gone.
    attempts = 20 if (data / "postmaster.pid").exists() else 1
    while True:
        try:
            return room.run(*command, what="Starting PostgreSQL", seconds=SECONDS_TO_RECOVER + 30)
        except EmbeddedError as error:
            attempts -= 1
            if not attempts:
                raise EmbeddedError(f"{error}\n{_last_lines(log)}") from error
            time.sleep(0.25)


def stop(folder: Path) -> bool:
    """Stop our server of `folder` in PostgreSQL's fast mode; False when it was not running."""
    data = data_dir(folder)
    return processes.end(
        data / "postmaster.pid", marker=str(data), with_signal=signal.SIGINT, seconds=SECONDS_TO_RECOVER
    )


def _initialise(room: Room, home: Path, *, superuser_password: str) -> None:
    """Make the data directory under another name first: half a directory is never taken for a whole one."""
    half, password_file = home / "data.half", home / "password"
    shutil.rmtree(half, ignore_errors=True)
    room.write_secret(password_file, superuser_password)
    try:
        room.run(
            *(room.postgres_bin / "initdb", "-D", half, "-U", "postgres", "-E", "UTF8"),
            *("--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"),
            *("--auth=scram-sha-256", f"--pwfile={password_file}", "--no-instructions"),
            what="Making the PostgreSQL data directory",
        )
    finally:
        password_file.unlink()
    half.rename(data_dir(room.folder))


def _disown_recycled_pid(room: Room, data: Path) -> None:
    """Make a pid file stale whose process id belongs to another program by now, after a reboot for instance.

    PostgreSQL itself would take that program for a running server and refuse to start.
    """
    pid_file = data / "postmaster.pid"
    pid = processes.recorded_pid(pid_file)
    if pid is None or not processes.command_line(pid) or str(data) in processes.command_line(pid):
        return
    _first, *others = pid_file.read_text().split("\n")
    room.write_secret(pid_file, "\n".join([str(NOBODYS_PID), *others]))


def _turn_over(log: Path) -> None:
    """Keep at most two logs of 10 MB."""
    if log.exists() and log.stat().st_size > 10_000_000:
        log.replace(log.with_suffix(".log.1"))


def _last_lines(log: Path) -> str:
    return "\n".join(log.read_text(errors="replace").splitlines()[-8:]) if log.exists() else ""
