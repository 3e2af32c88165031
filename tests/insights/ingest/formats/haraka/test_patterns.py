"""Every pattern reads its lines, leaves the others, and costs no more than the length of a hostile line."""

from __future__ import annotations

import time

import pytest

from insights.ingest.formats.haraka.patterns import FORMS
from insights.ingest.lines import MAX_LINE
from insights.ingest.texts import sample_of
from tests.insights.ingest.formats.haraka.reading import UUID, connect, ended, log, login, read, taken, tried

READS = [(name, line) for name, form in FORMS.items() for line in form.reads]
LEAVES = [(name, line) for name, form in FORMS.items() for line in form.leaves]


@pytest.mark.parametrize(("name", "line"), READS)
def test_pattern_reads_its_lines(name: str, line: bytes) -> None:
    assert FORMS[name].pattern.match(line + b" " * (name == "DISCONNECTED")) is not None


@pytest.mark.parametrize(("name", "line"), LEAVES)
def test_pattern_leaves_other_lines(name: str, line: bytes) -> None:
    assert FORMS[name].pattern.match(line) is None


@pytest.mark.parametrize(
    "beginning",
    [
        "[NOTICE] [",
        f"[NOTICE] [{UUID}] [core] ",
        f"[NOTICE] [{UUID}] {login()[:-20]}",
        f"[NOTICE] [{UUID}] {connect()[:20]}",
        f"[NOTICE] [{UUID}] {tried()[:60]}",
        *(f"[NOTICE] [{UUID}.1] {text[4:]}" for text in (*taken(), ended())),
        *(f"[NOTICE] [{UUID}.1] {text[4:30]}" for text in (*taken(), ended())),
        f"level=NOTICE uuid={UUID} origin=core message=",
        f'{{"level":"NOTICE","uuid":"{UUID}","origin":"core","message":',
        "mail haraka[1]: ",
        "",
    ],
)
@pytest.mark.parametrize(
    "filler",
    [
        "a",
        " ",
        "[",
        '"',
        "\\",
        '="',
        "> code=",
        " size=1 rcpts=1/1/1",
        " a=b",
        "{",
        "[[",
        '\\"',
        '" error="',
        ": ",
    ],
)
def test_hostile_line_is_read_in_no_time(beginning: str, filler: str) -> None:
    line = f"2026-06-03T10:40:57.123Z {beginning}{filler * ((MAX_LINE - 400) // len(filler))}"
    begin = time.process_time()
    batch = read(log(connect()) + f'{line}\n{line}"}}\n'.encode())
    assert batch.counts.lines == 3
    sample_of(line.encode())
    assert time.process_time() - begin < 0.5
