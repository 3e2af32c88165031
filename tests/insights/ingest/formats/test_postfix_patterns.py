"""Every pattern reads its lines, leaves the others, and costs no more than the length of a hostile line."""

from __future__ import annotations

import time

import pytest

from insights.ingest.formats.postfix.patterns import FORMS
from insights.ingest.lines import MAX_LINE
from tests.insights.ingest.formats.reading import log, read

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
        "A1: client=",
        "A1: client=x[192.0.2.1], sasl_method=PLAIN, sasl_username=",
        "warning: x[192.0.2.1]: SASL LOGIN authentication failed: ",
        "warning: A1: ",
        "A1: hold: header x; from=<",
        "message repeated 2 times: [ ",
        "Anonymous TLS connection established from x[192.0.2.1]: ",
        "proxy-accept: END-OF-MESSAGE: 250 ok; from=<",
    ],
)
@pytest.mark.parametrize(
    "filler",
    ["a", " ", "[", "]", ": ", "; from=<", ", sasl_sender=", "\\", '"', "message repeated 2 times: [ "],
)
def test_hostile_line_is_read_in_no_time(beginning: str, filler: str) -> None:
    line = beginning + filler * ((MAX_LINE - 200) // len(filler))
    data = log(
        "A1: client=x[192.0.2.1], sasl_method=PLAIN, sasl_username=x", line, f"postfix/cleanup[2]: {line}"
    )
    data += (
        b"<22>1 2026-06-03T10:40:57Z mail postfix/smtpd 7 - [" + line.encode() + b"\n" + line.encode() + b"\n"
    )
    begin = time.process_time()
    assert read(data).counts.lines == 5
    assert time.process_time() - begin < 0.5
