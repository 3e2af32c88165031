"""Every pattern reads its lines, leaves the others, and costs no more than the length of a hostile line."""

from __future__ import annotations

import time

import pytest

from insights.ingest.formats.opensmtpd.patterns import FORMS
from insights.ingest.lines import MAX_LINE
from insights.ingest.texts import sample_of
from tests.insights.ingest.formats.opensmtpd.reading import CONNECTED, LOGIN, log, read, taken

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
        "smtp ",
        "smtp connected address=",
        "smtp tls ciphers=",
        "smtp authentication user=",
        "smtp envelope evpid=",
        'smtp failed-command command="',
        'smtp failed-command command="AUTH PLAIN ',
        *taken(),
    ],
)
@pytest.mark.parametrize(
    "filler", ["a", " ", "[", '"', "\\", "\\M-", " result=ok", "> to=<", ' result="5', '="']
)
def test_hostile_line_is_read_in_no_time(beginning: str, filler: str) -> None:
    line = beginning + filler * ((MAX_LINE - 200) // len(filler))
    begin = time.process_time()
    assert read(log(CONNECTED, LOGIN, line, line + '"')).counts.lines == 4
    sample_of(line.encode())
    assert time.process_time() - begin < 0.5
