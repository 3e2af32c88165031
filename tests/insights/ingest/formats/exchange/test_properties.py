"""Hypothesis: no bytes raise, every line is counted once, and no cut changes anything."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from insights.ingest.errors import BadState
from insights.ingest.formats.exchange.patterns import FORMS
from tests.insights.ingest.formats.exchange.reading import BEGIN, END, HEADER, LOGIN, MESSAGE, rows, stream
from tests.insights.ingest.formats.laws import each_line_is_counted_once, no_cut_changes_anything

XPROXY = "XPROXY SID=08DF000000000001 IP=192.0.2.31 PORT=50100 DOMAIN=pc CAPABILITIES=0"
TEXTS = [text.decode() for form in FORMS.values() for text in (*form.reads, *form.leaves)]
told = st.one_of(
    st.sampled_from([BEGIN, END, *LOGIN, *MESSAGE, ("<", XPROXY, ""), (">", "250 XProxy accepted", "")]),
    st.tuples(st.sampled_from("+-<>*?"), st.sampled_from(["", *TEXTS]), st.sampled_from(["", *TEXTS])),
)
sessions = st.builds(
    lambda texts, session, minute: rows(*texts, session=session, minute=minute),
    st.lists(told, max_size=12),
    st.sampled_from(["08DF000000000001", "08DF000000000002", "x"]),
    st.integers(0, 59),
)
odd = st.one_of(st.sampled_from([HEADER, b"\n", b"a,b\n", b'"\n']), st.binary(max_size=40))
pieces = st.one_of(sessions, sessions, odd)
logs = st.lists(pieces, max_size=8).map(b"".join)
quick = settings(max_examples=150, deadline=None, derandomize=True)


@quick
@given(data=st.one_of(logs, st.binary(max_size=400)))
def test_any_bytes_are_counted_and_never_raise(data: bytes) -> None:
    each_line_is_counted_once(stream, data)


@quick
@given(data=logs, places=st.lists(st.integers(0, 5_000), max_size=4))
def test_saved_state_and_chunks_change_nothing(data: bytes, places: list[int]) -> None:
    no_cut_changes_anything(stream, data, places)


@pytest.mark.parametrize(
    "change", [{"version": 99}, {"format": "haraka"}, {"open": []}, {"open": {"columns": [], "sessions": 1}}]
)
def test_a_state_of_another_kind_is_refused(change: dict[str, object]) -> None:
    parser = stream().parser
    parser.feed(rows(BEGIN, *LOGIN).splitlines(), first_line_number=1)
    with pytest.raises(BadState):
        stream().parser.restore(json.dumps(json.loads(parser.state()) | change).encode())


def test_memory_is_bounded() -> None:
    reader = stream()
    for number in range(0, 30_000, 500):
        reader.feed(b"".join(rows(BEGIN, *LOGIN, session=f"{one:X}") for one in range(number, number + 500)))
    assert len(reader.state()) < 8_000_000
