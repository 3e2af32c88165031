"""Send events of Amazon SES become submissions, in each envelope; what SES does not tell is unknown."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from insights.enums import TlsVersion
from insights.ingest.record import LineCounts, joined
from tests.insights.ingest.formats.ses.reading import TAGS, log, read, send, stream
from tests.insights.ingest.test_stream_properties import content, cut, fed, lines_in


@pytest.mark.parametrize(
    "record",
    [
        send(),
        {"Type": "Notification", "Message": json.dumps(send())},
        {"detail-type": "Email Sent", "source": "aws.ses", "detail": send()},
        {"notificationType" if name == "eventType" else name: value for name, value in send().items()},
    ],
)
def test_every_envelope_tells_the_same(record: dict[str, Any]) -> None:
    batch = read(log(record))
    assert batch.submissions == read(log(send())).submissions
    [found] = batch.submissions
    assert (found.account, found.sender_address, found.client_ip, found.tls_version, found.mechanism) == (
        "scanner-smtp", "ann@acme.example", "192.0.2.4", TlsVersion.TLS1_2, "unknown",
    )  # fmt: skip
    assert (found.occurred_at.isoformat(), found.queue_id, found.recipients, found.size_bytes) == (
        "2026-06-03T10:40:57.123000+00:00", "0100-a-000000", 2, None,
    )  # fmt: skip
    assert batch.counts == LineCounts(event=1)


@pytest.mark.parametrize(
    ("changes", "field", "found"),
    [
        ({"tags": {"ses:outgoing-tls-version": ["TLSv1.3"]}}, "tls_version", TlsVersion.UNKNOWN),
        ({"tags": {}}, "account", ""),
        ({"source": "ann@acme.example"}, "sender_address", "ann@acme.example"),
        ({"tags": TAGS | {"ses:operation": ["SendSmtpEmail"]}}, "mechanism", "PLAIN/LOGIN"),
    ],
)
def test_members(changes: dict[str, Any], field: str, found: object) -> None:
    [record] = read(log(send(**changes))).submissions
    assert getattr(record, field) == found


@pytest.mark.parametrize(
    "record",
    [
        send("Delivery"),
        send("Bounce"),
        send(tags=TAGS | {"ses:operation": ["SendEmail"]}),
        {"Type": "SubscriptionConfirmation", "Message": "x"},
        {"Type": "Notification", "Message": "Successfully validated SNS topic"},
        {"type": "Reception", "nodeid": "x"},
    ],
)
def test_other_records(record: dict[str, Any]) -> None:
    assert read(log(record)).counts == LineCounts(other=1)


WRITTEN = [
    log(send()),
    log(send(timestamp=5)),
    log(send(messageId=None)),
    log(send(messageId="b")),
    b"{\n",
    b"\n",
]


@settings(max_examples=100, deadline=None, derandomize=True)
@given(
    data=st.lists(st.one_of(st.sampled_from(WRITTEN), st.binary(max_size=60)), max_size=12).map(b"".join),
    places=st.lists(st.integers(0, 5_000), max_size=4),
)
def test_any_bytes_are_counted_and_saved_states_change_nothing(data: bytes, places: list[int]) -> None:
    whole = fed(stream(), [data])
    assert joined(whole).counts.lines == lines_in(data)
    reader, batches = stream(), []
    for chunk in cut(data, places):
        batches.append(reader.feed(chunk))
        state = reader.state()
        reader = stream()
        reader.restore(state)
    assert content([*batches, reader.end_of_input()]) == content(whole)
