"""Hypothesis: no bytes raise, every line is counted once, and no cut changes anything."""

from __future__ import annotations

import itertools

from hypothesis import example, given, settings
from hypothesis import strategies as st

from insights.ingest.formats.postfix.patterns import FORMS
from insights.ingest.record import Batch, joined
from insights.ingest.stream import LogStream
from tests.insights.ingest.formats.reading import (
    CONNECT,
    DISCONNECT,
    TLS,
    cleanup,
    client,
    log,
    queued,
    stream,
)
from tests.insights.ingest.pieces import logs_of

TEXTS = [
    *(text for form in FORMS.values() for text in (*form.reads, *form.leaves)),
    *(log(text).partition(b": ")[2].strip() for text in (CONNECT, TLS, DISCONNECT)),
    *(client(queue_id).encode() for queue_id in ("A1", "A2", "NOQUEUE")),
    *(queued(queue_id).partition(": ")[2].encode() for queue_id in ("A1", "A2")),
    cleanup("A1: hold: header x from y; from=<a@b> to=<c@d>: no").partition(": ")[2].encode(),
    b"A1: message-id=<x>",
    b"",
]
HEADS = [
    b"postfix/submission/smtpd[7]: ",
    b"postfix/smtps/smtpd[8]: ",
    b"postfix/qmgr[9]: ",
    b"postfix/cleanup[3]: ",
    b"x: ",
]
STAMPS = [
    b"Jun  3 10:40:57 mail ",
    b"Jun  3 10:40:58 mail ",
    b"Jun  3 10:40:59 two ",
    b"Dec 31 23:59:59 mail ",
    b"Jan  1 00:00:00 mail ",
    b"Oct 25 02:30:00 mail ",
    b"Feb 29 10:00:00 mail ",
    b"2026-06-03T10:40:57.123456+02:00 mail ",
    b"2026-06-03T10:40:57Z mail ",
    b"<22>1 2026-06-03T10:40:58Z mail ",
    b"<22>Jun  3 10:40:59 mail ",
    b"",
]
logs = logs_of(STAMPS, HEADS, TEXTS)
quick = settings(max_examples=150, deadline=None, derandomize=True)


def lines_in(data: bytes) -> int:
    """Return the number of complete lines."""
    return data.count(b"\n")


def content(batches: list[Batch]) -> tuple[object, ...]:
    """Return what batches hold together."""
    batch = joined(batches)
    return batch.submissions, batch.failures, batch.skipped, batch.counts.as_dict()


def fed(reader: LogStream, chunks: list[bytes]) -> list[Batch]:
    """Feed chunks as one input."""
    return [*(reader.feed(chunk) for chunk in chunks), reader.end_of_input()]


def cut(data: bytes, places: list[int]) -> list[bytes]:
    """Cut data at places, taken within its length."""
    edges = [0, *sorted(place % (len(data) + 1) for place in places), len(data)]
    return [data[begin:end] for begin, end in itertools.pairwise(edges)]


@quick
@given(data=st.one_of(logs, st.binary(max_size=400)))
@example(data=b"\r\n")
def test_any_bytes_are_counted_and_never_raise(data: bytes) -> None:
    reader = stream(zone="Europe/Berlin")
    batch = joined(fed(reader, [data]))
    assert batch.counts.lines == lines_in(data)
    assert len({record.id for record in batch.submissions}) <= len(batch.submissions)
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
