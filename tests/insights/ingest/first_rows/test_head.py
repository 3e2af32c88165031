"""The columns and rows that a person is shown of the beginning of a file."""

from __future__ import annotations

import time

from hypothesis import given, settings
from hypothesis import strategies as st

from insights.ingest.first_rows.head import COLUMNS, LINES, head_of


def test_table_has_the_columns_of_its_header() -> None:
    head = head_of(b'\xef\xbb\xbf Date ;"User; name";IP\r\n1;"a;b\nc";192.0.2.1\r\n2;d\r\ncut', "csv")
    assert head.columns == ("Date", "User; name", "IP")
    assert head.rows == ((b"1", b"a;b\nc", b"192.0.2.1"), (b"2", b"d", b""))
    assert (head.header, head.has_header) == ('\ufeff Date ;"User; name";IP', True)
    assert head.values("IP") == [b"192.0.2.1", b""]
    assert head.values("ip") == []


def test_separator_line_and_empty_lines_come_before_the_header() -> None:
    head = head_of(b"sep=;\r\n\r\na,b;c;d\n1,2;3;4\n", "csv")
    assert (head.columns, head.rows) == (("a,b", "c", "d"), ((b"1,2", b"3", b"4"),))


def test_line_that_powershell_writes_before_the_header_is_none() -> None:
    head = head_of(b'#TYPE Selected.Deserialized.Trace\r\n"Received","User"\r\n"x","ann"\r\n', "csv")
    assert (head.columns, head.rows) == (("Received", "User"), ((b"x", b"ann"),))


def test_header_of_many_thousand_columns_takes_no_time() -> None:
    began = time.process_time()
    names = ",".join(f"n{number:x}" for number in range(9_000))
    assert len(head_of(f"{names}\n".encode(), "csv").columns) == COLUMNS
    assert time.process_time() - began < 1


def test_columns_without_a_name_or_with_one_that_was_there_cannot_be_chosen() -> None:
    head = head_of(b"a,,b,a\n1,2,3,4\n", "csv")
    assert (head.columns, head.rows) == (("a", "b"), ((b"1", b"3"),))


def test_first_line_of_values_is_no_header() -> None:
    for line in (b"x,2026-11-20 10:00:00,y\n", b"x,ann@a.example,y\n", b"x,192.0.2.1,y\n", b"x,17,y\n"):
        head = head_of(line, "csv")
        assert (head.columns, head.header) == (
            ("Column 1", "Column 2", "Column 3"),
            "Column 1,Column 2,Column 3",
        )
        assert (head.has_header, len(head.rows)) == (False, 1)
    assert head_of(b"@timestamp,IPv4 address,tls-1.2\n", "csv").has_header


def test_records_have_the_paths_of_all_of_their_members() -> None:
    first = b'{"at": 1, "client": {"ip": "192.0.2.1", "tls": {"v": "1.2"}}, "to": ["a", "b"]}'
    head = head_of(first + b'\n[1]\n{"x.y": true, "n": null}\n', "ndjson")
    assert head.columns == ("at", "client.ip", "client.tls.v", "to", "x.y")
    assert head.rows == ((b"1", b"192.0.2.1", b"1.2", b'["a", "b"]', b""), (b"", b"", b"", b"", b"true"))


def test_what_is_shown_is_bounded() -> None:
    wide = ",".join(f"n{chr(97 + number % 26)}{'x' * (number // 26)}" for number in range(COLUMNS + 50))
    head = head_of(f"{wide}\n".encode() + b"1\n" * 1_000, "csv")
    assert (len(head.columns), len(head.lines)) == (COLUMNS, LINES)


@settings(max_examples=200, deadline=None, derandomize=True)
@given(st.binary(max_size=400), st.sampled_from(["csv", "ndjson"]))
def test_any_bytes_have_a_head(data: bytes, log_format: str) -> None:
    head = head_of(data, log_format)
    assert {len(row) for row in head.rows} <= {len(head.columns)}
    assert len(set(head.columns)) == len(head.columns)
