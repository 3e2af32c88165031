"""A written log of KumoMTA with every event listed; hostile records take no time."""

from __future__ import annotations

from random import Random

import pytest

from insights.enums import FailureReason
from insights.ingest.record import LineCounts, joined
from tests.insights.ingest.formats.hostile import SECONDS_EACH, slowest
from tests.insights.ingest.formats.kumomta.reading import (
    ANN,
    REJECTION,
    SAMPLES,
    SECRET,
    read,
    received,
    stream,
)

SAMPLE = SAMPLES / "transactions.log"


def test_every_event() -> None:
    batch = joined(read(SAMPLE.read_bytes()))
    assert [
        (one.account, one.sender_address, one.client_ip, one.tls_version, one.mechanism, one.recipients, one.size_bytes)
        for one in batch.submissions
    ] == [
        (ANN, ANN, "192.0.2.4", "TLS1.3", "PLAIN", 3, 1047),
        (ANN, "", "192.0.2.4", "TLS1.3", "PLAIN", 1, 901),
        # Two records of 2024 stand for themselves: nothing tells whether they were one message.
        (ANN, ANN, "192.0.2.4", "unknown", "PLAIN", 1, 1047),
        (ANN, ANN, "192.0.2.4", "unknown", "PLAIN", 1, 1047),
        ("bob", "bob@acme.example", "2001:db8::7", "TLS1.2", "PLAIN", 3, 40),
    ]  # fmt: skip
    assert [(one.account, one.client_ip, one.mechanism, one.reason) for one in batch.failures] == [
        (ANN, "203.0.113.66", "PLAIN", FailureReason.WRONG_CREDENTIALS),
        (ANN, "203.0.113.66", "PLAIN", FailureReason.WRONG_CREDENTIALS),
        ("", "203.0.113.66", "PLAIN", FailureReason.MECHANISM_NOT_OFFERED),
    ]
    assert batch.counts == LineCounts(event=10, evidence=3, other=9)
    assert SECRET not in repr(batch)


def test_a_cut_at_any_byte_gives_the_whole() -> None:
    data, rng = SAMPLE.read_bytes(), Random(20)
    whole = joined(read(data))
    for place in (rng.randrange(len(data) + 1) for _ in range(1_000)):
        before, after = stream(), stream()
        batches = [before.feed(data[:place]), before.end_of_input()]
        after.restore(before.state())
        batches += [after.feed(data[place:]), after.end_of_input()]
        parts = joined(batches)
        assert sorted(parts.submissions) == sorted(whole.submissions), place
        assert (parts.failures, parts.counts) == (whole.failures, whole.counts), place


@pytest.mark.parametrize("record", [received("a", created=1, at=4, sender=ANN), REJECTION])
def test_hostile_records_take_no_time(record: dict[str, object]) -> None:
    assert slowest(lambda data: joined(read(data)), record) < SECONDS_EACH


def test_begins_at_tells_the_time_of_a_record() -> None:
    first = SAMPLE.read_bytes().partition(b"\n")[0]
    begins = stream().parser.begins_at(first)
    assert begins is not None
    assert begins.isoformat() == "2026-11-20T10:00:00.004000+00:00"
