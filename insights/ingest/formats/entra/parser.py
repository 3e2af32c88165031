"""The parser of Entra's sign-ins in files, a record a line: as the portal, Graph and diagnostic settings write them.

A file that is one document of JSON comes as lines through `insights.ingest.documents`. Where a connection to Microsoft
365 feeds the same source, the same sign-in is the same event.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from insights.ingest.formats.counting import refusal_of
from insights.ingest.formats.entra.sign_ins import SignIns, written_at
from insights.ingest.formats.tables import TableParser
from insights.ingest.json_values import value_of
from insights.ingest.record import Batch, LoginFailureRecord, SkipReason, SubmissionRecord


class EntraParser(TableParser):
    """Reads sign-ins of one source. See `insights.ingest.formats.base.Parser` for the contract."""

    name: ClassVar[str] = "entra"
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
        super().__init__(source_key=source_key, zone=zone, year=year, earliest=earliest, latest=latest)
        self._sign_ins = SignIns(source_key=source_key, earliest=earliest, latest=latest)

    def feed(self, lines: Sequence[bytes], *, first_line_number: int) -> Batch:
        """Read complete lines."""
        submissions: list[SubmissionRecord] = []
        failures: list[LoginFailureRecord] = []
        skipped: list[tuple[int, SkipReason]] = []
        for index, line in enumerate(lines):
            found = self._found(line)
            if isinstance(found, SkipReason):
                skipped.append((index, found))
            elif isinstance(found, SubmissionRecord):
                submissions.append(found)
            elif isinstance(found, LoginFailureRecord):
                failures.append(found)
            if isinstance(found, SubmissionRecord | LoginFailureRecord):
                self._clock.newest = max(found.micros, self._clock.newest or found.micros)
        events = len(submissions) + len(failures)
        return self._batch(lines, skipped, first_line_number, events, 0, (submissions, failures))

    def begins_at(self, line: bytes) -> datetime | None:
        """Return when a sign-in was, None where a line is none; change nothing."""
        return written_at(_bare(value_of(line))) if line[:1] == b"{" else None

    def _found(self, line: bytes) -> SubmissionRecord | LoginFailureRecord | SkipReason | None:
        value = value_of(line)
        if not isinstance(value, Mapping):
            told = refusal_of(line, SkipReason.NO_STAMP)
            return SkipReason.NO_JSON if told is SkipReason.NO_STAMP else told
        if "clientAppUsed" not in value and isinstance(value.get("value"), list):
            return SkipReason.UNKNOWN_FORM  # an answer of Graph, whose sign-ins nobody has taken apart
        return self._sign_ins.event_of(_bare(value))

    def _dump(self) -> Any:
        return []

    def _load(self, data: Any) -> None:
        """Nothing is remembered from record to record."""


def _bare(value: Any) -> Any:
    """Return the sign-in that a record of a diagnostic setting wraps; another value as it is."""
    inner = value.get("properties") if isinstance(value, Mapping) else None
    return inner if isinstance(inner, Mapping) and "clientAppUsed" in inner else value
