"""Tables read by a mapping: what each row becomes, headers in between, and rows that are none."""

from __future__ import annotations

import pytest

from insights.enums import FailureReason, TlsVersion
from insights.ingest.errors import NoMapping
from insights.ingest.formats import FORMATS, factory_of
from insights.ingest.formats.base import HoldsRows
from insights.ingest.record import SkipReason
from tests.insights.ingest.formats.columns.reading import HEADER, TABLE, TRACE, read, read_cut, stream

ROW = b"2026-11-20 10:00:00;ann;;;;;;ok;\r\n"


def test_each_row_is_what_its_cells_say() -> None:
    batch = read(TABLE)
    assert [
        (one.account, one.sender_address, one.client_ip, one.tls_version, one.mechanism, one.recipients)
        for one in batch.submissions
    ] == [
        ("ann", "ann@a.example", "192.0.2.1", TlsVersion.TLS1_2, "PLAIN", 2),
        ("Bob", "Bob", "2001:db8::1", TlsVersion.TLS1_0, "XOAUTH2", 3),
    ]
    # 10:00 in Berlin is 9:00 UTC, with and without the offset.
    assert [one.occurred_at.isoformat() for one in batch.submissions] == [
        "2026-11-20T09:00:00+00:00",
        "2026-11-20T09:00:01+00:00",
    ]
    assert [(one.account, one.client_ip, one.reason, one.detail) for one in batch.failures] == [
        ("eve", "198.51.100.1", FailureReason.WRONG_CREDENTIALS, "bad password")
    ] * 2
    assert len({one.id for one in batch.failures}) == 2


def test_each_line_is_counted_with_its_reason() -> None:
    counts = read(TABLE).counts
    assert counts.lines == TABLE.count(b"\n")
    # The header and the queued row are other, the first line of a row of two is evidence for it.
    assert (counts.event, counts.evidence, counts.other) == (4, 1, 2)
    assert counts.unrecognised == {
        SkipReason.BAD_STAMP: 1,
        SkipReason.NO_STAMP: 1,
        SkipReason.NO_ACCOUNT: 1,
        SkipReason.BAD_VALUE: 3,
        SkipReason.BAD_ROW: 1,
        SkipReason.EMPTY: 1,
    }
    assert next(one.text for one in read(TABLE).skipped) == "yesterday;ann;;;;;;ok;"


def test_every_cut_gives_the_same() -> None:
    whole = read(TABLE)
    for cut in range(1, len(TABLE), 5):
        parts = read_cut(TABLE, [cut])
        assert (parts.submissions, parts.failures, parts.counts) == (
            whole.submissions,
            whole.failures,
            whole.counts,
        ), cut


def test_table_again_gives_the_same_ids() -> None:
    reader = stream()
    first, again = ([reader.feed(TABLE), reader.end_of_input()] for _ in range(2))
    assert [one.id for one in first[0].failures] == [one.id for one in again[0].failures]


def test_overlapping_table_that_is_newest_first_counts_nothing_twice() -> None:
    rows = [b"2026-11-20 %02d:00:00;ann;;;;;;ok;\r\n" % hour for hour in range(23, 8, -1)]
    reader = stream()
    ids = []
    for part in (rows[5:], rows[:10]):
        ids.append({one.id for one in reader.feed(HEADER + b"".join(part)).submissions})
        reader.end_of_input()
    assert len(ids[0] & ids[1]) == 5
    assert len(ids[0] | ids[1]) == len(rows)


def test_equal_rows_are_told_apart_only_without_an_id() -> None:
    assert len({one.id for one in read(HEADER + ROW * 3).submissions}) == 3
    with_id = {**TRACE, "columns": TRACE["columns"] | {"id": "Why"}}
    assert len({one.id for one in read(HEADER + ROW.replace(b";\r", b";Q1\r") * 3, with_id).submissions}) == 1


def test_header_may_come_again_and_in_another_order() -> None:
    other = b"Status,Why,To,Auth,TLS,IP,From,User,Date\nok,,,,,,,zoe,2026-11-20 11:00:00\n"
    batch = read(HEADER + ROW + HEADER + ROW.replace(b"ann", b"bob") + other)
    assert [one.account for one in batch.submissions] == ["ann", "bob", "zoe"]
    assert batch.counts.other == 3


