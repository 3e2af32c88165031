"""Ports that a test may listen at later: none that the kernel gives to connections meanwhile."""

from __future__ import annotations

import os
import random
import socket
from typing import Final

_FIRST: Final = 20_000
_LAST: Final = 32_000
"""Below those that Linux gives to connections (`net.ipv4.ip_local_port_range` begins at 32768)."""
_WORKERS: Final = 16
_WORKER: Final = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")) % _WORKERS
"""Each process of a parallel run has ports of its own: what one is about to listen at looks free to the others."""


def free_port() -> int:
    """Return a port of the loopback address that nobody uses now, by TCP or UDP."""
    for _attempt in range(200):
        port = random.randrange(_FIRST + _WORKER, _LAST, _WORKERS)
        with (
            socket.socket(socket.AF_INET, socket.SOCK_STREAM) as stream,
            socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as datagrams,
        ):
            try:
                stream.bind(("127.0.0.1", port))
                datagrams.bind(("127.0.0.1", port))
            except OSError:
                continue
        return port
    raise OSError("every port that was tried is in use")
