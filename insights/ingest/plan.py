"""What it takes to read a log from a given place, as plain data; and the reading itself. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from insights.ingest.days import Days
from insights.ingest.formats import BY_DAYS, DOCUMENTS, factory_of
from insights.ingest.inputs import open_log
from insights.ingest.portions import Portion, portions
from insights.ingest.stream import LogStream


@dataclass(frozen=True, slots=True)
class Plan:
    """A file, how to read it, and where to go on.

    `state` is what `LogStream.state` gave, None for a source that has read nothing; `skip_bytes` counts the
    decompressed bytes of this file that the state has seen already.
    `mapping` says which column of a table is what, `days` of which days totals are.
    Lines outside `earliest` to `latest` are not used.
    """

    file: Path
    shown_name: str
    format: str
    source_key: str
    time_zone: str
    year: int | None
    earliest: datetime
    latest: datetime
    state: bytes | None
    skip_bytes: int
    mapping: Mapping[str, Any] | None = None
    days: Days | None = None

    def stream(self) -> LogStream:
        """Return the stream at its place; raise BadState when the state is of another version."""
        parser = factory_of(self.format, mapping=self.mapping, days=self.days)(
            source_key=self.source_key,
            zone=ZoneInfo(self.time_zone),
            year=self.year,
            earliest=self.earliest,
            latest=self.latest,
        )
        stream = LogStream(parser)
        if self.state is not None:
            stream.restore(self.state)
        return stream

    def read(self) -> Iterator[Portion]:
        """Yield the portions in order; raises what `portions` raises."""
        with open_log(
            self.file, name=self.shown_name, unfolds=self.format in DOCUMENTS, is_whole=self.format in BY_DAYS
        ) as opened:
            yield from portions(opened, self.stream(), skip_bytes=self.skip_bytes)
