"""Stalwart's events as its log, its console and the journal write them: one line of text each."""

from typing import Final

from insights.ingest.formats.stalwart.event import HANDSHAKE, INPUT, QUEUED, SUCCESS, Event, Peer, Queued
from insights.ingest.formats.stalwart.patterns import (
    ACCOUNT,
    AUTH,
    BEFORE,
    COLOUR,
    HEAD,
    PEER,
    QUOTED,
    REASON,
    TYPED,
    VERSION,
)
from insights.ingest.formats.stalwart.patterns import QUEUED as QUEUED_KEYS
from insights.ingest.formats.stalwart.refusals import MATTERS, REFUSED

_ESCAPE: Final = b"\x1b"
_BETWEEN: Final = b', to = ["'
_NOBODY: Final = (b"<>", b'"<>"')
_REMEMBERED: Final = 20_000
_LONGEST_HEAD: Final = 220
_HEADS: Final = 2_000


def plain(line: bytes) -> bytes | None:
    """Return a line as Stalwart wrote it, without colours and what others wrote before; None where it did not."""
    if _ESCAPE in line:
        line = COLOUR.pattern.sub(b"", line)
    if line[10:11] == b"T" and line[19:21] == b"Z ":
        return line
    before = BEFORE.pattern.match(line)
    return None if before is None else line[before.end() :]


class TextReader:
    """Reads what follows the stamp. What it remembers of heads and connections only saves time."""

    def __init__(self) -> None:
        self._names: dict[bytes, bytes] = {}
        self._peers: dict[bytes, Peer] = {}

    def event_of(self, text: bytes, start: int) -> Event | None:
        """Return the event of a line, None where it has not the form of one or is one that does not matter."""
        end = text.find(b")", start, start + _LONGEST_HEAD) + 1
        head = text[start:end]
        name = self._names.get(head)
        if name is None:
            name = self._named(head)
        return self._event(name, text, end + 1) if name else None

    def _named(self, head: bytes) -> bytes:
        found = HEAD.pattern.match(head)
        name = found[1] if found is not None and found[1] in MATTERS else b""
        if len(self._names) >= _HEADS:
            self._names.clear()
        self._names[head] = name
        return name

    def _event(self, name: bytes, text: bytes, at: int) -> Event:
        peer, at = self._peer(text, at)
        if name == SUCCESS:
            found = ACCOUNT.pattern.match(text, at)
            return Event(name, peer, None if found is None else found[1])
        if name in QUEUED:
            return Event(name, peer, queued=_queued(text, at))
        if name in REFUSED:
            typed, reason = TYPED.pattern.match(text, at), REASON.pattern.match(text, at)
            return Event(name, peer, typed[1] if typed else b"", reason[1] or reason[2] if reason else b"")
        if name == HANDSHAKE:
            found = VERSION.pattern.match(text, at)
        else:
            found = AUTH.pattern.match(text, at) if name == INPUT else None
        return Event(name, peer, told=found[1] if found else b"")

    def _peer(self, text: bytes, at: int) -> tuple[Peer | None, int]:
        found = PEER.pattern.match(text, at)
        if found is None:
            return None, at
        written = found[0]
        peer = self._peers.get(written)
        if peer is None:
            peer = Peer(found[1] or b"", found[2], found[3], found[4])
            if len(self._peers) >= _REMEMBERED:
                self._peers.clear()
            self._peers[written] = peer
        return peer, found.end()


def _queued(text: bytes, at: int) -> Queued | None:
    """Return a message; where an address imitates what stands between addresses, as little as is sure of it."""
    found = QUEUED_KEYS.pattern.match(text, at)
    if found is None:
        return None
    written, between, rest = found[2].partition(_BETWEEN)
    if not between:
        return None
    sender, recipients = (b"" if written in _NOBODY else written[1:-1]), rest.split(b'", "')
    is_whole = not sender or QUOTED.pattern.match(sender) is not None
    is_sure = is_whole and _BETWEEN not in rest and all(QUOTED.pattern.match(one) for one in recipients)
    count = len(recipients) if is_sure else 1
    return Queued(found[1], sender if is_whole else b"", count, is_sure, int(found[3]))
