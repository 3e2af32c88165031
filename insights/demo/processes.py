"""Give daemons their process ids: one smtpd serves many connections, one after another."""

from __future__ import annotations

from insights.demo.stamps import MINUTE, SECOND

MAX_USE = 100
"""Connections after which a Postfix daemon ends by itself (postconf max_use)."""
MAX_IDLE = 100 * SECOND
"""Idle time after which it ends (postconf max_idle)."""


class Process:
    """One running smtpd, busy until `free_at`."""

    __slots__ = ("free_at", "pid", "served")

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self.free_at = 0
        self.served = 0


class Processes:
    """The process table of one server for one day; ids of other daemons change every ten minutes."""

    def __init__(self, *, first_pid: int) -> None:
        self._next = first_pid
        self._pools: dict[str, list[Process]] = {}
        self._others: dict[str, tuple[int, int]] = {}

    def _new_pid(self) -> int:
        self._next += 1
        return self._next

    def take(self, service: str, at: int) -> Process:
        """Give the process that takes a connection at this instant; they must be asked for in order."""
        pool = [p for p in self._pools.get(service, ()) if p.served < MAX_USE and at - p.free_at < MAX_IDLE]
        self._pools[service] = pool
        for process in pool:
            if process.free_at < at:
                process.served += 1
                return process
        process = Process(self._new_pid())
        process.served = 1
        pool.append(process)
        return process

    def single(self) -> int:
        """Give the id of a process that serves one session only."""
        return self._new_pid()

    def other(self, daemon: str, at: int) -> int:
        """Give the process id of a daemon such as cleanup at about this instant."""
        epoch = at // (10 * MINUTE)
        known = self._others.get(daemon)
        if known is None or known[0] < epoch:
            known = (epoch, self._new_pid())
            self._others[daemon] = known
        return known[1]
