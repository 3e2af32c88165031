"""A way to the suite's database that can be held, broken and cut, for what has to wait until it is there again."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import Event, Thread
from urllib.parse import urlsplit

from django.db import connections

from tests.processes import environment

_COMMIT = b"COMMIT\0"
"""The whole statement, as the protocol has it; `ON COMMIT DROP` is none."""


class Wire:
    """The way while it is there. `lost` is set once an answer was lost."""

    def __init__(self) -> None:
        self.lost = Event()
        self._goes_on = Event()
        self._goes_on.set()
        self._lose_after = b""
        self._ends: list[socket.socket] = []

    def hold(self) -> None:
        """Let nothing through until `go_on`: the database is there, and does not answer."""
        self._goes_on.clear()

    def go_on(self) -> None:
        """Let everything through again."""
        self._goes_on.set()

    def lose_commit(self, after: bytes) -> None:
        """Break the connection over which `after` was asked at its next COMMIT, which takes place unanswered."""
        self._lose_after = after

    def cut(self) -> None:
        """Break every connection off; new ones are passed on."""
        ends, self._ends = self._ends, []
        for end in ends:
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()

    def join(self, near: socket.socket, far: socket.socket) -> None:
        """Pass on between both ends, in threads of their own."""
        self._ends += [near, far]
        is_deaf = Event()
        for passing in (self._ask, self._answer):
            Thread(target=passing, args=(near, far, is_deaf), daemon=True).start()

    def _ask(self, near: socket.socket, far: socket.socket, is_deaf: Event) -> None:
        asked = b""
        with suppress(OSError):
            while data := near.recv(65_536):
                self._goes_on.wait()
                if self._lose_after and self._lose_after in (asked := asked[-100:] + data):
                    asked = self._lose_after
                    if _COMMIT in data:
                        self._lose_after = b""
                        is_deaf.set()
                far.sendall(data)
            far.shutdown(socket.SHUT_WR)

    def _answer(self, near: socket.socket, far: socket.socket, is_deaf: Event) -> None:
        with suppress(OSError):
            while data := far.recv(65_536):
                self._goes_on.wait()
                if is_deaf.is_set():
                    near.shutdown(socket.SHUT_RDWR)
                    self.lost.set()
                    return
                near.sendall(data)
            near.shutdown(socket.SHUT_WR)


def url_over(port: int) -> str:
    """Return the address of the suite's database by way of the port."""
    url = urlsplit(environment()["DATABASE_URL"])
    return url._replace(netloc=f"{url.netloc.rpartition(':')[0]}:{port}").geturl()


@contextmanager
def wire(port: int) -> Iterator[Wire]:
    """Pass on what comes to the port to the database; at the end every connection breaks off."""
    database = connections["default"].settings_dict
    way = Wire()

    def accept() -> None:
        with suppress(OSError):
            while True:
                near, _ = server.accept()
                far = socket.create_connection((database["HOST"], int(database["PORT"])))
                way.join(near, far)

    with socket.create_server(("127.0.0.1", port)) as server:
        thread = Thread(target=accept, daemon=True)
        thread.start()
        try:
            yield way
        finally:
            server.shutdown(socket.SHUT_RDWR)
            thread.join()
            way.go_on()
            way.cut()
