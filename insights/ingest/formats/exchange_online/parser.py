"""The parser of the SMTP AUTH clients report of Exchange Online as its screen exports it: a total for each sender.

The file does not say of which days it is; somebody has to. A total is one row of so many messages for each TLS version,
at noon of the last day. What it does not tell: client addresses, recipients, single messages.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time
from hashlib import blake2b
from typing import Any, ClassVar, Final
from zoneinfo import ZoneInfo

from insights.enums import TlsVersion
from insights.ingest.days import Days
from insights.ingest.formats.counting import refusal_of
from insights.ingest.formats.csv_rows import Records
from insights.ingest.formats.exchange_online.shares import percent_of, whole_counts
from insights.ingest.formats.exchange_online.table import Table, mechanism_of, number_of, table_of
from insights.ingest.formats.outcomes import EVENT, EVIDENCE, OTHER
from insights.ingest.formats.tables import TableParser
from insights.ingest.local_time import micros_of
from insights.ingest.record import MAX_ACCOUNT, UNKNOWN_MECHANISM, Batch, SkipReason, SubmissionRecord
from insights.ingest.texts import text_of

MOST: Final = 100_000_000
"""Of messages in one row."""


class ExchangeOnlineParser(TableParser):
    """Reads exports of one source. See `insights.ingest.formats.base.Parser` for the contract.

    Without `days` no row has a time.
    """

    name: ClassVar[str] = "exchange-online"
    version: ClassVar[int] = 1

    def __init__(
        self,
        *,
        source_key: str,
        zone: ZoneInfo,
        year: int | None,
        earliest: datetime | None = None,
        latest: datetime | None = None,
        days: Days | None = None,
    ) -> None:
        super().__init__(source_key=source_key, zone=zone, year=year, earliest=earliest, latest=latest)
        self._days, self._header = days, b""
        self._table: Table | None = None
        self._records = Records()
        self._at = None if days is None else micros_of(datetime.combine(days.last, time(12), tzinfo=zone))
        self._base = blake2b(source_key.encode() + b"\0exchange-online 1\0", digest_size=16)
        self._bounds = earliest, latest
        self._found: list[SubmissionRecord] = []

    def feed(self, lines: Sequence[bytes], *, first_line_number: int) -> Batch:
        """Read complete lines."""
        counted = {EVENT: 0, EVIDENCE: 0, OTHER: 0}
        skipped: list[tuple[int, SkipReason]] = []
        for index, line in enumerate(lines):
            outcome = self._line(line)
            if isinstance(outcome, SkipReason):
                skipped.append((index, outcome))
            else:
                counted[outcome] += 1
        found, self._found = self._found, []
        return self._batch(lines, skipped, first_line_number, counted[EVENT], counted[EVIDENCE], (found, []))

    def begins_at(self, line: bytes) -> datetime | None:
        """Return None: no line has a stamp."""
        return None

    def _line(self, line: bytes) -> int | SkipReason:
        if (table := table_of(line)) is not None:
            self._table, self._header = table, line
            self._records = Records(delimiter=table.delimiter)
            # Of these days is also a report that names nobody.
            self._clock.newest = self._at
            return OTHER
        if self._table is None:
            return _refused(line, SkipReason.OTHER_COLUMNS)
        records = self._records.add(line)
        if not records:
            return EVIDENCE
        return self._row(self._table, records[-1]) if len(records) == 1 else SkipReason.BAD_ROW

    def _row(self, table: Table, record: bytes) -> int | SkipReason:
        if not record.strip(b" \t,;"):
            return _refused(record, SkipReason.EMPTY)
        cells = table.cells(record)
        if cells is None:
            return _refused(record, SkipReason.BAD_ROW)
        counts = _counts(table, cells)
        return SkipReason.BAD_VALUE if counts is None else self._taken(table, cells, counts)

    def _taken(self, table: Table, cells: Sequence[str], counts: dict[TlsVersion, int]) -> int | SkipReason:
        sender = text_of(cells[table.sender].encode(), MAX_ACCOUNT)
        if not sender:
            return SkipReason.NO_ACCOUNT
        if (refused := self._refused_time()) is not None:
            return refused
        mechanism = UNKNOWN_MECHANISM if table.method is None else mechanism_of(cells[table.method])
        self._add(sender, mechanism, counts)
        return EVENT if counts else OTHER

    def _refused_time(self) -> SkipReason | None:
        if self._at is None:
            return SkipReason.NO_STAMP
        earliest, latest = self._bounds
        if earliest is not None and self._at < micros_of(earliest):
            return SkipReason.BEFORE_RETENTION
        return SkipReason.IN_THE_FUTURE if latest is not None and self._at > micros_of(latest) else None

    def _add(self, sender: str, mechanism: str, counts: dict[TlsVersion, int]) -> None:
        """Add a row for each version. Its id is that of days, sender, mechanism and version, whatever the number."""
        if self._at is None or self._days is None:
            return
        for version, messages in counts.items():
            digest = self._base.copy()
            for part in (*(f"{day}" for day in self._days), sender.lower(), mechanism, version):
                digest.update(b"%d:%b" % (len(part.encode()), part.encode()))
            self._found.append(
                SubmissionRecord(
                    id=digest.digest(),
                    micros=self._at,
                    host="",
                    queue_id="",
                    account=sender,
                    sender_address=sender,
                    client_ip="",
                    tls_version=version,
                    mechanism=mechanism,
                    recipients=messages,
                    recipients_exact=False,
                    size_bytes=None,
                    messages=messages,
                )
            )

    def _dump(self) -> dict[str, Any]:
        return {"header": self._header.decode("latin-1"), "waiting": self._records.dump()}

    def _load(self, data: Any) -> None:
        self._header = data["header"].encode("latin-1")
        self._table = table_of(self._header)
        self._records = Records(delimiter=b"," if self._table is None else self._table.delimiter)
        self._records.load(data["waiting"])


def _counts(table: Table, cells: Sequence[str]) -> dict[TlsVersion, int] | None:
    """Return how many messages a row has of which version; None where a cell is not to be read."""
    messages = number_of(cells[table.messages])
    shares = {version: percent_of(cells[place]) for version, place in table.versions.items()}
    known = {version: share for version, share in shares.items() if share is not None}
    if messages is None or messages > MOST or len(known) < len(shares):
        return None
    return whole_counts(messages, known)


def _refused(line: bytes, reason: SkipReason) -> SkipReason:
    """Tell empty lines and bytes that are no text from others that are no row."""
    told = refusal_of(line, SkipReason.NO_STAMP)
    return reason if told is SkipReason.NO_STAMP else told
