"""Every pattern reads its lines, leaves the others, and costs no more than the length of a hostile line."""

from __future__ import annotations

import time

import pytest

from insights.ingest.formats.sendmail.patterns import FORMS
from insights.ingest.lines import MAX_LINE
from tests.insights.ingest.formats.sendmail.reading import auth, log, read, starttls

READS = [(name, line) for name, form in FORMS.items() for line in form.reads]
LEAVES = [(name, line) for name, form in FORMS.items() for line in form.leaves]


@pytest.mark.parametrize(("name", "line"), READS)
def test_pattern_reads_its_lines(name: str, line: bytes) -> None:
    assert FORMS[name].pattern.match(line) is not None


@pytest.mark.parametrize(("name", "line"), LEAVES)
def test_pattern_leaves_other_lines(name: str, line: bytes) -> None:
    assert FORMS[name].pattern.match(line) is None


@pytest.mark.parametrize(
    "beginning",
    [
        "",
        "a1: ",
        "a1: from=",
        'a1: from=<"',
        "a1: from=<x>, size=1, class=0, nrcpts=1, msgid=",
        "STARTTLS=server, relay=",
        "AUTH=server, relay=x [192.0.2.4], authid=",
        "a1: AUTH failure (",
        "a1: AUTH failure (LOGIN): ",
        "a1: AUTH failure (LOGIN): no (-13) ",
        "a1: ruleset=x, ",
        "message repeated 2 times: [ ",
    ],
)
@pytest.mark.parametrize(
    "filler",
    [
        "a",
        " ",
        "[",
        "]",
        ": ",
        "\\",
        "\\\\",
        '"',
        '\\"',
        ", size=1",
        ", authid=",
        ", mech=",
        ", relay=[",
        "): ",
        " (-1",
    ],
)
def test_hostile_line_is_read_in_no_time(beginning: str, filler: str) -> None:
    line = beginning + filler * ((MAX_LINE - 200) // len(filler))
    begin = time.process_time()
    assert read(log(starttls(), auth(), line, line + ", relay=[192.0.2.4]")).counts.lines == 4
    assert time.process_time() - begin < 0.5
