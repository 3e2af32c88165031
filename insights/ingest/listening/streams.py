"""TCP and TLS: accept connections within limits, read them as fast as lines are stored, and close them in time."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, cast

import structlog

from insights.ingest.listening.certificates import certificate_of
from insights.ingest.listening.framing import Framing
from insights.ingest.listening.intake import Intake
from insights.ingest.listening.routes import Peer, Route

log = structlog.get_logger(__name__)

TOO_MANY: Final = "too_many_connections"
NO_HANDSHAKE: Final = "tls_failed"
BAD_FRAME: Final = "bad_frame"
CUT_OFF: Final = "cut_off"
"""The connection broke, or was closed at our end, within a message; its sender knows that it was not taken."""
TIMED_OUT: Final = "timed_out"
_READ: Final = 65_536
_BACKLOG: Final = 128
_KEEP_ALIVE: Final = (("TCP_KEEPIDLE", 60), ("TCP_KEEPINTVL", 30), ("TCP_KEEPCNT", 4))


@dataclass(frozen=True, slots=True)
class Limits:
    """How many connections there may be, and how many seconds they are given.

    `stranger`: until the first line that belongs to a source; `message`: until a message that has begun is complete;
    `idle`: between two messages.
    """

    connections: int = 500
    connections_a_peer: int = 50
    handshake: float = 10.0
    stranger: float = 60.0
    message: float = 60.0
    idle: float = 86_400.0


class Streams:
    """All connections of all listeners."""

    def __init__(self, intake: Intake, limits: Limits) -> None:
        self.intake, self.limits = intake, limits
        self.view = memoryview(bytearray(_READ))
        self.connections: set[Connection] = set()
        self.paused: set[Connection] = set()
        self._shaking: set[asyncio.Task[None]] = set()
        self._a_peer: Counter[str] = Counter()

    async def accept(
        self, listening: socket.socket, address: str, tls: Callable[[], ssl.SSLContext] | None
    ) -> None:
        """Accept connections at a socket until cancelled."""
        loop = asyncio.get_running_loop()
        while True:
            try:
                accepted, place = await loop.sock_accept(listening)
            except OSError as error:
                # Out of file descriptors, or the client is gone again.
                log.warning("syslog.accept", address=address, reason=str(error))
                await asyncio.sleep(0.5)
                continue
            peer = Peer(plain_address(place[0]), address)
            if not self._admit(peer):
                accepted.close()
                continue
            task = loop.create_task(self._begin(accepted, peer, tls() if tls else None))
            self._shaking.add(task)
            task.add_done_callback(self._shaking.discard)

    def _admit(self, peer: Peer) -> bool:
        limits = self.limits
        is_admitted = (
            self._a_peer.total() < limits.connections
            and self._a_peer[peer.address] < limits.connections_a_peer
        )
        if is_admitted:
            self._a_peer[peer.address] += 1
        else:
            self.intake.drops.of_nobody(peer, TOO_MANY)
        return is_admitted

    async def _begin(self, accepted: socket.socket, peer: Peer, tls: ssl.SSLContext | None) -> None:
        _keep_alive(accepted)
        try:
            await asyncio.get_running_loop().connect_accepted_socket(
                lambda: Connection(self, peer),
                accepted,
                ssl=tls,
                ssl_handshake_timeout=self.limits.handshake if tls else None,
                ssl_shutdown_timeout=self.limits.handshake if tls else None,
            )
        except (OSError, TimeoutError) as error:
            self.intake.drops.of_nobody(peer, NO_HANDSHAKE)
            log.info("syslog.handshake", peer=peer.address, reason=str(error) or type(error).__name__)
            self.forget(peer)

    def forget(self, peer: Peer) -> None:
        """Let the peer have another connection."""
        self._a_peer[peer.address] -= 1
        if self._a_peer[peer.address] <= 0:
            del self._a_peer[peer.address]

    def go_on(self) -> None:
        """Read again what waited for room."""
        for connection in list(self.paused):
            connection.go_on()

    def close_overdue(self, now: float) -> None:
        """Close connections that took too long; `now` is the loop's time."""
        for connection in list(self.connections):
            connection.close_if_overdue(now)

    async def drain(self, *, seconds: float, quiet: float = 0.3) -> None:
        """Tell every sender that this is the end, take what is under way, and close.

        A connection over which nothing came for `quiet` seconds is done.
        """
        for task in list(self._shaking):
            task.cancel()
        loop = asyncio.get_running_loop()
        end = loop.time() + seconds
        for connection in list(self.connections):
            connection.say_end()
        await asyncio.sleep(quiet)
        while self.connections and loop.time() < end:
            for connection in list(self.connections):
                if not connection.is_paused and loop.time() - connection.heard_at > quiet:
                    connection.close()
            await asyncio.sleep(0.05)
        for connection in list(self.connections):
            connection.close()
        await asyncio.sleep(0)


