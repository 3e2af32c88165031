"""Hypothesis: no bytes raise, every line is counted once, and no cut changes anything."""

from __future__ import annotations

import json
from functools import partial

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from insights.ingest.errors import BadState
from insights.ingest.formats.haraka.patterns import FORMS
from tests.insights.ingest.formats.haraka.reading import (
    DELAYED,
    TICKET,
    TLS_1_3,
    connect,
    ended,
    line,
    log,
    login,
    stream,
    taken,
    tried,
)
from tests.insights.ingest.formats.laws import each_line_is_counted_once, no_cut_changes_anything
from tests.insights.ingest.pieces import logs_of

OTHER = "0" * 36
TEXTS = [
    *(text for form in FORMS.values() for text in (*form.reads, *form.leaves)),
    *(
        line(text).encode()
        for text in (
            connect(),
            TLS_1_3,
            login(),
            tried(),
            TICKET,
            DELAYED,
            *taken(),
            *taken(2),
            ended(),
            ended("N"),
        )
    ),
    *(line(text, uuid=OTHER).encode() for text in (connect(), tried(), *taken(), ended(), ended("Y", "N"))),
    f'{{"level":"NOTICE","uuid":"{OTHER}.1","origin":"core","message":"queue","code":"OK","msg":""}}'.encode(),
    f'level=NOTICE uuid={OTHER} origin=core message="secured: \\"a" x='.encode(),
    b"",
]
STAMPS = [
    b"2026-06-03T10:40:57.123Z ",
    b"2026-06-03T10:40:58.123Z ",
    b"2026-06-05T10:40:58.123Z ",
    b"2026-06-03 10:40:57.123456789  ",
    b"Jun  3 10:40:57 mail haraka[442]: ",
    b"Oct 25 02:30:00 mail haraka: ",
    b"<22>1 2026-06-03T10:40:58Z mail haraka 71 - - ",
    b"",
]
logs = logs_of(STAMPS, TEXTS)
quick = settings(max_examples=150, deadline=None, derandomize=True)


@quick
@given(data=st.one_of(logs, st.binary(max_size=400)))
def test_any_bytes_are_counted_and_never_raise(data: bytes) -> None:
    each_line_is_counted_once(partial(stream, zone="Europe/Berlin"), data)


@quick
@given(data=logs, places=st.lists(st.integers(0, 5_000), max_size=4))
def test_saved_state_and_chunks_change_nothing(data: bytes, places: list[int]) -> None:
    no_cut_changes_anything(partial(stream, zone="Europe/Berlin"), data, places)


@pytest.mark.parametrize(
    "change",
    [
        {"version": 99},
        {"format": "sendmail"},
        {"open": []},
        {"open": {"connections": [["mail"]], "failures": []}},
    ],
)
def test_a_state_of_another_kind_is_refused(change: dict[str, object]) -> None:
    parser = stream().parser
    parser.feed(log(connect()).split(b"\n"), first_line_number=1)
    with pytest.raises(BadState):
        stream().parser.restore(json.dumps(json.loads(parser.state()) | change).encode())


def test_memory_is_bounded() -> None:
    reader = stream()
    for number in range(0, 40_000, 1_000):
        data = (log(connect(), *taken(), uuid=f"{one:036x}") for one in range(number, number + 1_000))
        reader.feed(b"".join(data))
    assert len(reader.state()) < 20_000_000
    for number in range(0, 40_000, 10_000):
        reader.feed(b"".join(log(*taken(one)) for one in range(number, number + 10_000)))
    assert len(reader.state()) < 20_000_000
