"""The listener as a whole: it opens addresses, looks again and again who may send, and ends without losing a line.

One thread reads the network, a few store, and one does the upkeep, so that neither waits for another.
"""

from __future__ import annotations

import asyncio
import signal
import socket
import ssl
from collections.abc import Callable, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any, Final, ParamSpec, TypeVar

import structlog
from django.db import Error, connection

from insights.ingest.listening.addresses import Unusable, parts_of, written
from insights.ingest.listening.backlog import Backlog
from insights.ingest.listening.certificates import Tls, TlsFiles
from insights.ingest.listening.datagrams import Datagrams, receiving_socket
from insights.ingest.listening.deposit import store
from insights.ingest.listening.drops import Drops, forget_listeners, keep_drops, keep_listeners
from insights.ingest.listening.intake import Intake
from insights.ingest.listening.routes import Directory, load_directory
from insights.ingest.listening.storing import Storing
from insights.ingest.listening.streams import Limits, Streams, listening_socket
from insights.ingest.listening.upkeep import note_uses

log = structlog.get_logger(__name__)

REFRESH: Final = 2.0
"""Seconds between two looks at who may send; what was counted is kept after every fifth."""
TELL_EVERY: Final = 60.0
STORING_THREADS: Final = 2
DRAIN_SECONDS: Final = 5.0
PATIENCE: Final = 90.0
"""Seconds that what is queued is tried to be stored once the listener is told to end."""
_P = ParamSpec("_P")
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Options:
    """What the operator decides: addresses as `udp://host:port`, `tcp://` and `tls://`, TLS, and limits."""

    addresses: Sequence[str]
    tls: TlsFiles | None = None
    limits: Limits = field(default_factory=Limits)
    most: int | None = None
    patience: float = PATIENCE
    refresh: float = REFRESH


