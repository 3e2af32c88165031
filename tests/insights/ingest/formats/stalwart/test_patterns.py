"""Every pattern reads its lines, leaves the others, and costs no more than the length of a hostile line."""

from __future__ import annotations

import time

import pytest

from insights.ingest.formats.stalwart.patterns import FORMS
from insights.ingest.lines import MAX_LINE
from insights.ingest.texts import sample_of
from tests.insights.ingest.formats.hostile import SECONDS_EACH, slowest
from tests.insights.ingest.formats.stalwart.reading import (
    ANN,
    EHLO,
    SHAKE,
    line,
    login,
    queued,
    read,
    record,
    refused,
)

READS = [(name, one) for name, form in FORMS.items() for one in form.reads]
LEAVES = [(name, one) for name, form in FORMS.items() for one in form.leaves]
INPUT = 'TRACE Raw SMTP input received (smtp.raw-input); size = 40, contents = "AUTH PLAIN x"'


@pytest.mark.parametrize(("name", "text"), READS)
def test_pattern_reads_its_lines(name: str, text: bytes) -> None:
    assert FORMS[name].pattern.match(text) is not None


@pytest.mark.parametrize(("name", "text"), LEAVES)
def test_pattern_leaves_other_lines(name: str, text: bytes) -> None:
    assert FORMS[name].pattern.match(text) is None


@pytest.mark.parametrize(
    "beginning",
    [
        "2026-11-20T10:00:00Z INFO ",
        "Nov 20 10:00:00 mail stalwart: ",
        "\x1b[37m",
        *(line(event)[:-cut] for event in (EHLO, SHAKE, login(), queued(), refused(), INPUT) for cut in (2, 20, 60)),
    ],
)  # fmt: skip
@pytest.mark.parametrize(
    "filler",
    [
        "a", " ", '"', "\\", "(", ", ", '", "', '"], size = 1', '", to = ["', ", a = b", ', a = "b"', " = ", "\x1b[0m",
        ', accountName = "', ", nextRetry = 1", "\x1b[",
    ],
)  # fmt: skip
def test_hostile_line_is_read_in_no_time(beginning: str, filler: str) -> None:
    text = (beginning + filler * ((MAX_LINE - 1_000) // len(filler))).encode()
    began = time.process_time()
    assert read(text + b"\n" + text + b'"\n').counts.lines == 2
    sample_of(text)
    assert time.process_time() - began < SECONDS_EACH


@pytest.mark.parametrize(
    "written",
    [
        record("auth.success", accountName=ANN, accountId=7),
        record("queue.authenticated-message-queued", queueId=3, **{"from": ANN, "to": ["x@rcpt.example"]}),
        {"events": [record("auth.failed", accountName=ANN, reason="No")]},
        record("smtp.raw-input", size=3, contents="AUTH PLAIN x"),
    ],
)
def test_hostile_records_take_no_time(written: dict[str, object]) -> None:
    assert slowest(read, written) < SECONDS_EACH
