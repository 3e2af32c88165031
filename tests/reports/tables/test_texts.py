"""CSV that no spreadsheet calculates, and the table of a terminal."""

from __future__ import annotations

import csv
import io
from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from project.tables import Row, plain
from reports.tables import KINDS, csv_lines, safe_cell, text_table

HOSTILE = [
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "|calc",
    "%0a",
    "\t=1+1",
    "\r=1+1",
    "\n=1+1",
    "  =1+1",
    "\N{NO-BREAK SPACE}=1+1",
    "\N{FULLWIDTH EQUALS SIGN}1+1",
    "\N{MINUS SIGN}1",
    '=HYPERLINK("http://x.example","a")',
]


@pytest.mark.parametrize("text", HOSTILE)
def test_a_text_that_would_be_calculated_gets_an_apostrophe(text: str) -> None:
    assert safe_cell(text) == f"'{text}"


@pytest.mark.parametrize(
    "text", ["", "anna@acme.example", "a=b", "o'brien@acme.example", "2001:db8::1", "1,5"]
)
def test_other_texts_stay_as_they_are(text: str) -> None:
    assert safe_cell(text) == text


def test_numbers_stay_numbers_and_nothing_is_empty() -> None:
    assert [safe_cell(value) for value in (-1, 0, 31.3, None)] == [-1, 0, 31.3, ""]


def test_csv_reads_back_as_it_was_written() -> None:
    kind = KINDS["failures"]
    at = datetime(2026, 11, 17, 8, 11, 5, 999, tzinfo=UTC)
    rest: Row = {"mechanism": "LOGIN", "reason": "policy", "failures": 1, "first_at": at, "last_at": at}
    names = [*HOSTILE, 'quote " and , comma', "line\nbreak", "a\rb", "ünï"]
    rows: list[Row] = [{"account": name, "client_ip": None, **rest} for name in names]
    text = "".join(csv_lines(kind, rows))
    found = list(csv.DictReader(io.StringIO(text, newline="")))
    assert [row["account"].removeprefix("'") for row in found] == names
    assert {(row["client_ip"], row["first_at"]) for row in found} == {("", "2026-11-17T08:11:05Z")}


def test_csv_of_many_rows_comes_in_pieces_without_a_gap() -> None:
    kind = KINDS["sending-volume"]
    rows: list[Row] = [
        {"day": date(2026, 1, 1), "messages": number, "recipients": 0} for number in range(1234)
    ]
    pieces = list(csv_lines(kind, rows))
    assert len(pieces) == 3
    lines = "".join(pieces).splitlines()
    assert (lines[0], len(lines)) == ("day,messages,recipients", 1235)
    assert [int(line.split(",")[1]) for line in lines[1:]] == list(range(1234))


def test_times_are_told_in_utc() -> None:
    seoul = datetime(2026, 11, 17, 8, tzinfo=timezone(timedelta(hours=9)))
    assert plain(seoul) == "2026-11-16T23:00:00Z"


def test_the_terminals_table_is_aligned_and_adds_up() -> None:
    rows: list[Row] = [
        {"tls_version": "TLS1.3", "messages": 1200, "percent": 99.9},
        {"tls_version": "\x1b[31mred", "messages": 1, "percent": 0.1},
    ]
    assert list(text_table(KINDS["tls-usage"], rows, {"messages": 1201})) == [
        "tls_version  messages  percent",
        "-----------  --------  -------",
        "TLS1.3           1200     99.9",
        "\\x1b[31mred         1      0.1",
        "-----------  --------  -------",
        "total            1201",
    ]


def test_a_table_without_rows_has_its_head_and_totals() -> None:
    lines = list(text_table(KINDS["failures"], [], {"failures": 0}))
    assert (lines[0].split(), lines[-1].split()) == (list(KINDS["failures"].columns), ["total", "0"])
