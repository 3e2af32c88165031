"""Start and stop the embedded Valkey, which speaks Redis' protocol and keeps an append-only file."""

from __future__ import annotations

import signal
import socket
import time
from pathlib import Path

from project.embedded import processes
from project.embedded.room import Room
from project.embedded.state import EmbeddedError

SECONDS_TO_LOAD = 120


def config_file(folder: Path) -> Path:
    return folder / "valkey" / "valkey.conf"


def is_running(folder: Path) -> bool:
    """Whether our server of `folder` is up; its title is set to end in its configuration file's path."""
    return processes.running_pid(_pid_file(folder), marker=str(config_file(folder))) is not None


def start(room: Room, *, port: int, password: str) -> None:
    """Start the server and wait until it has loaded its data and answers."""
    home = room.make_folder("valkey")
    config = config_file(room.folder)
    room.write_secret(
        config,
        "\n".join(
            [
                f"port {port}",
                "bind 127.0.0.1",
                f"requirepass {password}",
                f'dir "{home}"',
                f'pidfile "{_pid_file(room.folder)}"',
                f'logfile "{home / "valkey.log"}"',
                'proc-title-template "{title} {listen-addr} {config-file}"',
                "daemonize yes",
                "appendonly yes",
                "maxmemory-policy noeviction",
                'save ""',
                "",
            ]
        ),
    )
    room.run(room.valkey_server, config, what="Starting Valkey", seconds=60)
    deadline = time.monotonic() + SECONDS_TO_LOAD
    while not _answers(port, password):
        if time.monotonic() > deadline:
            raise EmbeddedError(
                f"Valkey does not answer after {SECONDS_TO_LOAD} s; see {home / 'valkey.log'}."
            )
        time.sleep(0.01)


def stop(folder: Path) -> bool:
    """Stop our server of `folder` after it has written its data; False when it was not running."""
    return processes.end(
        _pid_file(folder), marker=str(config_file(folder)), with_signal=signal.SIGTERM, seconds=60
    )


def _pid_file(folder: Path) -> Path:
    return folder / "valkey" / "valkey.pid"


def _answers(port: int, password: str) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
            connection.sendall(f"AUTH {password}\r\nPING\r\n".encode())
            answer = b""
            while answer.count(b"\r\n") < 2:
                piece = connection.recv(256)
                if not piece:
                    return False
                answer += piece
    except OSError:
        return False
    return answer == b"+OK\r\n+PONG\r\n"
