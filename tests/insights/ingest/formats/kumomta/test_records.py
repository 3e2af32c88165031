"""KumoMTA's records become submissions and refused logins; no password is kept, and no cut changes anything."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from insights.enums import FailureReason, TlsVersion
from insights.ingest.record import Batch, LineCounts, SkipReason, joined
from tests.insights.ingest.formats.kumomta import reading
from tests.insights.ingest.formats.kumomta.reading import (
    ANN,
    RECEPTION,
    REJECTION,
    SECRET,
    about,
    log,
    received,
    refused,
    stream,
)
from tests.insights.ingest.test_stream_properties import content, cut, fed, lines_in


def read(data: bytes) -> Batch:
    """Read one whole input."""
    return joined(reading.read(data))


def test_reception_of_an_authenticated_client() -> None:
    batch = read(log(RECEPTION, RECEPTION | {"type": "Delivery"}))
    [found] = batch.submissions
    assert (found.account, found.sender_address, found.client_ip, found.tls_version, found.mechanism) == (
        ANN, ANN, "192.0.2.4", TlsVersion.TLS1_3, "PLAIN",
    )  # fmt: skip
    assert (found.occurred_at.isoformat(), found.host, found.queue_id, found.recipients, found.size_bytes) == (
        "2026-06-03T10:40:57+00:00", "4eb22880", RECEPTION["id"], 1, 518,
    )  # fmt: skip
    assert batch.counts == LineCounts(event=1, other=1)


@pytest.mark.parametrize(
    ("changes", "field", "found"),
    [
        ({"recipient": ["a@b.example", "c@d.example"]}, "recipients", 2),
        ({"tls_protocol_version": "TLSv1_2"}, "tls_version", TlsVersion.TLS1_2),
        ({"tls_protocol_version": None}, "tls_version", TlsVersion.UNKNOWN),
        ({"sender": ""}, "sender_address", ""),
        ({"event_time": "2026-06-03T10:40:57.440526026Z"}, "micros", 1780483257440526),
        ({"size": -1}, "size_bytes", 0),
        ({"recipient": []}, "recipients", 1),
        ({"peer_address": {"addr": "/run/kumo.sock"}}, "client_ip", ""),
    ],
)
def test_members(changes: dict[str, Any], field: str, found: object) -> None:
    [record] = read(log(RECEPTION | changes)).submissions
    assert getattr(record, field) == found


@pytest.mark.parametrize(
    "changes", [{"meta": {}}, {"reception_protocol": "HTTP"}, {"type": "Bounce"}, {"type": "XferIn"}]
)
def test_other_records(changes: dict[str, Any]) -> None:
    assert read(log(RECEPTION | changes)).counts == LineCounts(other=1)


@pytest.mark.parametrize(
    ("code", "content", "reason"),
    [
        (535, "5.7.8 AUTH invalid", FailureReason.WRONG_CREDENTIALS),
        (501, "5.5.0 AUTH cancelled by client", FailureReason.CANCELLED),
        (504, "5.5.4 AUTH LOGIN not supported", FailureReason.MECHANISM_NOT_OFFERED),
        (524, "5.7.11 AUTH PLAIN requires an encrypted channel", FailureReason.POLICY),
    ],
)
def test_refused_logins(code: int, content: str, reason: FailureReason) -> None:
    batch = read(
        log(REJECTION | {"response": {"code": code, "content": content, "command": f"AUTH PLAIN {SECRET}"}})
    )
    [found] = batch.failures
    assert (found.account, found.client_ip, found.mechanism, found.reason) == (
        ANN,
        "192.0.2.4",
        "PLAIN",
        reason,
    )
    assert "secret" not in repr(batch)


def test_equal_refusals_are_told_apart_and_others_are_none() -> None:
    unlike = REJECTION | {"response": {"code": 550, "content": "5.7.1 relaying denied", "command": "RCPT"}}
    batch = read(log(REJECTION, REJECTION, unlike))
    assert len({failure.id for failure in batch.failures}) == 2
    assert batch.counts == LineCounts(event=2, other=1)


def test_no_password_is_in_a_sample() -> None:
    batch = read(log(REJECTION)[:-20] + b"\n")
    assert batch.counts == LineCounts(unrecognised={SkipReason.NO_JSON: 1})
    assert SECRET[:10] not in repr(batch)


WRITTEN = [
    log(RECEPTION),
    log(REJECTION),
    log(RECEPTION | {"id": "b", "timestamp": 0}),
    *(log(received(name, created=1, at=4)) for name in "cde"),
    *(log(received(name, created=50, at=60)) for name in "fg"),
    log(about("c", at=900)),
    log(about("d", "Bounce", at=9, response={"content": "KumoMTA internal: Message::save failed for other"})),
    log(refused("5.7.1 relaying not permitted", at=70)),
    log(about("x", at=120_000)),
    b"{\n",
    b"\n",
    b"[1]\n",
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
