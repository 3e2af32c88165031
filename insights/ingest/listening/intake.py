"""What becomes of a message that was taken off the network: whose it is, and whether there is room for it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from uuid import UUID

from insights.ingest.formats import BY_COLUMNS
from insights.ingest.listening.backlog import Backlog, Line
from insights.ingest.listening.drops import QUEUE_FULL, Drops
from insights.ingest.listening.framing import Frame
from insights.ingest.listening.messages import Claim, claim_of_beginning, read_message, without_claim
from insights.ingest.listening.routes import Directory, Peer, Route
from insights.ingest.listening.storing import Storing


class Intake:
    """Takes messages from all listeners. `uses` tells by which key or sender lines came, and from where."""

    def __init__(
        self,
        directory: Directory,
        backlog: Backlog,
        storing: Storing,
        drops: Drops,
        *,
        clock: Callable[[], datetime],
    ) -> None:
        self.directory, self.backlog, self.storing, self.drops = directory, backlog, storing, drops
        self._clock = clock
        self.uses: dict[UUID, str] = {}
        self.taken = 0

    def take(self, frame: Frame, peer: Peer, *, may_wait: bool) -> Route | None:
        """Put a message where it belongs; return where, or None when it is nobody's and was counted as that.

        Of a sender that cannot be told to wait (`may_wait` off) it is dropped when there is no room.
        """
        claim, line, text = self._read(frame, peer)
        found = self.directory.find(claim, peer)
        route = found.route
        if route is None:
            for known in found.known:
                self.drops.of_source(known, str(found.refusal), address=peer.address)
            if not found.known:
                self.drops.of_nobody(peer, str(found.refusal))
            return None
        if route.format in BY_COLUMNS:
            # A row or a record has no stamp before it, as lines of a log have.
            line = Line(text, frame.size, is_too_long=line.is_too_long)
        if not line.text:
            return route
        if not may_wait and self.backlog.is_full(route):
            self.drops.of_source(route, QUEUE_FULL, address=peer.address)
            return route
        if found.used is not None:
            self.uses[found.used] = peer.address
        self.taken += 1
        self.backlog.put(route, line)
        self.storing.notice(route)
        return route

    def _read(self, frame: Frame, peer: Peer) -> tuple[Claim | None, Line, bytes]:
        """Return who sent it, its line as a file would have it, and what follows the head of that."""
        if frame.is_too_long:
            claim, beginning = claim_of_beginning(frame.message), without_claim(frame.message)
            return claim, Line(beginning, frame.size, is_too_long=True), beginning
        message = read_message(frame.message, peer=peer.address, received=self._stamp)
        return message.claim, Line(message.line, frame.size), message.text

    def _stamp(self) -> bytes:
        return f"{self._clock().astimezone(UTC):%Y-%m-%dT%H:%M:%S.%fZ}".encode()
