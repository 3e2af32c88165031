"""What holds for every format, a new one too: no exception, counts that add up, no cut that matters, no slow line."""

from __future__ import annotations

import subprocess
import sys
import time
from importlib.util import find_spec

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from insights.ingest.errors import BadState
from insights.ingest.formats import FORMATS
from insights.ingest.record import MAX_SAMPLE
from insights.ingest.texts import sample_of
from tests.fuzz.rules import check, stream
from tests.fuzz.seeds import lines_of, other_lines
from tests.processes import ROOT

LONG = 60_000
PIECES = (b" ", b"[", b'"', b"\\", b",", b"a=", b"<", b"a", b"{", b"'")
SECONDS = 8.0
"""Of the processor, for lines that take a hundredth of it; where time grows with the square it takes minutes."""


def logs(name: str) -> st.SearchStrategy[bytes]:
    """Return logs put together from the format's own lines, those of others, halves of lines and any bytes."""
    own, others = lines_of(name) or [b"\n"], other_lines(name)
    halves = st.tuples(st.sampled_from(own), st.sampled_from(own), st.integers(0, 200)).map(
        lambda parts: parts[0][: parts[2]] + parts[1][parts[2] :]
    )
    line = st.one_of(
        st.sampled_from(own), st.sampled_from(own), halves, st.sampled_from(others), st.binary(max_size=60)
    )
    return st.lists(line, max_size=20).map(b"".join)


@pytest.mark.parametrize("name", FORMATS)
def test_rules_hold_for_any_log(name: str) -> None:
    @settings(max_examples=60, deadline=None, derandomize=True)
    @given(st.one_of(logs(name), st.binary(max_size=300)))
    def rules_hold(data: bytes) -> None:
        check(name, data)

    rules_hold()


@pytest.mark.parametrize("name", FORMATS)
def test_rules_hold_for_the_samples(name: str) -> None:
    check(name, b"".join(lines_of(name)))


@pytest.mark.parametrize("name", FORMATS)
def test_hostile_lines_take_no_time(name: str) -> None:
    """Lines of 60 KiB that go on at a place where a pattern waits for something else."""
    own = lines_of(name)
    chosen = own[:: max(1, len(own) // 8)][:8]
    lines = [
        line[:place] + piece * (LONG // len(piece)) + line[place:].rstrip()
        for line in chosen
        for place in (len(line) // 3, 2 * len(line) // 3)
        for piece in PIECES
    ]
    reader, began = stream(name), time.process_time()
    reader.feed(b"\n".join([*own, *lines, b""]))
    assert time.process_time() - began < SECONDS


@pytest.mark.parametrize("name", FORMATS)
def test_state_of_another_format_is_refused(name: str) -> None:
    for other in FORMATS:
        state = stream(other).parser.state()
        if other == name:
            stream(name).parser.restore(state)
        else:
            with pytest.raises(BadState):
                stream(name).parser.restore(state)


@pytest.mark.parametrize("name", FORMATS)
def test_begins_at_changes_nothing(name: str) -> None:
    parser = stream(name).parser
    state = parser.state()
    for line in (*lines_of(name), *other_lines(name)):
        parser.begins_at(line.rstrip(b"\r\n"))
    assert parser.state() == state


def test_sample_stays_short_where_a_secret_is_taken_out() -> None:
    line = b'f274cf35aa000001 smtp failed-command command="AUTH PLAIN x" ' * 20
    assert len(sample_of(line)) <= MAX_SAMPLE


@pytest.mark.skipif(find_spec("atheris") is None, reason="atheris has no wheel for this Python or machine")
def test_atheris_finds_nothing_in_a_moment() -> None:
    """`make fuzz` goes on for longer."""
    command = [sys.executable, "-m", "tests.fuzz", "--together", "--seconds", "4"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stdout
    assert "every rule held" in done.stdout
