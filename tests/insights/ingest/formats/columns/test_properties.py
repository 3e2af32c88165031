"""Whatever the bytes are, they are counted and nothing raises; cuts and saved states change nothing."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.insights.ingest.formats.columns.reading import HEADER, TABLE, read, read_cut, stream
from tests.insights.ingest.formats.columns.test_ndjson import MAPPING, RECORDS

pieces = st.one_of(
    st.sampled_from([*TABLE.split(b";"), *TABLE.splitlines(keepends=True), HEADER, b'"', b"\n", b"sep=;\n"]),
    st.binary(max_size=20),
)
ROWS = {
    "good": b"2026-11-20 10:%02d:%02d;ann;;;;;;ok;\r\n",
    "broken": b'2026-11-20 10:%02d:%02d;"bob;;;;;;ok;\r\n',
    "wrapped": b'2026-11-20 10:%02d:%02d;ann;;;;;"a@b.example,\nc@b.example";ok;\r\n',
}
texts = st.lists(pieces, max_size=12).map(b"".join)
json_pieces = st.one_of(
    st.sampled_from([*RECORDS.split(b" "), *RECORDS.splitlines(keepends=True), b"\n", b"{", b"[", b'"at":']),
    st.binary(max_size=20),
)


@settings(max_examples=150, deadline=None, derandomize=True)
@given(text=texts, cut=st.integers(0, 400))
def test_any_table_is_counted_and_cut_anywhere(text: bytes, cut: int) -> None:
    data = HEADER + text + b"\n"
    whole = read(data)
    assert whole.counts.lines == data.count(b"\n")
    assert whole.counts.lines >= len(whole.skipped)
    parts = read_cut(data, [min(len(HEADER) + cut, len(data))])
    assert parts.counts.lines == whole.counts.lines


@settings(max_examples=100, deadline=None, derandomize=True)
@given(text=st.lists(json_pieces, max_size=12).map(b"".join))
def test_any_records_are_counted(text: bytes) -> None:
    data = text + b"\n"
    assert read(data, MAPPING, form="ndjson").counts.lines == data.count(b"\n")


@pytest.mark.parametrize("piece", [b'"', b";", b'";"', b'"a";', b"{", b"[", b'{"at":', b"a\n"])
@pytest.mark.parametrize("form", ["csv", "ndjson"])
def test_hostile_lines_take_no_time(piece: bytes, form: str) -> None:
    begin = time.process_time()
    data = piece * (60_000 // len(piece)) + b"\n"
    read(HEADER + data * 3, MAPPING if form == "ndjson" else None, form=form)
    assert time.process_time() - begin < 3


@settings(max_examples=200, deadline=None, derandomize=True)
@given(st.lists(st.tuples(st.sampled_from(["good", "broken", "wrapped"]), st.integers(1, 30)), max_size=5))
def test_quotes_that_nobody_closes_cost_no_row_and_every_event_has_its_line(
    runs: list[tuple[str, int]],
) -> None:
    """However rows, rows over two lines and rows with an open quote follow each other; the next file ends the last."""
    kinds = [kind for kind, number in runs for _row in range(number if kind == "good" else 1)]
    rows = [ROWS[kind] % divmod(second, 60) for second, kind in enumerate(kinds)]
    parser = stream().parser
    events = lines = event_lines = 0
    for line in (HEADER + b"".join(rows) + HEADER).splitlines():
        batch = parser.feed([line], first_line_number=1)
        events += len(batch.submissions)
        event_lines += batch.counts.event
        lines += batch.counts.lines
        assert events == 0 or event_lines > 0
    assert (events, lines) == (len(kinds) - kinds.count("broken"), len(b"".join(rows).splitlines()) + 2)
