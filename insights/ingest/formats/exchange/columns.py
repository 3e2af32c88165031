"""Where a row has what, by the names that the log's own header gives; and what a row says."""

from collections.abc import Sequence
from typing import Final, NamedTuple

from insights.ingest.formats.csv_rows import column_names

STANDARD: Final = (
    "date-time", "connector-id", "session-id", "sequence-number", "local-endpoint", "remote-endpoint", "event",
    "data", "context",
)  # fmt: skip
"""The columns of every version since 2007, for a log whose beginning is missing."""
_NEEDED: Final = ("date-time", "connector-id", "session-id", "remote-endpoint", "event", "data", "context")


class Row(NamedTuple):
    """One event of a session; `session` is its id, `event` one of `+ - < > *`."""

    connector: bytes
    session: bytes
    remote: bytes
    event: bytes
    data: bytes
    context: bytes

    @property
    def host(self) -> bytes:
        """The server: the first part of its connector's name."""
        return self.connector.partition(b"\\")[0]


class Columns:
    """The places of the columns; None for any that the log does not have makes all its rows foreign."""

    def __init__(self, names: Sequence[str] = STANDARD) -> None:
        self.names = list(names)
        places = [names.index(name) if name in names else -1 for name in _NEEDED]
        self.is_known = min(places) >= 0
        self.stamp, *self._places = places
        self.last = max(places)

    @classmethod
    def named(cls, cells: Sequence[bytes]) -> "Columns":
        """Return the columns of a header's cells."""
        return cls(column_names(cells))

    def row(self, cells: Sequence[bytes]) -> Row:
        """Return the row; there must be cells up to `last`."""
        return Row(*(cells[place] for place in self._places))


def is_header(cells: Sequence[bytes]) -> bool:
    """Tell whether a line names the columns without `#Fields:`, as programs write it that read the log and saved
    it.
    """
    return cells[0].strip().lower() == b"date-time"
