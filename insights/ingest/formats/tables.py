"""What parsers of tables have in common: a clock, and a state that holds what the table's header said."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any, ClassVar, Final
from zoneinfo import ZoneInfo

from insights.ingest.clock import Clock
from insights.ingest.errors import BadState
from insights.ingest.formats.counting import counted
from insights.ingest.local_time import moment
from insights.ingest.record import Batch, LoginFailureRecord, SkipReason, SubmissionRecord

UTC_ZONE: Final = ZoneInfo("UTC")


class TableParser:
    """Reads a table of one source. See `insights.ingest.formats.base.Parser`; a format is a subclass.

    It gives `name`, the `version` of its state, and `_dump`, `_load` and `_forget` for what it remembers.
    """

    name: ClassVar[str]
    version: ClassVar[int]

    def __init__(
        self,
        *,
        source_key: str,
        zone: ZoneInfo,
        year: int | None,
        earliest: datetime | None = None,
        latest: datetime | None = None,
    ) -> None:
        self._source_key = source_key
        self._clock = Clock(zone=zone, year=year, earliest=earliest, latest=latest)

    @property
    def last_at(self) -> datetime | None:
        """Return the newest accepted time stamp."""
        return None if self._clock.newest is None else moment(self._clock.newest)

    def start_input(self, first_line: bytes, *, fresh: bool) -> None:
        """Begin another input, with its own time when it is an older table than the one before."""
        if fresh:
            self._clock.newest = None
            self._forget()

    def state(self) -> bytes:
        """Return the clock and what is remembered as JSON."""
        return json.dumps(
            {
                "version": self.version,
                "format": self.name,
                "clock": self._clock.state(),
                "open": self._dump(),
            },
            separators=(",", ":"),
        ).encode()

    def restore(self, state: bytes) -> None:
        """Take up a state; raises `BadState` when it is none of this parser."""
        try:
            data: dict[str, Any] = json.loads(state)
            if data["version"] != self.version or data["format"] != self.name:
                raise BadState(f"The saved state is not one of {self.name} version {self.version}.")
            self._clock.restore(data["clock"])
            self._load(data["open"])
        except (ValueError, KeyError, TypeError, IndexError, AttributeError) as error:
            raise BadState("The saved state cannot be read.") from error

    def _dump(self) -> Any:
        """Return what is remembered as plain data."""
        raise NotImplementedError

    def _load(self, data: Any) -> None:
        """Take up what `_dump` gave."""
        raise NotImplementedError

    def _forget(self) -> None:
        """Begin another table."""

    @staticmethod
    def _batch(
        lines: Sequence[bytes],
        skipped: list[tuple[int, SkipReason]],
        first_line_number: int,
        event: int,
        evidence: int,
        found: tuple[list[SubmissionRecord], list[LoginFailureRecord]],
    ) -> Batch:
        samples, counts = counted(lines, skipped, first_line_number, event, evidence)
        return Batch(*found, samples, counts)
