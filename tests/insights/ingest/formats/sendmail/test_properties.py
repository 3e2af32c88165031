"""Hypothesis: no bytes raise, every line is counted once, and no cut changes anything."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from insights.ingest.errors import BadState
from insights.ingest.formats.sendmail.patterns import FORMS
from insights.ingest.record import Batch, joined
from tests.insights.ingest.formats.sendmail.reading import auth, failure, log, starttls, stream, taken
from tests.insights.ingest.pieces import logs_of
from tests.insights.ingest.test_stream_properties import content, cut, fed, lines_in

OTHER = "dsl.isp.example [198.51.100.9]"
TEXTS = [
    *(text for form in FORMS.values() for text in (*form.reads, *form.leaves)),
    *(b"a1: " + text for form in FORMS.values() for text in form.reads),
    *(
        text.encode()
        for text in (
            starttls(), starttls(client=OTHER), auth(), auth(account="bob"), auth(client=OTHER),
            taken("a1"), taken("a2"), taken("a3", client=OTHER), taken("a4", protocol="ESMTPA"), failure(),
            taken("a1", message_id=None), "a1: Milter: data, reject=554 5.7.1 no", "a2: Milter accept: message",
            taken("a5").replace("=391", "=9000000"),
            "a5: message size (9000000) exceeds maximum (300)",
            "a1: to=<b@c.example>, mailer=esmtp, stat=Sent", f"message repeated 3 times: [ {failure()}]",
            "a1: lost input channel from x [192.0.2.4] to MSA after rcpt",
        )
    ),
    b"",
]  # fmt: skip
HEADS = [
    b"sm-mta[71]: ",
    b"sm-mta[72]: ",
    b"sendmail[71]: [ID 801593 mail.info] ",
    b"postfix/smtpd[71]: ",
    b"x: ",
]
STAMPS = [
    b"Jun  3 10:40:57 mail ",
    b"Jun  3 10:40:58 mail ",
    b"Jun  3 10:55:59 mail ",
    b"Jun  3 10:40:59 two ",
    b"Dec 31 23:59:59 mail ",
    b"Oct 25 02:30:00 mail ",
    b"Feb 29 10:00:00 mail ",
    b"2026-06-03T10:40:57.123456+02:00 mail ",
    b"<22>1 2026-06-03T10:40:58Z mail sm-mta 71 - - ",
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
@given(data=logs, places=st.lists(st.integers(0, 5_000), max_size=6))
def test_any_chunks_give_the_same(data: bytes, places: list[int]) -> None:
    whole = content(fed(stream(zone="Europe/Berlin"), [data]))
    assert content(fed(stream(zone="Europe/Berlin"), cut(data, places))) == whole


@quick
@given(data=logs, places=st.lists(st.integers(0, 5_000), max_size=4))
def test_saved_state_changes_nothing(data: bytes, places: list[int]) -> None:
    whole = content(fed(stream(zone="Europe/Berlin"), [data]))
    batches: list[Batch] = []
    reader = stream(zone="Europe/Berlin")
    for chunk in cut(data, places):
        batches.append(reader.feed(chunk))
        state = reader.state()
        reader = stream(zone="Europe/Berlin")
        reader.restore(state)
        assert reader.state() == state
    assert content([*batches, reader.end_of_input()]) == whole


@pytest.mark.parametrize(
    "change",
    [
        {"version": 99},
        {"format": "postfix"},
        {"open": []},
        {"open": {"hosts": [], "failures": []}},
        {"open": {"hosts": {"mail": {"filters": 0, "sessions": {"71": [1]}, "held": []}}, "failures": []}},
        {"clock": None},
        {"prune_at": "soon"},
    ],
)
def test_a_state_of_another_kind_is_refused(change: dict[str, object]) -> None:
    parser = stream().parser
    parser.feed(log(starttls(), auth()).split(b"\n"), first_line_number=1)
    whole = json.loads(parser.state())
    with pytest.raises(BadState):
        stream().parser.restore(json.dumps(whole | change).encode())
    for broken in (b"", b"[]", b"null", b"\xff"):
        with pytest.raises(BadState):
            stream().parser.restore(broken)


def test_memory_is_bounded() -> None:
    """A hundred thousand sessions and as many held messages leave a state of some megabytes."""
    reader = stream()
    for number in range(0, 100_000, 1_000):
        lines = [b"z9: Milter add: header: X: y"]
        data = b"".join(
            log(
                *(text.decode() for text in lines),
                starttls(),
                auth(),
                taken(f"q{pid}"),
                program=f"sm-mta[{pid}]",
            )
            for pid in range(number, number + 1_000)
        )
        reader.feed(data)
    assert len(reader.state()) < 8_000_000
