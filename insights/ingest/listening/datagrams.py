"""UDP: one message a datagram. What comes faster than it is stored is dropped and counted, the kernel's drops too."""

from __future__ import annotations

import asyncio
import socket
import struct
from contextlib import suppress
from typing import Final

from insights.ingest.listening.framing import Frame
from insights.ingest.listening.intake import Intake
from insights.ingest.listening.routes import Peer
from insights.ingest.listening.streams import plain_address

KERNEL_FULL: Final = "kernel_full"
_LARGEST: Final = 65_536
_AT_ONCE: Final = 100
"""Datagrams that are read before others have their turn."""
_KERNEL_BUFFER: Final = 8 * 1024 * 1024
_MEMORY: Final = 55
"""Linux's SO_MEMINFO: nine numbers, the last of them how many datagrams the socket has dropped so far."""
_NUMBERS: Final = struct.Struct("9I")


class Datagrams:
    """One address that takes datagrams."""

    def __init__(self, intake: Intake, receiving: socket.socket, address: str) -> None:
        self._intake, self._socket, self._address = intake, receiving, address
        self._dropped = 0
        receiving.settimeout(0)
        with suppress(OSError):
            receiving.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _KERNEL_BUFFER)
        asyncio.get_running_loop().add_reader(receiving, self.read)

    def read(self) -> bool:
        """Take some of what is there; tell whether there may be more."""
        for _time in range(_AT_ONCE):
            try:
                data, place = self._socket.recvfrom(_LARGEST)
            except OSError:
                return False
            if data:
                peer = Peer(plain_address(place[0]), self._address)
                self._intake.take(Frame(data, len(data)), peer, may_wait=False)
        return True

    def count_dropped(self) -> None:
        """Count what the kernel dropped since the last time; datagrams that follow need not come for that."""
        with suppress(OSError):
            numbers = self._socket.getsockopt(socket.SOL_SOCKET, _MEMORY, _NUMBERS.size)
            dropped = _NUMBERS.unpack(numbers)[-1]
            if fresh := (dropped - self._dropped) % 2**32:
                # Nobody knows whose they were.
                self._intake.drops.of_nobody(Peer("any", self._address), KERNEL_FULL, fresh)
                self._dropped = dropped

    def close(self) -> None:
        """Take what the kernel holds, and end."""
        asyncio.get_running_loop().remove_reader(self._socket)
        with suppress(OSError):
            # From now on the kernel takes nothing from anybody else, so that what it holds has an end.
            self._socket.connect(self._socket.getsockname())
        while self.read():
            pass
        self.count_dropped()
        self._socket.close()


def receiving_socket(host: str, port: int) -> socket.socket:
    """Return a socket that takes datagrams at one address. Raises OSError."""
    receiving = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_DGRAM)
    try:
        receiving.bind((host, port))
    except OSError:
        receiving.close()
        raise
    return receiving
