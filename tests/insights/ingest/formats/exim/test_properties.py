"""Hypothesis: no bytes raise, every line is counted once, and no cut changes anything."""

from __future__ import annotations

from collections import Counter

from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from insights.ingest.formats.exim.patterns import FORMS
from insights.ingest.record import Batch, joined
from tests.insights.ingest.formats.exim.reading import (
    ID,
    LONG_ID,
    PEER,
    REFUSED,
    arrival,
    log,
    read,
    stream,
)
from tests.insights.ingest.pieces import logs_of
from tests.insights.ingest.test_stream_properties import content, cut, fed, lines_in

TEXTS = [
    *(f"{ID} <= ".encode() + text for text in (*FORMS["ARRIVED"].reads, *FORMS["ARRIVED"].leaves)),
    *(text for form in FORMS.values() for text in (*form.reads, *form.leaves)),
    *(arrival(queue_id=queue_id).encode() for queue_id in (ID, LONG_ID)),
    REFUSED.encode(),
    REFUSED.encode(),
    f"message repeated 3 times: [ {REFUSED}]".encode(),
    f"{ID} rejected after DATA: no".encode(),
    f"{ID} Completed".encode(),
    b"",
]
STAMPS = [
    b"2026-06-03 10:40:57 ",
    b"2026-06-03 10:40:57 ",
    b"2026-06-03 10:40:58 [77] ",
    b"2026-06-03 10:40:58.123 ",
    b"2026-10-25 02:30:00 ",
    b"2026-10-25 02:30:00.5 +0100 ",
    b"2026-02-29 10:00:00 ",
    b"Jun  3 10:40:57 mx1 exim[7]: 2026-06-03 10:40:57 ",
    b"Jun  3 10:40:58 mx1 exim[7]: ",
    b"Dec 31 23:59:59 mx1 exim[7]: [1/2] ",
    b"2026-06-03T10:40:57.123456+02:00 mx1 exim4[8]: ",
    b"2026-06-03 10:40:57 mx1 exim[8]: ",
    b"<22>1 2026-06-03T10:40:58Z mx1 exim 7 - - ",
    b"2026-06-03T10:40:57Z mx1 sshd[8]: ",
    b"",
]
logs = logs_of(STAMPS, TEXTS)
quick = settings(max_examples=200, deadline=None, derandomize=True)


@quick
@given(data=st.one_of(logs, st.binary(max_size=400)))
@example(data=b"2026-06-03 10:40:57 \r\n")
def test_any_bytes_are_counted_and_never_raise(data: bytes) -> None:
    batch = joined(fed(stream(year=2026, zone="Europe/Berlin"), [data]))
    assert batch.counts.lines == lines_in(data)
    for record in (*batch.submissions, *batch.failures):
        assert "\0" not in "".join(part for part in record if isinstance(part, str))


@quick
@given(text=st.binary(max_size=200), stamp=st.sampled_from(STAMPS), place=st.integers(0, 400))
def test_any_bytes_within_a_line_that_matters_never_raise(text: bytes, stamp: bytes, place: int) -> None:
    for line in (arrival().encode(), REFUSED.encode()):
        at = place % len(line)
        data = stamp + line[:at] + text + line[at:] + b"\n"
        assert joined(fed(stream(year=2026), [data])).counts.lines == lines_in(data)


pieces = st.sampled_from(
    [
        *(
            "ann",
            "<>",
            "H=(pc) [192.0.2.1]",
            "H=a]:7 [192.0.2.2]:77",
            "]:1",
            "]:22",
            "I=[192.0.2.9]:587",
            "Ci=1",
            "Ci=22",
        ),
        *(
            "U=x",
            "P=esmtpa",
            "P=esmtpsa",
            "X=TLS1.2:X:256",
            "X=TLS1.3:Y:256",
            "A=plain:ann",
            "A=login:a Ci=1 b",
        ),
        *(
            "A=login:a Ci=2 b",
            "A=login:a]:1",
            "A=login:a]:2",
            "S=1",
            "S=22",
            "K",
            "id=1@a",
            "id=2@b",
            'T="S=1"',
            "for a@b",
        ),
    ]
)


