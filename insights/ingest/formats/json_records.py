"""What parsers of JSON records have in common: a record a line, its time, its class; the meaning is a subclass's."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from insights.enums import TlsVersion
from insights.ingest.formats.outcomes import EVENT, EVIDENCE, OTHER, REASONS
from insights.ingest.formats.tables import TableParser
from insights.ingest.json_values import value_of
from insights.ingest.local_time import moment, wall_seconds
from insights.ingest.record import Batch, LoginFailureRecord, SkipReason, SubmissionRecord
from insights.ingest.stamps import read_stamp

_VERSIONS = {
    "SSLv3": TlsVersion.SSL3,
    "TLSv1": TlsVersion.TLS1_0,
    "TLSv1.0": TlsVersion.TLS1_0,
    "TLSv1.1": TlsVersion.TLS1_1,
    "TLSv1.2": TlsVersion.TLS1_2,
    "TLSv1.3": TlsVersion.TLS1_3,
}
_NANOSECONDS = len("2026-11-20T10:00:00.123456789Z")


class RecordParser(TableParser):
    """Reads records of JSON. See `insights.ingest.formats.base.Parser` for the contract; a format is a subclass."""

    def feed(self, lines: Sequence[bytes], *, first_line_number: int) -> Batch:
        """Read complete lines."""
        event = evidence = 0
        skipped: list[tuple[int, SkipReason]] = []
        for index, line in enumerate(lines):
            found = self._line(line)
            if isinstance(found, SkipReason):
                skipped.append((index, found))
            else:
                event += found == EVENT
                evidence += found == EVIDENCE
        return self._batch(lines, skipped, first_line_number, event, evidence, self._taken())

    def begins_at(self, line: bytes) -> datetime | None:
        """Return when a record was written, None where it does not tell; change nothing."""
        record = self._unwrapped(value_of(line))
        found = None if record is None else self._clock.peek(_as_stamp(self._time_of(record)))
        return None if found is None else moment(found[0])

    def _line(self, line: bytes) -> int | SkipReason:
        if not line.strip():
            return SkipReason.EMPTY
        value = value_of(line)
        if not isinstance(value, Mapping):
            return SkipReason.NO_JSON
        record = self._unwrapped(value)
        if record is None:
            return OTHER
        if not self._clock.read(_as_stamp(self._time_of(record))):
            return self._clock.refused
        outcome = self._read(record)
        return REASONS.get(outcome, outcome)

    def _unwrapped(self, value: Any) -> Mapping[str, Any] | None:
        """Return the record that a value is or holds, None for one that is no record of this format."""
        raise NotImplementedError

    def _time_of(self, record: Mapping[str, Any]) -> Any:
        """Return when a record was written: text, or seconds since 1970."""
        raise NotImplementedError

    def _read(self, record: Mapping[str, Any]) -> int:
        """Read a record of the time that the clock has; return its outcome."""
        raise NotImplementedError

    def _taken(self) -> tuple[list[SubmissionRecord], list[LoginFailureRecord]]:
        """Hand over the events found since the last call."""
        raise NotImplementedError


def text_in(record: Any, *names: str) -> bytes:
    """Return the text that a member of a member … is, b"" where it is none; the first of a list."""
    value = record
    for name in names:
        value = value.get(name) if isinstance(value, Mapping) else None
    if isinstance(value, list) and value:
        value = value[0]
    return value.encode("utf-8", "backslashreplace") if isinstance(value, str) else b""


def exact_micros(value: Any) -> int | None:
    """Return a time written with date and offset (RFC 3339) in microseconds since 1970, None for anything else."""
    stamp = read_stamp(_as_stamp(value)) if isinstance(value, str) else SkipReason.NO_STAMP
    if isinstance(stamp, SkipReason) or not stamp.has_year or stamp.offset is None:
        return None
    return (wall_seconds(stamp.wall) - stamp.offset) * 1_000_000 + stamp.micros


def version_of(written: bytes) -> TlsVersion:
    """Return the TLS version that `TLSv1.2` or `TLSv1_2` says."""
    return _VERSIONS.get(written.decode("utf-8", "replace").replace("_", "."), TlsVersion.UNKNOWN)


def _as_stamp(value: Any) -> bytes:
    """Return what a line with this time would begin with."""
    if isinstance(value, int) and not isinstance(value, bool) and 0 < value < 2**33:
        value = moment(value * 1_000_000).isoformat()
    if not isinstance(value, str):
        return b""
    is_exact = len(value) == _NANOSECONDS and value[19] == "." and value[-1] == "Z"
    written = f"{value[:26]}Z" if is_exact else str(value)  # microseconds are what the clock reads fastest
    return written.encode("utf-8", "replace") + b" "
