"""What every log format's parser is: lines in, records out, resumable through a small saved state."""

from collections.abc import Sequence
from datetime import datetime
from typing import ClassVar, Protocol, runtime_checkable

from insights.ingest.record import Batch


@runtime_checkable
class HoldsRows(Protocol):
    """A parser that may have counted lines whose row goes on."""

    @property
    def waiting_bytes(self) -> int:
        """Return how many bytes of such rows wait for the next line."""
        ...


class Parser(Protocol):
    """A stateful reader of one format.

    It never raises on what a line holds, except `YearRequired`, and then nothing of that feed counts.
    """

    name: ClassVar[str]

    def feed(self, lines: Sequence[bytes], *, first_line_number: int) -> Batch:
        """Read complete lines (without their ends) in order."""
        ...

    def begins_at(self, line: bytes) -> datetime | None:
        """Return when a line was written if it begins with a full header, else None; change nothing."""
        ...

    def start_input(self, first_line: bytes, *, fresh: bool) -> None:
        """Begin another input, whose first stamped line is given.

        `fresh` forgets open sessions and the newest time: it is an older log than the one before.
        """
        ...

    def state(self) -> bytes:
        """Return everything a later run needs to go on, as small versioned JSON."""
        ...

    def restore(self, state: bytes) -> None:
        """Take up a state; raises `BadState` when it is not one of this format."""
        ...

    @property
    def last_at(self) -> datetime | None:
        """Return the newest accepted time stamp."""
        ...