class Listener:
    """Runs until SIGTERM or SIGINT. `say` is told where it listens."""

    def __init__(
        self, options: Options, *, clock: Callable[[], datetime], say: Callable[[str], None]
    ) -> None:
        self._options, self._clock, self._say = options, clock, say
        self._tls = None if options.tls is None else _readable(options.tls)
        self._open: dict[str, tuple[str, asyncio.Task[None] | Datagrams, socket.socket]] = {}
        self._refused_addresses: dict[str, str] = {}
        self._stop = asyncio.Event()
        self._upkeep: Executor = ThreadPoolExecutor(1, thread_name_prefix="syslog-upkeep")
        self._began_at = clock()

    async def run(self) -> bool:
        """Listen until told to end; return whether everything that was taken is stored. Raises Unusable."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._stop.set)
        directory = await self._first_directory()
        if directory is None:
            return True
        self._make(directory)
        try:
            for address in self._options.addresses:
                self._listen(address)
        except Unusable:
            await self._close()
            raise
        # It ends when told to, or by an error that nobody foresaw: then what was taken is stored before it is raised.
        upkeep = loop.create_task(self._keep_up())
        await asyncio.wait({upkeep})
        is_stored = await self._end()
        await upkeep
        return is_stored

    def _make(self, directory: Directory) -> None:
        self._drops = Drops()
        backlog = Backlog() if self._options.most is None else Backlog(most=self._options.most)
        self._storing = Storing(
            backlog,
            partial(store, clock=self._clock),
            executor=ThreadPoolExecutor(STORING_THREADS, thread_name_prefix="syslog-storing"),
            drops=self._drops,
        )
        self._intake = Intake(directory, backlog, self._storing, self._drops, clock=self._clock)
        self._streams = Streams(self._intake, self._options.limits)
        backlog.on_room = self._streams.go_on

    async def _first_directory(self) -> Directory | None:
        """Wait for the database; None when told to end meanwhile."""
        while not self._stop.is_set():
            try:
                return await self._in_thread(load_directory, now=self._clock())
            except Error as error:
                log.warning("syslog.no_database", reason=str(error).strip())
                await self._sleep(self._options.refresh)
        return None

    def _listen(self, address: str) -> None:
        """Open an address; raise Unusable when that cannot be."""
        protocol, host, port = parts_of(address)
        if protocol == "tls" and self._tls is None:
            raise Unusable(f"{address}: TLS needs --certificate and --key.")
        try:
            opened = (receiving_socket if protocol == "udp" else listening_socket)(host, port)
        except OSError as error:
            raise Unusable(f"{address}: {error.strerror or error}.") from error
        shown = written(protocol, host, opened.getsockname()[1])
        if protocol == "udp":
            self._open[address] = (shown, Datagrams(self._intake, opened, shown), opened)
        else:
            accepting = self._streams.accept(opened, shown, self._context if protocol == "tls" else None)
            self._open[address] = (shown, asyncio.get_running_loop().create_task(accepting), opened)
        self._say(f"Listening at {shown}")

    def _context(self) -> ssl.SSLContext:
        if self._tls is None:
            raise Unusable("TLS needs a certificate.")
        return self._tls.context

    async def _unlisten(self, address: str) -> None:
        """Close an address; its connections stay."""
        _shown, reader, opened = self._open.pop(address)
        if isinstance(reader, Datagrams):
            reader.close()
            return
        reader.cancel()
        with suppress(asyncio.CancelledError):
            await reader
        opened.close()

    async def _keep_up(self) -> None:
        loop = asyncio.get_running_loop()
        kept_at = told_at = loop.time()
        await self._keep_listeners()
        # It ends by itself: `wait_for` of Python 3.11 may swallow a cancellation.
        while not self._stop.is_set():
            await self._sleep(self._options.refresh)
            now = loop.time()
            self._streams.close_overdue(now)
            for _shown, reader, _socket in self._open.values():
                if isinstance(reader, Datagrams):
                    reader.count_dropped()
            try:
                self._refresh_tls()
                await self._look()
                if now - kept_at >= 5 * self._options.refresh:
                    kept_at = now
                    await self._keep()
                    await self._keep_listeners()
            except Error as error:
                log.warning("syslog.no_database", reason=str(error).strip())
            if now - told_at >= TELL_EVERY:
                told_at = now
                self._drops.tell()

    async def _look(self) -> None:
        """Take up what was changed in the database: keys, senders, sources, addresses."""
        now = self._clock()
        uses, self._intake.uses = self._intake.uses, {}
        await self._in_thread(note_uses, self._intake.directory, uses, now=now)
        self._intake.directory = directory = await self._in_thread(load_directory, now=now)
        wanted = directory.addresses() | set(self._options.addresses)
        if gone := set(self._open) - wanted:
            shown = [self._open[address][0] for address in gone]
            for address in gone:
                await self._unlisten(address)
            await self._in_thread(forget_listeners, shown)
        for address in sorted(wanted - set(self._open)):
            try:
                self._listen(address)
                self._refused_addresses.pop(address, None)
            except Unusable as error:
                if self._refused_addresses.get(address) != str(error):
                    self._refused_addresses[address] = str(error)
                    log.warning("syslog.address", reason=str(error))

    async def _keep(self) -> None:
        taken = self._drops.take_sources()
        try:
            await self._in_thread(keep_drops, taken, now=self._clock())
        except Error:
            self._drops.give_back(taken)
            raise

    async def _keep_listeners(self) -> None:
        refused = {shown: self._drops.refused(shown) for shown, _reader, _socket in self._open.values()}
        try:
            await self._in_thread(
                keep_listeners,
                refused,
                takes_certificates=self._options.tls is not None and self._options.tls.client_ca is not None,
                began_at=self._began_at,
                now=self._clock(),
            )
        except Error as error:
            log.warning("syslog.no_database", reason=str(error).strip())

    def _refresh_tls(self) -> None:
        try:
            if self._tls is not None and self._tls.refresh():
                log.info("syslog.certificates_read_again")
        except OSError as error:
            log.warning("syslog.certificates", reason=str(error))

    async def _end(self) -> bool:
        """Take no more, store what is queued, and keep the counts."""
        shown = [one[0] for one in self._open.values()]
        await self._close()
        is_stored = await self._storing.finish(patience=self._options.patience)
        self._drops.tell()
        try:
            uses = self._intake.uses
            await self._in_thread(note_uses, self._intake.directory, uses, now=self._clock())
            await self._keep()
            await self._in_thread(forget_listeners, shown)
        except Error as error:
            log.warning("syslog.no_database", reason=str(error).strip())
        log.info(
            "syslog.end",
            taken=self._intake.taken,
            stored=self._storing.stored,
            dropped=dict(self._drops.total),
        )
        return is_stored

    async def _close(self) -> None:
        for address in list(self._open):
            await self._unlisten(address)
        await self._streams.drain(seconds=DRAIN_SECONDS)

    async def _in_thread(self, call: Callable[_P, _T], *args: _P.args, **kwargs: _P.kwargs) -> _T:
        """Call in the thread of the upkeep, whose connection is given up when it may be broken."""

        def here() -> _T:
            try:
                return call(*args, **kwargs)
            except Error:
                connection.close()
                raise

        return await asyncio.get_running_loop().run_in_executor(self._upkeep, here)

    async def _sleep(self, seconds: float) -> None:
        with suppress(TimeoutError):
            await asyncio.wait_for(self._stop.wait(), seconds)


def _readable(files: TlsFiles) -> Tls:
    try:
        return Tls(files)
    except OSError as error:
        name = f"{error.filename}: " if error.filename else ""
        raise Unusable(f"TLS: {name}{error.strerror or error}.") from error


def run_listener(options: Options, *, clock: Callable[[], datetime], say: Callable[[str], Any]) -> bool:
    """Listen until SIGTERM or SIGINT; return whether everything that was taken is stored. Raises Unusable."""

    async def run() -> bool:
        return await Listener(options, clock=clock, say=say).run()

    return asyncio.run(run())
