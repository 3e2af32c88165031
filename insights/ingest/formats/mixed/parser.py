"""The parser of a syslog that several daemons write: the parsers of all of them, side by side."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Any, ClassVar, Final
from zoneinfo import ZoneInfo

from insights.ingest.errors import BadState
from insights.ingest.formats.base import Parser
from insights.ingest.formats.dovecot import DovecotParser
from insights.ingest.formats.exim import EximParser
from insights.ingest.formats.opensmtpd import OpenSmtpdParser
from insights.ingest.formats.postfix import PostfixParser
from insights.ingest.formats.sendmail import SendmailParser
from insights.ingest.record import MAX_SAMPLES_PER_FEED, Batch, LineCounts, Skipped, SkipReason

MEMBERS: Final[tuple[type[Parser], ...]] = (
    PostfixParser,
    EximParser,
    SendmailParser,
    OpenSmtpdParser,
    DovecotParser,
)
"""The daemons that log by syslog; no line belongs to two of them."""
OF_ONE_DAEMON: Final = frozenset({SkipReason.UNKNOWN_FORM, SkipReason.TOO_MANY_REPEATS, SkipReason.NO_LOGIN})
"""The reasons that a parser gives for lines of its own daemon; every parser gives the others for the same lines."""


class MixedParser:
    """Reads a syslog of several mail servers. See `insights.ingest.formats.base.Parser` for the contract.

    All parsers read all lines, since the year of a stamp follows from those before it.
    """

    name: ClassVar[str] = "mixed"
    version: ClassVar[int] = 1

    def __init__(
        self,
        *,
        source_key: str,
        zone: ZoneInfo,
        year: int | None,
        earliest: datetime | None = None,
        latest: datetime | None = None,
    ) -> None:
        self._parsers: list[Parser] = [
            member(source_key=source_key, zone=zone, year=year, earliest=earliest, latest=latest)  # type: ignore[call-arg]  # the protocol says nothing of how a parser is made
            for member in MEMBERS
        ]

    @property
    def last_at(self) -> datetime | None:
        """Return the newest accepted time stamp."""
        return max((at for parser in self._parsers if (at := parser.last_at)), default=None)

    def feed(self, lines: Sequence[bytes], *, first_line_number: int) -> Batch:
        """Read complete lines; raises `YearRequired` at the first stamp that has no year."""
        batches = [parser.feed(lines, first_line_number=first_line_number) for parser in self._parsers]
        return Batch(
            submissions=[record for batch in batches for record in batch.submissions],
            failures=[record for batch in batches for record in batch.failures],
            skipped=_samples(batches),
            counts=_counts(batches, len(lines)),
        )

    def begins_at(self, line: bytes) -> datetime | None:
        """Return when a line was written if it begins with a full header, else None; change nothing."""
        return next((at for parser in self._parsers if (at := parser.begins_at(line))), None)

    def start_input(self, first_line: bytes, *, fresh: bool) -> None:
        """Begin another input, with everything forgotten when it is an older log than the one before."""
        for parser in self._parsers:
            parser.start_input(first_line, fresh=fresh)

    def state(self) -> bytes:
        """Return the states of all parsers as JSON."""
        states = {parser.name: parser.state().decode() for parser in self._parsers}
        return json.dumps(
            {"version": self.version, "format": self.name, "parsers": states}, separators=(",", ":")
        ).encode()

    def restore(self, state: bytes) -> None:
        """Take up a state; raises `BadState` when it is none of this parser."""
        try:
            data: dict[str, Any] = json.loads(state)
            if data["version"] != self.version or data["format"] != self.name:
                raise BadState(f"The saved state is not one of {self.name} version {self.version}.")
            for parser in self._parsers:
                parser.restore(data["parsers"][parser.name].encode())
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise BadState("The saved state cannot be read.") from error


def _samples(batches: Sequence[Batch]) -> list[Skipped]:
    """Return one sample of each line that its daemon's parser or every parser did not understand, in their order."""
    by_number: dict[int, Skipped] = {}
    refusing = Counter(sample.line_number for batch in batches for sample in batch.skipped)
    for batch in batches:
        for sample in batch.skipped:
            if sample.reason in OF_ONE_DAEMON or refusing[sample.line_number] == len(batches):
                by_number.setdefault(sample.line_number, sample)
    return [by_number[number] for number in sorted(by_number)][:MAX_SAMPLES_PER_FEED]


def _counts(batches: Sequence[Batch], lines: int) -> LineCounts:
    """Return the counts of the lines, each of them counted once.

    A line is refused for its stamp where every parser refuses it; one that a parser reads counts for that one.
    """
    left = lines

    def taken(number: int) -> int:
        # Two parsers never claim one line. Should they ever, the sums still hold.
        nonlocal left
        number = min(number, left)
        left -= number
        return number

    event = taken(sum(batch.counts.event for batch in batches))
    unrecognised: Counter[str] = Counter()
    for reason in {reason for batch in batches for reason in batch.counts.unrecognised}:
        numbers = [batch.counts.unrecognised[reason] for batch in batches]
        number = taken(sum(numbers) if reason in OF_ONE_DAEMON else min(numbers))
        if number:
            unrecognised[reason] = number
    evidence = taken(sum(batch.counts.evidence for batch in batches))
    return LineCounts(event, evidence, left, unrecognised)
