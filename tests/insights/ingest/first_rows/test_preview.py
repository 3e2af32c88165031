"""The first rows are read as the import reads them: the same events, each with its row, and a reason for the rest."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import cast
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from insights.ingest.first_rows.head import head_of
from insights.ingest.first_rows.preview import Becomes, Preview, preview
from insights.ingest.formats import factory_of
from insights.ingest.formats.columns.parser import MappedParser
from tests.insights.ingest.formats.columns.reading import HEADER, TABLE, TRACE, read
from tests.insights.ingest.formats.columns.test_ndjson import MAPPING, RECORDS


def shown(data: bytes, form: str = "csv") -> Preview:
    parser = factory_of(form, mapping=TRACE if form == "csv" else MAPPING)(
        source_key="", zone=ZoneInfo("Europe/Berlin"), year=None
    )
    return preview(head_of(data, form), cast("MappedParser", parser))


def test_each_row_of_the_table_is_told() -> None:
    told = [
        (row.line_number, row.becomes, [(fault.field, fault.reason) for fault in row.faults])
        for row in shown(TABLE).rows
    ]
    assert told == [
        (3, "submission", []),
        (4, "submission", []),
        (5, "failure", []),
        (6, "failure", []),
        (7, "other", []),
        (8, "unread", [("time", "bad_stamp")]),
        (9, "unread", [("time", "no_stamp")]),
        (10, "unread", [("account", "no_account")]),
        (11, "unread", [("client_ip", "bad_value")]),
        (12, "unread", [("outcome", "bad_value")]),
        (13, "unread", [("recipients", "bad_value")]),
        (14, "unread", [(None, "bad_row")]),
    ]


def test_every_fault_of_a_row_is_told() -> None:
    (row,) = shown(HEADER + b"never;;;1.2;;;many;ok;\n").rows
    assert [str(fault.field) for fault in row.faults] == ["time", "account", "client_ip", "recipients"]


def test_row_from_outside_the_days_kept_says_so() -> None:
    parser = factory_of("csv", mapping=TRACE)(
        source_key="", zone=ZoneInfo("UTC"), year=None, earliest=datetime(2026, 11, 21, tzinfo=UTC)
    )
    read_rows = preview(
        head_of(HEADER + b"2026-11-20 10:00;a;;;;;;ok;\n", "csv"), cast("MappedParser", parser)
    )
    assert [fault.reason for row in read_rows.rows for fault in row.faults] == ["before_retention"]


def test_records_are_told_with_their_events() -> None:
    told, whole = shown(RECORDS, "ndjson"), read(RECORDS, MAPPING, form="ndjson")
    assert told.counted[Becomes.UNREAD] == whole.counts.unrecognised.total() > 0
    assert told.counted[Becomes.SUBMISSION] == len(whole.submissions) > 0


@settings(max_examples=150, deadline=None, derandomize=True)
@given(
    st.lists(st.sampled_from([*TABLE.splitlines(keepends=True), b'"', b"\n", b"\0\n"]), max_size=12).map(
        b"".join
    )
)
def test_preview_has_the_events_of_the_import(text: bytes) -> None:
    data = HEADER + text + b"\n"
    told, whole = shown(data), read(data)
    events = sorted(tuple(row.event)[1:] for row in told.rows if row.event is not None)
    assert events == sorted(tuple(event)[1:] for event in (*whole.submissions, *whole.failures))
