"""Hand what waits to the storing threads: one batch of a source at a time, in order, tried again until it is stored."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from typing import Final

import structlog
from django.db import InterfaceError, OperationalError, connection

from insights.ingest.listening.backlog import Backlog, Line
from insights.ingest.listening.deposit import Batch, RouteGone
from insights.ingest.listening.drops import AT_EXIT, UNSTORABLE, Drops
from insights.ingest.listening.routes import Refusal, Route

log = structlog.get_logger(__name__)

LINGER: Final = 0.25
"""Seconds that lines wait for others, so that a batch is worth a transaction."""
FIRST_PAUSE: Final = 0.25
LONGEST_PAUSE: Final = 15.0


class Storing:
    """Stores the backlog with `store`, which blocks and runs in the executor's threads."""

    def __init__(
        self,
        backlog: Backlog,
        store: Callable[[Route, Batch], object],
        *,
        executor: Executor,
        drops: Drops,
    ) -> None:
        self.stored = 0
        self.is_waiting = False
        self._backlog, self._store, self._executor, self._drops = backlog, store, executor, drops
        self._running: dict[Route, asyncio.Task[None]] = {}
        self._hurry = asyncio.Event()
        self._give_up = asyncio.Event()

    def notice(self, route: Route) -> None:
        """See to it that what waits for a source is stored."""
        if route not in self._running:
            self._running[route] = asyncio.get_running_loop().create_task(self._store_all(route))

    async def finish(self, *, patience: float) -> bool:
        """Store everything without lingering; after `patience` seconds count the rest as lost and return False."""
        self._hurry.set()
        while self._running:
            _done, pending = await asyncio.wait(set(self._running.values()), timeout=patience)
            if pending and not self._give_up.is_set():
                self._give_up.set()
        return not self._give_up.is_set()

    async def _store_all(self, route: Route) -> None:
        try:
            while True:
                if not self._backlog.is_batch(route):
                    await _pause(self._hurry, LINGER)
                lines = self._backlog.take(route)
                if not lines:
                    return
                try:
                    await self._store_batch(route, lines)
                finally:
                    self._backlog.done(route)
        finally:
            # Nothing is awaited from the last look at the backlog on, so no line can come in between.
            del self._running[route]

    async def _store_batch(self, route: Route, lines: Sequence[Line]) -> None:
        pause, batch = FIRST_PAUSE, Batch(lines)
        while True:
            if self._give_up.is_set():
                self._drops.of_source(route, AT_EXIT, address="", messages=len(lines))
                return
            try:
                await asyncio.get_running_loop().run_in_executor(
                    self._executor, _store_here, self._store, route, batch
                )
            except (OperationalError, InterfaceError) as error:
                self.is_waiting = True
                log.warning("syslog.storing_again", source=route.name, reason=str(error).strip(), after=pause)
                await _pause(self._give_up, pause * random.uniform(0.7, 1.3))
                pause = min(pause * 2, LONGEST_PAUSE)
            except RouteGone as error:
                log.warning("syslog.source_gone", source=route.name, reason=str(error), messages=len(lines))
                self._drops.of_source(route, Refusal.UNKNOWN_SENDER, address="", messages=len(lines))
                return
            except Exception as error:  # noqa: BLE001 - whatever a line does must not end the listener
                await self._store_halves(route, lines, error)
                return
            else:
                self.is_waiting = False
                self.stored += len(lines)
                return

    async def _store_halves(self, route: Route, lines: Sequence[Line], error: Exception) -> None:
        """Find the line that cannot be stored, so that the others are."""
        log.error("syslog.unstorable", source=route.name, lines=len(lines), exc_info=error)
        if len(lines) == 1:
            self._drops.of_source(route, UNSTORABLE, address="")
            return
        half = len(lines) // 2
        await self._store_batch(route, lines[:half])
        await self._store_batch(route, lines[half:])


def _store_here(store: Callable[[Route, Batch], object], route: Route, batch: Batch) -> None:
    """Store in this thread, whose connection is given up when it may be broken."""
    try:
        store(route, batch)
    except Exception:
        connection.close()
        raise


async def _pause(sooner: asyncio.Event, seconds: float) -> None:
    """Wait that long, or until `sooner` is set."""
    if not sooner.is_set():
        try:
            await asyncio.wait_for(sooner.wait(), seconds)
        except TimeoutError:
            return
