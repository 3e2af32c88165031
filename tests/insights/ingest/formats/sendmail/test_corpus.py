"""The real log against its truth, field by field, and cut in two at a thousand places."""

from __future__ import annotations

from collections import Counter
from random import Random

import pytest

from insights.enums import FailureReason
from insights.ingest.record import Batch, LineCounts, joined
from tests.insights.ingest.corpus import NAMED_BY_OPENSSL, answered_at
from tests.insights.ingest.formats.sendmail import corpus
from tests.insights.ingest.formats.sendmail.reading import read, stream

pytestmark = corpus.needs_corpus


@pytest.fixture(scope="module")
def whole() -> Batch:
    """Read the log once."""
    return read(corpus.LOG.read_bytes())


def test_every_line_is_accounted_for(whole: Batch) -> None:
    assert whole.counts == LineCounts(event=204, evidence=194, other=92)


def test_every_submission_equals_the_truth(whole: Batch) -> None:
    logged = corpus.logged_at()
    assert Counter(
        (
            record.queue_id,
            record.host,
            record.account.lower(),
            record.sender_address,
            record.client_ip,
            record.tls_version,
            record.mechanism,
            record.recipients,
            record.recipients_exact,
            record.occurred_at,
        )
        for record in whole.submissions
    ) == Counter(
        (
            event["queue_id"],
            "mail",
            event["login"],
            event["env_from"],
            event["client_ip"],
            NAMED_BY_OPENSSL[event["tls"]],
            event["mech"],
            len(event["rcpts_ok"]),
            True,
            logged[event["queue_id"]],
        )
        for event in corpus.submissions()
    )
    assert len({record.id for record in whole.submissions}) == len(corpus.submissions()) == 185


def test_every_time_is_within_a_second_of_the_clients_clock(whole: Batch) -> None:
    answered = {event["queue_id"]: answered_at(event) for event in corpus.submissions()}
    late = [(answered[record.queue_id] - record.occurred_at).total_seconds() for record in whole.submissions]
    assert min(late) >= 0
    assert max(late) <= 1.0


def test_every_refused_login_equals_the_truth(whole: Batch) -> None:
    assert Counter(
        (failure.account, failure.client_ip, failure.mechanism, failure.occurred_at, failure.reason)
        for failure in whole.failures
    ) == Counter(
        (
            event["login_typed"],
            event["client_ip"],
            event["mech"],
            answered_at(event).replace(microsecond=0),
            FailureReason.WRONG_CREDENTIALS,
        )
        for event in corpus.refused_logins()
    )
    assert len({failure.id for failure in whole.failures}) == len(corpus.refused_logins()) == 19


@pytest.mark.slow
def test_a_thousand_cuts_give_the_whole(whole: Batch) -> None:
    data, rng = corpus.LOG.read_bytes(), Random(20)
    for cut in (rng.randrange(len(data) + 1) for _ in range(1_000)):
        before, after = stream(), stream()
        batches = [before.feed(data[:cut]), before.end_of_input()]
        after.restore(before.state())
        batches += [after.feed(data[cut:]), after.end_of_input()]
        assert joined(batches) == whole, cut
