"""Hypothesis: no bytes raise, every line is counted once, and no cut changes anything; memory is bounded."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from insights.ingest.errors import BadState
from insights.ingest.formats.stalwart.patterns import FORMS
from tests.insights.ingest.formats.laws import each_line_is_counted_once, no_cut_changes_anything
from tests.insights.ingest.formats.stalwart.reading import (
    BEGIN,
    EHLO,
    END,
    OF_IMAP,
    OTHER_PORT,
    PEER,
    SHAKE,
    log,
    login,
    queued,
    record,
    records,
    refused,
    stream,
)

STAMPS = ["2026-11-20T10:00:00Z", "2026-11-20T10:00:01Z", "2026-11-20T12:00:00Z", "2026-11-22T10:00:00Z"]
EVENTS = [BEGIN, EHLO, SHAKE, login(), login("bob"), queued(), queued(4), refused(), END, *(
    refused(name, "") for name in ("auth.too-many-attempts", "security.unauthorized", "smtp.auth-not-allowed")
)]  # fmt: skip
written = st.builds(
    lambda event, peer, stamp: log(event, peer=peer, stamp=stamp),
    st.sampled_from(EVENTS),
    st.sampled_from([PEER, PEER.replace("38509", "38510"), OF_IMAP, OTHER_PORT, ""]),
    st.sampled_from(STAMPS),
)
of_json = st.sampled_from(
    [
        records(record("auth.success", accountName="ann")),
        records({"events": [record("auth.failed", accountName="ann"), record("smtp.ehlo")]}),
        records(record("queue.authenticated-message-queued", queueId=5, to=["x"])),
        b'{"events":[{"createdAt":"2026-11-20T10:00:00Z","type":"a","data":{}}]\n',
    ]
)
odd = st.sampled_from([one + b"\r\n" for form in FORMS.values() for one in (*form.reads, *form.leaves)])
logs = st.lists(st.one_of(written, written, of_json, odd, st.binary(max_size=60)), max_size=25).map(b"".join)
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
    "change", [{"version": 99}, {"format": "haraka"}, {"open": []}, {"open": {"memory": {}, "failures": []}}]
)
def test_a_state_of_another_kind_is_refused(change: dict[str, object]) -> None:
    parser = stream().parser
    parser.feed(log(BEGIN, EHLO, login()).split(b"\n"), first_line_number=1)
    with pytest.raises(BadState):
        stream().parser.restore(json.dumps(json.loads(parser.state()) | change).encode())


def test_memory_is_bounded() -> None:
    reader = stream()
    for start in range(0, 60_000, 10_000):
        reader.feed(
            b"".join(
                log(EHLO, peer=PEER.replace("38509", f"{port}")) for port in range(start, start + 10_000)
            )
        )
    assert len(reader.state()) < 10_000_000
    for number in range(400):
        reader.feed(log(SHAKE, peer=PEER.replace("submission", f"listener{number}")))
    assert len(reader.state()) < 10_000_000
    reader.feed(log(EHLO, stamp="2026-11-20T11:00:01Z"))
    assert len(reader.state()) < 100_000
