"""A milter, a rule or its size may refuse a message after its `from=` line: it waits for what becomes of it."""

from __future__ import annotations

import pytest

from insights.ingest.record import Batch, LineCounts
from tests.insights.ingest.formats.sendmail.reading import auth, log, read, starttls, stream, taken

ADDED = "z9: Milter add: header: X-Virus-Scanned: yes"
REFUSED = "a1: Milter: data, reject=554 5.7.1 virus found"
DELIVERED = (
    "a1: to=<b@c.example>, ctladdr=<ann@acme.example> (1000/1000), delay=00:00:01, mailer=esmtp, stat=Sent"
)
LATER = "Jun  3 10:51:00 mail "
BEGIN = (ADDED, starttls(), auth())


def ids(batch: Batch) -> list[str]:
    """Return the queue ids of the messages."""
    return [record.queue_id for record in batch.submissions]


def test_without_milters_a_message_counts_at_once() -> None:
    assert ids(read(log(starttls(), auth(), taken()))) == ["a1"]


def test_a_refused_message_does_not_count() -> None:
    undelivered = "a1: to=<b@c.example>, delay=00:00:01, pri=30500, stat=virus found"
    batch = read(log(*BEGIN, taken(), REFUSED, undelivered) + log("x", stamp=LATER))
    assert (ids(batch), batch.counts) == ([], LineCounts(evidence=4, other=3))


@pytest.mark.parametrize("after", [DELIVERED, "a1: Milter: data, discard", "a1: Milter accept: message"])
def test_what_becomes_of_it_counts_it(after: str) -> None:
    batch = read(log(*BEGIN, taken(), after, after) + log("x", stamp=LATER))
    assert (ids(batch), batch.counts) == (["a1"], LineCounts(event=1, evidence=3, other=3))
    assert batch.submissions[0].occurred_at.second == 57


def test_the_next_message_of_the_session_counts_it() -> None:
    batch = read(log(*BEGIN, taken("a1"), taken("a2")))
    assert (ids(batch), batch.counts) == (["a1"], LineCounts(event=1, evidence=3, other=1))


def test_the_end_of_the_session_counts_it() -> None:
    batch = read(log(*BEGIN, taken("a1"), "a2: lost input channel from x [192.0.2.4] to MSA after mail"))
    assert (ids(batch), batch.counts.event) == (["a1"], 1)


def test_ten_minutes_count_it_and_not_twice() -> None:
    waiting = log(*BEGIN, taken())
    late = log("x", DELIVERED, stamp="Jun  3 11:01:00 mail ")
    assert ids(read(waiting + log("x", stamp="Jun  3 10:45:00 mail "))) == []
    assert ids(read(waiting + log("x", stamp=LATER) + late)) == ["a1"]


def test_a_milter_is_remembered_over_the_end_of_a_log_and_of_a_process() -> None:
    first = stream()
    first.feed(log(*BEGIN, taken("a1"), DELIVERED))
    first.end_of_input()
    second = stream()
    second.restore(first.state())
    later = log(starttls(), auth(), taken("a5"), stamp="Jun  4 10:00:00 mail ")
    refused = log(REFUSED.replace("a1", "a5"), stamp="Jun  4 10:00:01 mail ")
    assert ids(second.feed(later + refused)) == []


@pytest.mark.parametrize("ruleset", ["CheckSubject", "check_eoh"])
def test_a_rule_about_the_header_refuses_the_message(ruleset: str) -> None:
    denied = f"a1: ruleset={ruleset}, arg1=buy now, relay=pc.acme.example [192.0.2.4], reject=553 5.0.0 no"
    batch = read(log(starttls(), auth(), denied, taken("a1"), taken("a2")))
    assert (ids(batch), batch.counts) == (["a2"], LineCounts(event=1, evidence=4))


def test_a_rule_about_the_whole_message_refuses_one_that_waits() -> None:
    denied = "a1: ruleset=check_eom, arg1=391, relay=pc.acme.example [192.0.2.4], reject=553 5.0.0 no"
    assert ids(read(log(*BEGIN, taken("a1"), denied) + log("x", stamp=LATER))) == []


def test_a_refused_recipient_refuses_no_message() -> None:
    denied = (
        "a1: ruleset=check_rcpt, arg1=<x@y.example>, relay=[192.0.2.4], reject=550 5.7.1 <x@y.example>... no"
    )
    batch = read(log(starttls(), auth(), denied, taken("a1")))
    assert (ids(batch), batch.counts) == (["a1"], LineCounts(event=1, evidence=2, other=1))


TOO_LARGE = "a1: message size (20971520) exceeds maximum (10485760)"


def large(queue_id: str, *, size: int = 20_971_520) -> str:
    """Return the `from=` line of a large message."""
    return taken(queue_id).replace("size=391", f"size={size}")


def test_a_message_that_is_too_large_does_not_count() -> None:
    batch = read(log(starttls(), auth(), large("a1"), TOO_LARGE, taken("a2")) + log("x", stamp=LATER))
    assert (ids(batch), batch.counts) == (["a2"], LineCounts(event=1, evidence=4, other=1))


def test_a_large_message_that_is_delivered_counts() -> None:
    batch = read(log(starttls(), auth(), large("a1"), DELIVERED))
    assert (ids(batch), batch.counts) == (["a1"], LineCounts(event=1, evidence=3))


def test_a_limit_that_the_log_tells_holds_smaller_messages_from_then_on() -> None:
    told = TOO_LARGE.replace("10485760", "200000")
    refused = told.replace("a1:", "a2:")
    batch = read(log(starttls(), auth(), large("a1"), told, large("a2", size=300_000), refused, taken("a3")))
    assert ids(batch) == ["a3"]
