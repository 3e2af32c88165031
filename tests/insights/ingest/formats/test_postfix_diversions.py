"""Messages that never reach the queue manager: held, discarded, or filtered by a proxy."""

from __future__ import annotations

import pytest

from insights.ingest.record import SubmissionRecord
from tests.insights.ingest.formats.reading import (
    CONNECT,
    DISCONNECT,
    PEER,
    TLS,
    cleanup,
    client,
    log,
    queued,
    read,
)

BEFORE = (CONNECT, TLS, client("A1"))
FROM = f"from {PEER}; from=<ann@acme.example> to=<bob@globex.example> proto=ESMTP helo=<pc>"
DIVERSIONS = [
    f"A1: hold: header Subject: x; from=<no@no.example> to=<no> {FROM}: policy",
    f"A1: discard: header Subject: x {FROM}: policy",
    f"A1: milter-hold: END-OF-MESSAGE {FROM}",
    f"A1: milter-discard: END-OF-MESSAGE {FROM}",
]
HEAD = cleanup("A1: message-id=<1@acme.example>")


def submissions(*texts: str) -> list[SubmissionRecord]:
    """Return what lines of one second give."""
    return read(log(*texts)).submissions


@pytest.mark.parametrize("text", DIVERSIONS)
@pytest.mark.parametrize(
    "after",
    [
        DISCONNECT,
        CONNECT,
        client("A2"),
        f"A2: client={PEER}",
        f"lost connection after RCPT from {PEER}\n",
        f"timeout after END-OF-MESSAGE from {PEER}",
    ],
)
def test_held_or_discarded_message_counts_when_its_session_goes_on(text: str, after: str) -> None:
    [record] = submissions(*BEFORE, cleanup(text), HEAD, after.rstrip(), DISCONNECT)
    assert (record.sender_address, record.recipients, record.recipients_exact) == (
        "ann@acme.example",
        1,
        False,
    )
    assert record.size_bytes is None


@pytest.mark.parametrize("text", DIVERSIONS)
@pytest.mark.parametrize(
    "after",
    [
        f"lost connection after DATA (168 bytes) from {PEER}",
        f"A1: lost connection after DATA (168 bytes) from {PEER}",
        f"timeout after BDAT (12 bytes) from {PEER}",
        cleanup(f"A1: reject: body x {FROM}: 5.7.1 no"),
        cleanup("A1: removed (canceled)"),
        cleanup("warning: A1: queue file size limit exceeded"),
        f"A1: milter-reject: END-OF-MESSAGE {FROM}",
    ],
)
def test_held_or_discarded_message_is_taken_back_by_an_abnormal_end(text: str, after: str) -> None:
    assert submissions(*BEFORE, cleanup(text), HEAD, after, DISCONNECT) == []


def test_held_message_waits_for_its_session() -> None:
    assert submissions(*BEFORE, cleanup(DIVERSIONS[0])) == []


def test_held_message_counts_though_its_session_ended_before_the_word() -> None:
    assert len(submissions(*BEFORE, DISCONNECT, cleanup(DIVERSIONS[0]))) == 1


def test_held_message_that_is_released_is_not_counted_again() -> None:
    assert len(submissions(*BEFORE, cleanup(DIVERSIONS[0]), DISCONNECT, queued("A1"))) == 1


def test_abort_of_the_next_message_leaves_the_held_one() -> None:
    aborted = f"lost connection after DATA (168 bytes) from {PEER}"
    texts = (*BEFORE, cleanup(DIVERSIONS[0]), client("A2"), aborted, DISCONNECT)
    assert [record.queue_id for record in submissions(*texts)] == ["A1"]


def test_hold_by_an_access_table_comes_before_the_queue_id() -> None:
    told = f"NOQUEUE: hold: RCPT from {PEER}: <x>: triggers HOLD action; from=<s@acme.example> to=<b@c>"
    [record] = submissions(CONNECT, TLS, told, client("A1"), HEAD, DISCONNECT)
    assert (record.queue_id, record.sender_address, record.recipients_exact) == (
        "A1",
        "s@acme.example",
        False,
    )
    assert submissions(CONNECT, TLS, told, client("A1"), DISCONNECT) == []
    assert [
        r.recipients_exact for r in submissions(CONNECT, told, client("A1"), HEAD, queued("A1"), DISCONNECT)
    ] == [True]


def test_discarded_message_is_told_by_cleanup_itself() -> None:
    removed = cleanup("A1: removed (discarded)")
    assert len(submissions(*BEFORE, removed, DISCONNECT)) == 1
    assert len(submissions(*BEFORE, cleanup(DIVERSIONS[1]), removed, DISCONNECT)) == 1


def test_message_through_a_proxy_filter_counts_when_the_filter_accepts() -> None:
    answer = (
        "END-OF-MESSAGE: 250 2.0.0 Ok: queued as DF66E940333; from=<ann@acme.example> to=<b@c> proto=ESMTP"
    )
    texts = (
        CONNECT,
        TLS,
        client("NOQUEUE"),
        f"proxy-accept: {answer}",
        client("NOQUEUE"),
        "proxy-accept: x",
        DISCONNECT,
    )
    records = submissions(*texts)
    assert [(r.queue_id, r.sender_address) for r in records] == [
        ("DF66E940333", "ann@acme.example"),
        ("NOQUEUE", ""),
    ]
    assert (
        submissions(CONNECT, client("NOQUEUE"), "proxy-reject: END-OF-MESSAGE: 554 no; from=<> to=<c@d>")
        == []
    )
    assert submissions(CONNECT, client("NOQUEUE"), CONNECT, f"proxy-accept: {answer}") == []


def test_line_that_counts_is_the_one_that_makes_it_certain() -> None:
    counts = read(log(*BEFORE, cleanup(DIVERSIONS[0]), DISCONNECT)).counts
    assert (counts.event, counts.evidence) == (1, 4)
