"""Every pattern reads its texts, leaves the others, and costs no more than the length of a hostile line."""

from __future__ import annotations

import time

import pytest

from insights.ingest.formats.exchange.patterns import FORMS
from insights.ingest.lines import MAX_LINE
from tests.insights.ingest.formats.exchange.reading import BEGIN, HEADER, read, rows

READS = [(name, line) for name, form in FORMS.items() for line in form.reads]
LEAVES = [(name, line) for name, form in FORMS.items() for line in form.leaves]


@pytest.mark.parametrize(("name", "line"), READS)
def test_pattern_reads_its_texts(name: str, line: bytes) -> None:
    assert FORMS[name].pattern.match(line) is not None


@pytest.mark.parametrize(("name", "line"), LEAVES)
def test_pattern_leaves_other_texts(name: str, line: bytes) -> None:
    assert FORMS[name].pattern.match(line) is None


@pytest.mark.parametrize("event", ["<", ">", "*"])
@pytest.mark.parametrize(
    "beginning",
    [
        "",
        "MAIL FROM:<",
        "XPROXY ",
        "250 2.6.0 ",
        "Inbound AUTH ",
        "SMTPSubmit ",
        "User Name: ",
        "TLS protocol ",
    ],
)
@pytest.mark.parametrize(
    "filler", ["a", " ", '"', '",', "<", "A=1 ", "authenticated as ", "[InternalId=1", ">"]
)
def test_hostile_row_is_read_in_no_time(event: str, beginning: str, filler: str) -> None:
    text = beginning + filler * ((MAX_LINE - 400) // len(filler) // 2)
    data = HEADER + rows(BEGIN, (event, text, text[:9_000]), (event, "", text))
    begin = time.process_time()
    assert read(data).counts.lines == data.count(b"\n")
    assert time.process_time() - begin < 0.5
