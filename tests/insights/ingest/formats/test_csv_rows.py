"""Records of a CSV: quotes, commas and ends of lines within them, and what is no record."""

from __future__ import annotations

import csv
import io
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from insights.ingest.formats.csv_rows import (
    MAX_LINES,
    MAX_RECORD,
    Records,
    cells_of,
    column_names,
    delimiter_of,
    is_open,
)


@pytest.mark.parametrize(
    ("record", "cells"),
    [
        (b"", [b""]),
        (b"a", [b"a"]),
        (b"a,,c", [b"a", b"", b"c"]),
        (b"a,b,", [b"a", b"b", b""]),
        (b'"a,b",c', [b"a,b", b"c"]),
        (b'"say ""no""",', [b'say "no"', b""]),
        (b'"","",""', [b"", b"", b""]),
        (b'5" disk,b"', [b'5" disk', b'b"']),
        (b'a, "b",c', [b"a", b' "b"', b"c"]),
        (b'"a\nb",c', [b"a\nb", b"c"]),
    ],
)
def test_record_has_its_cells(record: bytes, cells: list[bytes]) -> None:
    assert cells_of(record) == cells
    assert not is_open(record)


@pytest.mark.parametrize(
    ("record", "goes_on"),
    [(b'"a', True), (b'a,"b,c', True), (b'a,"b""', True), (b'"a"b,c', False), (b'"a" ,c', False)],
)
def test_record_that_is_none(record: bytes, goes_on: bool) -> None:
    assert cells_of(record) is None
    assert is_open(record) is goes_on


def test_other_delimiters() -> None:
    assert cells_of(b'a,b;"c;d"', delimiter=b";") == [b"a,b", b"c;d"]
    assert is_open(b'a,b;"c', delimiter=b";")
    assert not is_open(b'a,"b;c', delimiter=b";")
    assert delimiter_of(b"date\tsender\tip") == b"\t"
    assert delimiter_of(b'"a;b;c",d,e') == b","
    assert delimiter_of(b"date;sender") == b";"
    assert delimiter_of(b"date") == b","


def test_names_are_compared_in_one_form() -> None:
    assert column_names(["\ufeffDate".encode(), b" SenderName ", "Größe".encode(), b"\xff"]) == [
        "date",
        "sendername",
        "größe",
        "\\xff",
    ]


def joined(lines: list[bytes]) -> list[list[bytes]]:
    """Return the records that each line completes, with what waits kept and loaded after every line."""
    found = []
    records = Records()
    for line in lines:
        found.append(records.add(line))
        kept = records.dump()
        records = Records()
        records.load(kept)
    return [*found, records.give_up()]


def test_record_over_several_lines_is_one() -> None:
    assert joined([b"a,b", b'c,"d', b"e,f", b'g",h', b"i"]) == [
        [b"a,b"],
        [],
        [],
        [b'c,"d\ne,f\ng",h'],
        [b"i"],
        [],
    ]


def test_line_within_quotes_may_look_like_the_end_of_none() -> None:
    assert joined([b'"a', b'"', b'"b']) == [[], [b'"a\n"'], [], [b'"b']]


def test_quote_that_is_never_closed_swallows_nothing() -> None:
    lines = [b'"a', *(b"row %d" % number for number in range(MAX_LINES))]
    assert joined(lines) == [*([[]] * (MAX_LINES - 1)), lines[:MAX_LINES], [lines[MAX_LINES]], []]
    long = [b'"a', b"x" * (MAX_RECORD // 2), b"y" * (MAX_RECORD // 2)]
    assert joined(long) == [[], [], long, []]


cells = st.text(st.sampled_from('ab,;"\n é'), max_size=8)
rows = st.lists(st.lists(cells, min_size=1, max_size=5), min_size=1, max_size=4)


@settings(max_examples=200, deadline=None, derandomize=True)
@given(table=rows)
def test_what_pythons_csv_writes_is_read_again(table: list[list[str]]) -> None:
    written = io.StringIO()
    csv.writer(written, lineterminator="\n", quoting=csv.QUOTE_ALL).writerows(table)
    records = Records()
    found = [record for line in written.getvalue().encode().split(b"\n")[:-1] for record in records.add(line)]
    assert [[cell.decode() for cell in cells_of(record) or []] for record in found] == table
    assert not records.is_waiting


@settings(max_examples=300, deadline=None, derandomize=True)
@given(record=st.text(st.sampled_from('a,"'), max_size=12).map(str.encode))
def test_any_record_has_cells_goes_on_or_is_broken(record: bytes) -> None:
    if is_open(record):
        assert cells_of(record) is None
        assert cells_of(record + b'"') is not None or record.endswith(b'"')


@pytest.mark.parametrize("piece", [b'"', b'""', b",", b'",', b',"', b'"a",', b'","', b"a"])
def test_hostile_record_is_read_in_no_time(piece: bytes) -> None:
    begin = time.process_time()
    for end in (b"", b'"', b',"'):
        record = piece * (MAX_RECORD // len(piece)) + end
        cells_of(record)
        is_open(record)
    assert time.process_time() - begin < 0.5
