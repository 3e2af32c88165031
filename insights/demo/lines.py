"""Collect log lines with their instants until they can be written in order."""

from __future__ import annotations

from typing import NamedTuple

from insights.demo.processes import Processes


class Line(NamedTuple):
    """The text of a line after its stamp; `number` keeps lines of one instant in the order of writing."""

    at: int
    number: int
    text: str


class Lines:
    """The lines of one server."""

    QMGR_PID = 980
    MASTER_PID = 971

    def __init__(self, *, host: str, syslog_name: str, processes: Processes) -> None:
        self._head = f" {host} {syslog_name}/"
        self._processes = processes
        self.lines: list[Line] = []

    def put(self, at: int, daemon: str, text: str, *, pid: int | None = None) -> None:
        """Add a line; without `pid` that of the daemon at this time is used."""
        if pid is None:
            pid = self._processes.other(daemon, at)
        self.lines.append(Line(at, len(self.lines), f"{self._head}{daemon}[{pid}]: {text}\n"))

    def qmgr(self, at: int, text: str) -> None:
        """Add a line of the queue manager, which lives as long as the server."""
        self.put(at, "qmgr", text, pid=self.QMGR_PID)

    def loopback_pid(self) -> int:
        """Give a fresh smtpd for a short session from the machine itself."""
        return self._processes.single()
