"""Hypothesis: no bytes raise, every line is counted once, and no cut changes anything; public samples as well."""

from __future__ import annotations

import json
from functools import partial

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from insights.ingest.errors import BadState
from insights.ingest.formats.opensmtpd.patterns import FORMS
from insights.ingest.record import LineCounts, SkipReason, joined
from tests.insights.ingest import corpus
from tests.insights.ingest.formats.laws import no_cut_changes_anything
from tests.insights.ingest.formats.opensmtpd.reading import (
    CONNECTED,
    ENDED,
    LOGIN,
    SESSION,
    TLS,
    log,
    read,
    stream,
    taken,
)
from tests.insights.ingest.pieces import logs_of
from tests.insights.ingest.test_stream_properties import fed, lines_in

SAMPLES = corpus.FOLDER.parent / "samples"
REFUSED = "smtp authentication user=admin result=permfail"
ANSWER = 'smtp failed-command command="AUTH PLAIN (...)" result="535 Authentication failed"'
TEXTS = [
    *(text for form in FORMS.values() for text in (*form.reads, *form.leaves)),
    *(
        f"{session} {text}".encode()
        for session in (SESSION, "0" * 16)
        for text in (
            CONNECTED,
            TLS,
            LOGIN,
            *taken(),
            *taken("00000001", recipients=2),
            REFUSED,
            ANSWER,
            ENDED,
        )
    ),
    f"message repeated 3 times: [ {SESSION} {REFUSED}]".encode(),
    b"",
]
HEADS = [b"smtpd[71]: ", b"smtpd[72]: ", b"postfix/smtpd[71]: ", b"x: "]
STAMPS = [
    b"Jun  3 10:40:57 mail ",
    b"Jun  3 10:40:58 two ",
    b"Jun  5 10:55:59 mail ",
    b"Oct 25 02:30:00 mail ",
    b"2026-06-03T10:40:57.123456+02:00 mail ",
    b"<22>1 2026-06-03T10:40:58Z mail smtpd 71 - - ",
    b"",
]
logs = logs_of(STAMPS, HEADS, TEXTS)
quick = settings(max_examples=150, deadline=None, derandomize=True)


@quick
@given(data=st.one_of(logs, st.binary(max_size=400)))
def test_any_bytes_are_counted_and_never_raise(data: bytes) -> None:
    batch = joined(fed(stream(zone="Europe/Berlin"), [data]))
    assert batch.counts.lines == lines_in(data)
    assert len({failure.id for failure in batch.failures}) == len(batch.failures)
    for record in (*batch.submissions, *batch.failures):
        assert "\0" not in "".join(part for part in record if isinstance(part, str))


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
        {"open": {"sessions": [["mail"]], "failures": []}},
    ],
)
def test_a_state_of_another_kind_is_refused(change: dict[str, object]) -> None:
    parser = stream().parser
    parser.feed(log(CONNECTED, LOGIN).split(b"\n"), first_line_number=1)
    with pytest.raises(BadState):
        stream().parser.restore(json.dumps(json.loads(parser.state()) | change).encode())


def test_memory_is_bounded() -> None:
    reader = stream()
    for number in range(0, 60_000, 1_000):
        data = (log(CONNECTED, TLS, LOGIN, session=f"{pid:016x}") for pid in range(number, number + 1_000))
        reader.feed(b"".join(data))
    assert len(reader.state()) < 4_000_000


@pytest.mark.skipif(not SAMPLES.exists(), reason="no ../shared/corpora beside this checkout")
def test_public_samples() -> None:
    """The forms of version 5 are told as not known; no line of another daemon counts."""
    batch = read((SAMPLES / "opensmtpd-wazuh-opensmtpd.log").read_bytes())
    assert batch.counts == LineCounts(other=6, unrecognised={SkipReason.UNKNOWN_FORM: 1})
    for path in SAMPLES.glob("*.log"):
        data = path.read_bytes()
        batch = read(data)
        assert (batch.submissions, batch.failures, batch.counts.lines) == ([], [], data.count(b"\n")), (
            path.name
        )