def test_header_after_a_row_without_its_end_is_seen() -> None:
    reader = stream()
    batches = [reader.feed(HEADER + ROW.rstrip()), reader.end_of_input()]
    batches += [reader.feed(HEADER + ROW.replace(b"ann", b"bob"))]
    assert [one.account for batch in batches for one in batch.submissions] == ["ann", "bob"]


def test_rows_under_a_header_without_a_mapped_column_are_counted() -> None:
    batch = read(b"Date;User\n2026-11-20 10:00:00;ann\n")
    assert batch.submissions == []
    assert batch.counts.unrecognised == {SkipReason.OTHER_COLUMNS: 2}


def test_rows_without_a_header_follow_the_one_of_the_mapping() -> None:
    mapping = {**TRACE, "header": HEADER.decode().strip()}
    assert [one.account for one in read(ROW, mapping).submissions] == ["ann"]


def test_separator_line_of_spreadsheets_is_no_row() -> None:
    assert read(b"sep=;\r\n" + HEADER + ROW).counts.other == 2


def test_line_that_powershell_writes_before_the_header_is_no_row() -> None:
    batch = read(b"#TYPE System.Management.Automation.PSCustomObject\r\n" + HEADER + ROW)
    assert (len(batch.submissions), batch.counts.other, batch.counts.unrecognised) == (1, 2, {})


def test_quote_that_is_never_closed_swallows_no_row() -> None:
    broken = b'2026-11-20 09:59:59;"ann;;;;;;ok;\r\n'
    batch = read(HEADER + broken + ROW * 30)
    assert len(batch.submissions) == 30
    assert batch.counts.lines == 32
    assert batch.counts.unrecognised == {SkipReason.BAD_ROW: 1}


@pytest.mark.parametrize(("behind", "events"), [(18, 0), (19, 0), (20, 20), (40, 40)])
def test_event_behind_a_quote_that_is_never_closed_has_its_line(behind: int, events: int) -> None:
    """Nineteen rows are swallowed before it is noticed: they wait for the line after, here the header that follows."""
    broken = b'2026-11-20 09:59:59;"ann;;;;;;ok;\r\n'
    parser = stream().parser
    first = parser.feed((HEADER + broken + ROW * behind).splitlines(), first_line_number=1)
    assert (len(first.submissions), first.counts.event > 0) == (events, events > 0)
    assert first.counts.unrecognised == ({} if behind < 19 else {SkipReason.BAD_ROW: 1})
    assert isinstance(parser, HoldsRows)
    assert (parser.waiting_bytes > 0) == (events == 0)
    then = parser.feed([HEADER.strip()], first_line_number=1)
    assert (len(first.submissions) + len(then.submissions), then.counts.lines) == (behind, 1)
    assert then.counts.event == (1 if behind < 20 else 0)


def test_quote_that_the_next_row_closes_swallows_no_row() -> None:
    quoted = b'"2026-11-20 10:00:00";"ann";"";"";"";"";"";"ok";"%b\r\n'
    rows = [quoted % b'one"', quoted % b"two", quoted % b'three"', quoted % b'four"', ROW]
    batch = read(HEADER + b"".join(rows))
    assert (len(batch.submissions), batch.counts.unrecognised) == (4, {SkipReason.BAD_ROW: 1})


@pytest.mark.parametrize("form", ["csv", "ndjson"])
def test_nothing_is_read_without_a_mapping(form: str) -> None:
    factory = factory_of(form, mapping=None)
    parser = factory(source_key="", zone=stream().parser._clock._zone, year=None)  # type: ignore[attr-defined]
    assert parser.begins_at(ROW) is None
    with pytest.raises(NoMapping):
        parser.feed([ROW], first_line_number=1)
    assert FORMATS[form] is not None


def test_logins_without_messages() -> None:
    batch = read(HEADER + ROW, {**TRACE, "rows": "logins"})
    assert [(one.messages, one.logins, one.recipients, one.sender_address) for one in batch.submissions] == [
        (0, 1, 0, "")
    ]
