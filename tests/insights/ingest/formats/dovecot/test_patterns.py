"""Every pattern reads its lines, leaves the others, and costs no more than the length of a hostile line."""

from __future__ import annotations

import time

import pytest

from insights.ingest.formats.dovecot.patterns import FORMS
from insights.ingest.lines import MAX_LINE
from insights.ingest.texts import sample_of
from tests.insights.ingest.formats.dovecot.reading import log, login, read, refused, relayed

WHOLE = {"SERVICE", "DAEMON"}
"""Patterns of heads, which have to fit them whole."""
READS = [(name, line) for name, form in FORMS.items() for line in form.reads]
LEAVES = [(name, line) for name, form in FORMS.items() for line in form.leaves]


def matches(name: str, line: bytes) -> bool:
    """Tell whether a pattern reads a line in the way the parser asks it."""
    pattern = FORMS[name].pattern
    return (pattern.fullmatch if name in WHOLE else pattern.match)(line) is not None


@pytest.mark.parametrize(("name", "line"), READS)
def test_pattern_reads_its_lines(name: str, line: bytes) -> None:
    assert matches(name, line)


@pytest.mark.parametrize(("name", "line"), LEAVES)
def test_pattern_leaves_other_lines(name: str, line: bytes) -> None:
    assert not matches(name, line)


@pytest.mark.parametrize(
    "beginning",
    [
        "",
        "submission(",
        "submission(ann)<",
        "submission-login: ",
        "submission-login: Login: user=<",
        "submission-login: Disconnected: ",
        "submission(ann)<71><GiU4>: Successfully relayed message: from=<",
        login(),
        refused(),
        relayed(),
    ],
)
@pytest.mark.parametrize(
    "filler",
    [
        "a",
        " ",
        "<",
        ">",
        "(",
        ")",
        ">: ",
        "): ",
        "(auth failed",
        "(aaa ",
        ">, size=1",
        ">, method=",
        ", TLS",
        "=<",
    ],
)
@pytest.mark.parametrize("head", ["Jun  3 10:40:57 mail dovecot: ", "Jun  3 10:40:57 "])
def test_hostile_line_is_read_in_no_time(beginning: str, filler: str, head: str) -> None:
    line = beginning + filler * ((MAX_LINE - 400) // len(filler))
    begin = time.process_time()
    assert read(log(login(), line, line + ">", head=head)).counts.lines == 3
    sample_of(line.encode())
    assert time.process_time() - begin < 0.5