class Connection(asyncio.BufferedProtocol):
    """One connection; it reads into the buffer that all share, and holds an incomplete message at most."""

    def __init__(self, streams: Streams, peer: Peer) -> None:
        self.is_paused = False
        self.heard_at = self._begun_at = self._began_at = asyncio.get_running_loop().time()
        self._streams, self._peer = streams, peer
        self._framing = Framing()
        self._waits_for: set[Route] = set()
        self._is_known = self._is_overdue = False
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Learn who it is."""
        self._transport = cast("asyncio.Transport", transport)
        fingerprint, names = certificate_of(transport.get_extra_info("ssl_object"))
        self._peer = self._peer._replace(fingerprint=fingerprint, names=names)
        self._streams.connections.add(self)

    def get_buffer(self, sizehint: int) -> memoryview:
        """Return the shared buffer: what is read into it is taken out of it before anybody else reads."""
        return self._streams.view

    def buffer_updated(self, nbytes: int) -> None:
        """Take what came."""
        self.heard_at = asyncio.get_running_loop().time()
        framing = self._framing
        was_within = framing.is_within
        frames = framing.feed(bytes(self._streams.view[:nbytes]))
        if frames or not was_within:
            self._begun_at = self.heard_at
        self._take(frames)
        if framing.is_broken:
            self._streams.intake.drops.of_nobody(self._peer, BAD_FRAME)
            self.close()

    def eof_received(self) -> bool:
        """Take a last message without an end, and close."""
        self._take(self._framing.end())
        if self._framing.is_broken:
            self._streams.intake.drops.of_nobody(self._peer, BAD_FRAME)
        return False

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget it, and what it brought of a message that has no end: half a line may say something else."""
        if self._is_overdue:
            self._streams.intake.drops.of_nobody(self._peer, TIMED_OUT)
        elif self._framing.is_within:
            self._streams.intake.drops.of_nobody(self._peer, CUT_OFF)
        self._streams.connections.discard(self)
        self._streams.paused.discard(self)
        self._streams.forget(self._peer)

    def _take(self, frames: list[Any]) -> None:
        intake = self._streams.intake
        for frame in frames:
            route = intake.take(frame, self._peer, may_wait=True)
            if route is None:
                continue
            self._is_known = True
            if intake.backlog.is_full(route):
                self._waits_for.add(route)
        if frames and not self._is_known:
            # Read on, a sender with a wrong token would lose everything; so it keeps what it can.
            self.close()
        if self._waits_for and not self.is_paused and self._transport and not self._transport.is_closing():
            self._transport.pause_reading()
            self.is_paused = True
            self._streams.paused.add(self)

    def go_on(self) -> None:
        """Read again if there is room for everything that this connection brought."""
        if not self.is_paused:
            return
        backlog = self._streams.intake.backlog
        self._waits_for = {route for route in self._waits_for if not backlog.has_room(route)}
        if not self._waits_for and self._transport is not None:
            self.is_paused = False
            self._streams.paused.discard(self)
            self.heard_at = self._begun_at = asyncio.get_running_loop().time()
            if not self._transport.is_closing():
                self._transport.resume_reading()

    def close_if_overdue(self, now: float) -> None:
        """Close it when its sender took too long; time that it had to wait for us does not count."""
        limits = self._streams.limits
        if self.is_paused:
            return
        self._is_overdue = (not self._is_known and now - self._began_at > limits.stranger) or (
            self._framing.is_within and now - self._begun_at > limits.message
        )
        if self._is_overdue or now - self.heard_at > limits.idle:
            self.close()

    def say_end(self) -> None:
        """Tell the sender that no more is wanted, where that can be said without closing."""
        if self._transport is not None and self._transport.can_write_eof():
            self._transport.write_eof()

    def close(self) -> None:
        """Close it."""
        if self._transport is not None:
            self._transport.close()


def plain_address(text: str) -> str:
    """Return an address as people write it: IPv4 without the IPv6 that it may be mapped into, and without a zone."""
    return text.removeprefix("::ffff:").partition("%")[0]


def listening_socket(host: str, port: int) -> socket.socket:
    """Return a socket that listens at one address. Raises OSError."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.create_server(
        (host, port), family=family, backlog=_BACKLOG, reuse_port=False, dualstack_ipv6=False
    )
    listening.settimeout(0)
    return listening


def _keep_alive(accepted: socket.socket) -> None:
    """Notice a sender that vanished without a word."""
    accepted.settimeout(0)
    accepted.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for name, value in _KEEP_ALIVE:
        if hasattr(socket, name):
            accepted.setsockopt(socket.IPPROTO_TCP, getattr(socket, name), value)
