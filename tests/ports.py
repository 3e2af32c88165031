"""Ports that a test may listen at later: none that the kernel gives to connections meanwhile."""

from __future__ import annotations

import random
import socket
from typing import Final

_FIRST: Final = 20_000
_LAST: Final = 32_000
"""Below those that Linux gives to connections (`net.ipv4.ip_local_port_range` begins at 32768)."""


def free_port() -> int:
    """Return a port of the loopback address that nobody uses now, by TCP or UDP."""
    for _attempt in range(200):
        port = random.randint(_FIRST, _LAST)
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
