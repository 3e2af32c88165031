"""The real log against its truth, field by field, and cut in two at a thousand places."""

from __future__ import annotations

import unicodedata
from collections import Counter
from random import Random

import pytest

from insights.enums import FailureReason
from insights.ingest.record import Batch, LineCounts, joined
from tests.insights.ingest import corpus
from tests.insights.ingest.formats.reading import read, stream

pytestmark = corpus.needs_corpus


@pytest.fixture(scope="module")
def whole() -> Batch:
    """Read the log once."""
    return read(corpus.LOG.read_bytes())


def compared(name: str) -> str:
    """Return a name as the product compares it."""
    return unicodedata.normalize("NFC", name).lower()


def test_every_line_is_accounted_for(whole: Batch) -> None:
    assert whole.counts == LineCounts(event=323, evidence=818, other=1209)


def test_every_submission_equals_the_truth(whole: Batch) -> None:
    expected = Counter(
        (
            event["queue_id"],
            compared(event["login"]),
            compared(event["env_from"]),
            event["client_ip"],
            corpus.NAMED_BY_OPENSSL[event["tls"]],
            event["mech"],
            len(event["rcpts_ok"]) if event["disposition"] == "queued" else 1,
            event["disposition"] == "queued",
            corpus.taken_at()[event["queue_id"]],
        )
        for event in corpus.submissions()
    )
    found = Counter(
        (
            record.queue_id,
            compared(record.account),
            compared(record.sender_address),
            record.client_ip,
            record.tls_version,
            record.mechanism,
            record.recipients,
            record.recipients_exact,
            record.occurred_at,
        )
        for record in whole.submissions
    )
    assert found == expected
    assert len({record.id for record in whole.submissions}) == len(corpus.submissions())


def test_every_time_is_within_a_second_of_the_clients_clock(whole: Batch) -> None:
    answered = {event["queue_id"]: corpus.answered_at(event) for event in corpus.submissions()}
    late = [(answered[record.queue_id] - record.occurred_at).total_seconds() for record in whole.submissions]
    assert min(late) >= 0
    assert max(late) < 1.1


def test_every_refused_login_equals_the_truth(whole: Batch) -> None:
    expected = Counter(
        (
            event["client_ip"],
            event["mech"],
            corpus.account_in_log(event),
            event["code"] == 454,
            event["cancelled"],
        )
        for event in corpus.refused_logins()
    )
    found = Counter(
        (
            failure.client_ip,
            failure.mechanism,
            failure.account,
            failure.reason is FailureReason.SERVER_FAULT,
            failure.reason is FailureReason.CANCELLED,
        )
        for failure in whole.failures
    )
    assert found == expected
    assert len({failure.id for failure in whole.failures}) == len(corpus.refused_logins())


@pytest.mark.slow
def test_a_thousand_cuts_give_the_whole(whole: Batch) -> None:
    data, rng = corpus.LOG.read_bytes(), Random(20)
    for cut in (rng.randrange(len(data) + 1) for _ in range(1_000)):
        before, after = stream(), stream()
        batches = [before.feed(data[:cut]), before.end_of_input()]
        after.restore(before.state())
        batches += [after.feed(data[cut:]), after.end_of_input()]
        assert joined(batches) == whole, cut
