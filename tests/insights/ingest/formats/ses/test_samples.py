"""Written events of Amazon SES in each envelope, every one listed; hostile events take no time."""

from __future__ import annotations

import json
from random import Random

import pytest

from insights.ingest.record import LineCounts, joined
from tests.insights.ingest.formats.hostile import SECONDS_EACH, slowest
from tests.insights.ingest.formats.ses.reading import SAMPLES, read, send, stream

SAMPLE = SAMPLES / "envelopes.log"
ANN = "ann@acme.example"


def test_every_event() -> None:
    batch = read(SAMPLE.read_bytes())
    assert [
        (one.account, one.sender_address, one.client_ip, one.tls_version, one.mechanism, one.recipients)
        for one in batch.submissions
    ] == [
        ("scanner-smtp", ANN, "192.0.2.4", "TLS1.2", "unknown", 2),
        ("bob-smtp", "bob@acme.example", "2001:db8::7", "TLS1.3", "PLAIN/LOGIN", 1),
        ("scanner-smtp", ANN, "198.51.100.30", "TLS1.0", "unknown", 1),
        ("scanner-smtp", ANN, "192.0.2.4", "unknown", "unknown", 1),
        ("", ANN, "", "unknown", "unknown", 1),
    ]
    assert batch.failures == []
    assert batch.counts == LineCounts(event=5, other=6)


def test_a_cut_at_any_byte_gives_the_whole() -> None:
    data, rng = SAMPLE.read_bytes(), Random(20)
    whole = read(data)
    for place in (rng.randrange(len(data) + 1) for _ in range(1_000)):
        before, after = stream(), stream()
        batches = [before.feed(data[:place]), before.end_of_input()]
        after.restore(before.state())
        batches += [after.feed(data[place:]), after.end_of_input()]
        assert joined(batches) == whole, place


@pytest.mark.parametrize(
    "record",
    [
        send(),
        {"Type": "Notification", "Message": json.dumps(send())},
        {"detail-type": "Email Sent", "source": "aws.ses", "detail": send()},
    ],
)
def test_hostile_events_take_no_time(record: dict[str, object]) -> None:
    assert slowest(read, record) < SECONDS_EACH
