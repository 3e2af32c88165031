"""Several records of one SMTP transaction are one message; transactions are told apart by time, session and node."""

from __future__ import annotations

from typing import Any

import pytest

from insights.ingest.record import LineCounts, joined
from tests.insights.ingest.formats.kumomta.reading import about, log, read, received, refused, stream

A1 = received("a1", created=1, at=4)
A2 = received("a2", created=2, at=5, recipient=["y@rcpt.example", "z@rcpt.example"])
B = received("b", created=50, at=52)
END = about("x", "Delayed", at=120_000)
UNSPOOLED = {
    "response": {"code": 500, "content": "KumoMTA internal: Message::save failed for other messages: x"}
}


def found(*records: dict[str, Any]) -> list[tuple[str, int]]:
    """Return the id and the recipients of each message."""
    return [(one.queue_id, one.recipients) for one in joined(read(log(*records))).submissions]


@pytest.mark.parametrize(
    ("records", "messages"),
    [
        ([A1], []),
        ([A1, END], [("a1", 1)]),
        ([A1, A2, END], [("a1", 3)]),
        ([A1, A2, B], [("a1", 3)]),
        ([A1, A2, B, END], [("a1", 3), ("b", 1)]),
        # The next transaction of a session begins when the one before is over, in the same millisecond too.
        ([A1, received("c", created=4, at=4), END], [("a1", 2)]),
        ([A1, received("c", created=5, at=5), END], [("a1", 1), ("c", 1)]),
        # In another order, as records come over the network: under the earliest one all the same.
        ([A2, A1, B], [("a1", 3)]),
        ([B, A1, A2, END], [("b", 1), ("a1", 3)]),
        # Another session, another node.
        ([A1, A2 | {"session_id": "other"}, END], [("a1", 1), ("a2", 2)]),
        ([A1, A2 | {"nodeid": "other"}, END], [("a1", 1), ("a2", 2)]),
        # A policy may give each recipient a sender of its own.
        ([A1, A2 | {"sender": "ann+y@acme.example"}, END], [("a1", 3)]),
        # What became of a message tells that its transaction is over; the end comes of itself after a minute.
        ([A1, A2, about("a2", at=900)], [("a1", 3)]),
        ([A1, about("a1", "TransientFailure", at=900)], [("a1", 1)]),
        ([A1, about("other", at=900)], []),
        ([A1, about("other", at=60_004)], []),
        ([A1, about("other", at=60_005)], [("a1", 1)]),
        # The same record again, as a second log has it.
        ([A1, A1, A2, A2, END], [("a1", 3)]),
        ([A1, B, A1, B, END], [("a1", 1), ("b", 1), ("a1", 1), ("b", 1)]),
        ([A1, A1 | {"session_id": "other"}, END], [("a1", 1), ("a1", 1)]),
        # Taken back, in whole or in part.
        ([A1, A2, refused("5.7.1 relaying not permitted", at=6), END], []),
        ([A1, refused("4.4.5 data_processing_timeout exceeded (insert)", at=6, code=451), END], []),
        ([A1, refused("5.7.1 relaying not permitted", at=6, session_id="other"), END], [("a1", 1)]),
        ([A1, refused("5.7.1 relaying not permitted", at=6, command="RCPT TO:<x>")], [("a1", 1)]),
        ([A1, refused("5.3.4 message too big", at=60, code=552)], [("a1", 1)]),
        ([A1, about("a1", "Bounce", at=5, **UNSPOOLED), refused("4.4.5 spool write timed out", at=6), END], []),
        ([A1, A2, about("a2", "Bounce", at=6, **UNSPOOLED), END], [("a1", 1)]),
        ([A1, about("a1", "Bounce", at=6)], [("a1", 1)]),
        # Before 2025.10: no exact time; before 2025.01: no session.
        ([A1 | {"created_time": None}, A2 | {"created_time": None}], [("a1", 1), ("a2", 2)]),
        ([A1 | {"created_time": "Jun  3 10:40:00"}], [("a1", 1)]),
        ([A1 | {"created_time": "2026-06-03T10:40:00"}], [("a1", 1)]),
        ([A1 | {"event_time": None}], [("a1", 1)]),
        ([A1 | {"session_id": None}, A2 | {"session_id": None}], [("a1", 1), ("a2", 2)]),
    ],
)  # fmt: skip
def test_messages(records: list[dict[str, Any]], messages: list[tuple[str, int]]) -> None:
    assert found(*records) == messages


def test_lines_are_counted_once() -> None:
    batch = joined(read(log(A1, A2, B, END)))
    assert batch.counts == LineCounts(event=2, evidence=1, other=1)


def test_an_older_log_counts_what_is_open() -> None:
    reader = stream()
    before = [reader.feed(log(B)), reader.end_of_input()]
    assert joined(before).submissions == []
    assert [one.queue_id for one in reader.feed(log(A1)).submissions] == ["b"]


def test_a_message_is_the_same_however_it_was_completed() -> None:
    ways = [[A1, A2, END], [A1, A2, B], [A1, A2, about("a1", at=900)]]
    assert len({joined(read(log(*records))).submissions[0] for records in ways}) == 1


def test_memory_is_bounded() -> None:
    reader, count, messages = stream(), 60_000, 0
    for start in range(0, count, 2_000):
        batch = reader.feed(
            b"".join(
                log(A1 | {"id": f"{one}", "session_id": f"{one}"}) for one in range(start, start + 2_000)
            )
        )
        messages += len(batch.submissions)
    assert len(reader.state()) < 10_000_000
    messages += len(reader.feed(log(END)).submissions)
    assert messages == count
    for start in range(0, count, 2_000):
        reader.feed(b"".join(log(A1 | {"id": f"n{one}"}) for one in range(start, start + 2_000)))
    assert len(reader.state()) < 10_000_000