@quick
@given(lines=st.lists(st.lists(pieces, max_size=12).map(" ".join), max_size=8))
def test_what_is_looked_up_is_what_would_be_read(lines: list[str]) -> None:
    """Fields that repeat are read once; a line means the same after any others."""
    written = [log(f"{ID} <= ann H=(pc) [192.0.2.1] {line} S=391") for line in lines]
    alone = [read(line) for line in written]
    assert content([read(b"".join(written))])[0] == [
        record for batch in alone for record in batch.submissions
    ]


@quick
@given(data=logs, places=st.lists(st.integers(0, 5_000), max_size=6))
def test_any_chunks_give_the_same(data: bytes, places: list[int]) -> None:
    whole = content(fed(stream(year=2026), [data]))
    assert content(fed(stream(year=2026), cut(data, places))) == whole


@quick
@given(data=logs, places=st.lists(st.integers(0, 5_000), max_size=4))
def test_saved_state_changes_nothing(data: bytes, places: list[int]) -> None:
    whole = content(fed(stream(year=2026), [data]))
    batches: list[Batch] = []
    reader = stream(year=2026)
    for chunk in cut(data, places):
        batches.append(reader.feed(chunk))
        state = reader.state()
        reader = stream(year=2026)
        reader.restore(state)
        assert reader.state() == state
    assert content([*batches, reader.end_of_input()]) == whole


@st.composite
def growing(draw: st.DrawFn) -> bytes:
    """Draw a log in the order of its time, as a server that stamps lines itself or has syslog do it."""
    stamp = draw(
        st.sampled_from(
            [
                "2026-06-03 {} ",
                "2026-06-03 {}.250 +0000 [9] ",
                "Jun  3 {} mx1 exim[7]: 2026-06-03 {} ",
                "Jun  3 {} mx1 exim[7]: ",
                "2026-06-03T{}Z mx1 exim[7]: ",
            ]
        )
    )
    kinds = st.sampled_from(["arrival", "refused", "rejected", "Start queue run"])
    texts = draw(st.lists(kinds, min_size=2, max_size=9))
    lines = [log("exim 4.96 daemon started", stamp=stamp.replace("{}", "10:40:00"))]
    for number, text in enumerate(texts):
        at = stamp.replace("{}", f"10:4{number}:57")
        queue_id = f"1xVczr-0001LH-{number:02}"
        if text == "arrival":
            lines.append(log(arrival(queue_id=queue_id), f"{queue_id} Completed", stamp=at))
        elif text == "refused":
            lines.append(log(REFUSED, REFUSED, REFUSED, stamp=at))
        elif text == "rejected":
            lines.append(
                log(f"{queue_id} {PEER} A=a rejected after DATA: no", stamp=at) + b"P Received: x\n\tby y\n"
            )
        else:
            lines.append(log(text, stamp=at))
    return b"".join(lines)


@quick
@given(data=growing(), places=st.lists(st.integers(1, 3_000), max_size=3))
def test_any_split_into_files_gives_the_same(data: bytes, places: list[int]) -> None:
    """All but a file that begins with the very line of one before: that is the same file again."""
    parts, parser = cut(data, places), stream(year=2026).parser
    firsts = [next(filter(parser.begins_at, part.split(b"\n")), None) for part in parts]
    assume(max(Counter(filter(None, firsts)).values(), default=0) <= 1)
    whole = joined(fed(stream(year=2026), [data]))
    batches: list[Batch] = []
    state = stream(year=2026).state()
    for part in parts:
        reader = stream(year=2026)
        reader.restore(state)
        batches += fed(reader, [part])
        state = reader.state()
    found = joined(batches)
    assert (found.submissions, found.failures, found.counts) == (
        whole.submissions,
        whole.failures,
        whole.counts,
    )
