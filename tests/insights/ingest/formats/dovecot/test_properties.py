"""Hypothesis: no bytes raise, every line is counted once, and no cut changes anything."""

from __future__ import annotations

import json
from functools import partial

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from insights.ingest.errors import BadState
from insights.ingest.formats.dovecot.patterns import FORMS
from tests.insights.ingest.formats.dovecot.reading import ENDED, log, login, refused, relayed, stream
from tests.insights.ingest.formats.laws import each_line_is_counted_once, no_cut_changes_anything
from tests.insights.ingest.pieces import logs_of

TEXTS = [
    *(text for form in FORMS.values() for text in (*form.reads, *form.leaves)),
    *(
        text.encode()
        for text in (
            login(),
            login(""),
            login("TLS, ", session="other", pid=72),
            login().replace(", session=<GiU4>", ""),
            relayed(),
            relayed("b", named="<72><other>"),
            relayed("c", named="<71>"),
            refused(),
            refused("auth failed, 3 attempts in 1 secs"),
            f"message repeated 3 times: [ {refused()}]",
            ENDED,
        )
    ),
    b"",
]
STAMPS = [
    b"Jun  3 10:40:57 mail dovecot: ",
    b"Jun  3 10:40:58 mail dovecot[442]: ",
    b"Jun  3 10:40:58 two dovecot: ",
    b"Jun  5 10:55:59 mail dovecot: ",
    b"Oct 25 02:30:00 ",
    b"2026-06-03 10:40:57 ",
    b"2026-06-03T10:40:57.123456+02:00 mail dovecot: ",
    b"<22>1 2026-06-03T10:40:58Z mail dovecot 71 - - ",
    b"Jun  3 10:40:57 mail postfix/smtpd[71]: ",
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
        {"open": {"memory": {"tells": [], "sessions": [["mail"]]}, "failures": []}},
    ],
)
def test_a_state_of_another_kind_is_refused(change: dict[str, object]) -> None:
    parser = stream().parser
    parser.feed(log(login()).split(b"\n"), first_line_number=1)
    with pytest.raises(BadState):
        stream().parser.restore(json.dumps(json.loads(parser.state()) | change).encode())


def test_memory_is_bounded() -> None:
    reader = stream()
    for number in range(0, 60_000, 1_000):
        reader.feed(log(*(login(session=f"s{one}", pid=one) for one in range(number, number + 1_000))))
        reader.feed(b"".join(log(login(), head=f"Jun  3 10:40:57 host{number} dovecot: ") for _ in range(2)))
    assert len(reader.state()) < 4_000_000
