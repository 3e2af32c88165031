"""Puts together the records of one SMTP transaction: KumoMTA makes a message of its own for each batch of recipients.

Source: `process_data` in crates/kumod/src/smtp_server.rs of KumoMTA 2026.06. It makes the ids of all batches of a
transaction, each with the time in it, before it logs the first, and one connection sends one transaction after the
other. So two records of a session are of one transaction if the message of each was created before the other was
written, in whichever order they come.
"""

from collections.abc import Callable
from itertools import islice
from typing import Any, Final, NamedTuple

from insights.ingest.formats.accepted import Message

OPEN_FOR: Final = 60 * 1_000_000
"""How long a transaction waits for its next record, in microseconds of log time; they come within milliseconds."""
MAX_OPEN: Final = 10_000
MAX_IDS: Final = 40_000
"""Of all open transactions; beyond these the oldest are counted as they are."""
_Key = tuple[bytes, str]


class Part(NamedTuple):
    """One `Reception` record: the message that it would be alone, when that was created, and of which session."""

    message: Message
    created: int
    session: str


class _Open:
    """A transaction whose further records may come.

    `first` is its earliest record, `created` when the message of that was; `seen` is when the last record came, `ids`
    has recipients by id.
    """

    __slots__ = ("created", "first", "ids", "seen")

    def __init__(self, first: Message, created: int, seen: int, ids: dict[str, int]) -> None:
        self.first, self.created, self.seen, self.ids = first, created, seen, ids


def _is_of(one: _Open, part: Part) -> bool:
    return part.created <= one.first.micros and one.created <= part.message.micros


class Transactions:
    """The open transactions of a log, by node and session. What is complete goes to `accept`."""

    def __init__(self, accept: Callable[[Message], None]) -> None:
        self._accept = accept
        self._open: dict[_Key, _Open] = {}
        self._keys: dict[str, _Key] = {}

    def add(self, part: Part, newest: int) -> bool:
        """Take a record; tell whether it begins a transaction."""
        message, key = part.message, (part.message.host, part.session)
        name = message.queue_id.decode()
        if self._keys.get(name, key) != key:
            self.end(*self._keys[name])  # an id has one transaction
        one = self._open.get(key)
        begins = one is None or not _is_of(one, part) or newest - one.seen > OPEN_FOR
        if one is None or begins:
            self.end(*key)
            if len(self._open) >= MAX_OPEN:
                self._end_oldest()
            self._open[key] = _Open(message, part.created, newest, {name: message.recipients})
        else:
            one.seen = newest
            one.ids.setdefault(name, message.recipients)
            if message.micros < one.first.micros:
                one.first, one.created = message, part.created
        self._keys[name] = key
        if len(self._keys) > MAX_IDS:
            self._end_oldest()
        return begins

    def went_on(self, name: str) -> None:
        """A message of that id was delivered, deferred or given up: its transaction is complete."""
        if key := self._keys.get(name):
            self.end(*key)

    def unspooled(self, name: str) -> None:
        """A message of that id was taken out of the spool, because another of its transaction could not be kept."""
        if key := self._keys.pop(name, None):
            self._open[key].ids.pop(name, None)

    def refused(self, host: bytes, session: str) -> None:
        """The transaction was refused after its records had been written."""
        if one := self._open.get((host, session)):
            self._forget_ids(one)
            del self._open[host, session]

    def end(self, host: bytes, session: str) -> None:
        """The session went on, so that its transaction is complete."""
        one = self._open.pop((host, session), None)
        if one is not None:
            self._forget_ids(one)
            if one.ids:
                self._accept(one.first._replace(recipients=sum(one.ids.values())))

    def prune(self, newest: int) -> None:
        """Count transactions that no further record can be of."""
        for key in [key for key, one in self._open.items() if newest - one.seen > OPEN_FOR]:
            self.end(*key)

    def forget(self) -> None:
        """Begin another log: what is open is complete as far as anybody can tell."""
        for key in list(self._open):
            self.end(*key)

    def dump(self) -> list[Any]:
        """Return what is open as plain data."""
        return [
            [host.decode("latin-1"), session, one.first.dump(), one.created, one.seen, one.ids]
            for (host, session), one in self._open.items()
        ]

    def load(self, data: list[Any]) -> None:
        """Take up what `dump` gave."""
        self._open = {
            (host.encode("latin-1"), str(session)): _Open(
                Message.load(first), int(created), int(seen), {str(name): int(n) for name, n in ids.items()}
            )
            for host, session, first, created, seen, ids in data
        }
        self._keys = {name: key for key, one in self._open.items() for name in one.ids}

    def _forget_ids(self, one: _Open) -> None:
        for name in one.ids:
            self._keys.pop(name, None)

    def _end_oldest(self) -> None:
        for key in list(islice(self._open, max(1, len(self._open) // 10))):
            self.end(*key)
