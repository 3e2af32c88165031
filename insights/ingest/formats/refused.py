"""Collects refused logins, with ids that a replay gives again though equal lines fall within one second."""

from collections import Counter
from collections.abc import Callable
from hashlib import blake2b
from typing import Any, Final, NamedTuple

from insights.enums import FailureReason
from insights.ingest.record import MAX_HOST, LoginFailureRecord
from insights.ingest.texts import address_of, remembered, text_of

ORDINAL_WINDOW: Final = 60 * 1_000_000
"""How long identical failures are told apart: longer than any log is out of order."""
_MAX_ORDINALS: Final = 10_000


class Seen(NamedTuple):
    """A line of refused logins: when, by whom, how often, and its text, which tells it from others."""

    micros: int
    newest: int
    host: bytes
    pid: bytes
    times: int
    text: bytes


class Refused:
    """The refused logins of one feed; between feeds it remembers only how often a line was seen."""

    def __init__(self, *, source_key: str) -> None:
        self._base = blake2b(source_key.encode() + b"\0", digest_size=16)
        self._host: Callable[[bytes], str] = remembered(lambda raw: text_of(raw, MAX_HOST), {})
        self._address: Callable[[bytes], str] = remembered(address_of, {})
        self._ordinals: Counter[tuple[int, bytes]] = Counter()
        self._failures: list[LoginFailureRecord] = []

    def add(
        self,
        seen: Seen,
        *,
        account: str,
        client_ip: bytes,
        mechanism: str,
        reason: FailureReason,
        detail: str,
        lines_each: int = 1,
    ) -> int:
        """Record the failures of one line and return how many; equal lines of one second get ordinals 0, 1, 2 …

        Where a server writes each refusal `lines_each` times, the first of so many equal lines counts.
        """
        digest = self._base.copy()
        digest.update(b"\0".join((seen.host, seen.pid, b"%d" % seen.micros, seen.text)))
        key = (seen.micros, digest.digest())
        is_late = seen.newest - seen.micros > ORDINAL_WINDOW
        first = 0 if is_late else self._ordinals[key]  # as if forgotten, which may have happened or not
        if not is_late:
            self._ordinals[key] = first + seen.times
            if len(self._ordinals) > _MAX_ORDINALS:
                del self._ordinals[next(iter(self._ordinals))]
        host, address = self._host(seen.host), self._address(client_ip)
        ordinals = [one for one in range(first, first + seen.times) if one % lines_each == 0]
        for ordinal in ordinals:
            identity = blake2b(b"%b%d" % (key[1], ordinal), digest_size=16).digest()
            self._failures.append(
                LoginFailureRecord(identity, seen.micros, host, account, address, mechanism, reason, detail)
            )
        return len(ordinals)

    def taken(self) -> list[LoginFailureRecord]:
        """Hand over what was collected."""
        taken, self._failures = self._failures, []
        return taken

    def prune(self, newest: int) -> None:
        """Forget what is too old to matter."""
        for key in [key for key in self._ordinals if newest - key[0] > ORDINAL_WINDOW]:
            del self._ordinals[key]

    def forget(self) -> None:
        """Begin another log."""
        self._ordinals.clear()

    def dump(self) -> list[list[Any]]:
        """Return the counts of failures as plain data."""
        return [[micros, digest.hex(), count] for (micros, digest), count in self._ordinals.items()]

    def load(self, data: list[list[Any]]) -> None:
        """Take up what `dump` gave."""
        self._ordinals = Counter(
            {(int(micros), bytes.fromhex(digest)): int(count) for micros, digest, count in data}
        )
