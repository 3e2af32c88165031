"""The real log against its truth, field by field, and cut in two at a thousand places."""

from __future__ import annotations

import unicodedata
from collections import Counter
from random import Random

import pytest

from insights.enums import FailureReason
from insights.ingest.record import Batch, LineCounts, joined
from tests.insights.ingest.corpus import NAMED_BY_OPENSSL, answered_at
from tests.insights.ingest.formats.exim import corpus
from tests.insights.ingest.formats.exim.reading import read, stream

pytestmark = corpus.needs_corpus


@pytest.fixture(scope="module")
def whole() -> Batch:
    """Read the log once."""
    return read(corpus.LOG.read_bytes())


def compared(name: str) -> str:
    """Return a name as the product compares it."""
    return unicodedata.normalize("NFC", name).lower()


def test_every_line_is_accounted_for(whole: Batch) -> None:
    assert whole.counts == LineCounts(event=309, evidence=6, other=1011)
    assert whole.counts.lines == corpus.LOG.read_bytes().count(b"\n")


def test_every_submission_equals_the_truth(whole: Batch) -> None:
    taken = corpus.taken_at()
    assert Counter(
        (
            record.queue_id,
            compared(record.account),
            record.sender_address,
            record.client_ip,
            record.tls_version,
            record.mechanism,
            record.messages,
            record.occurred_at,
        )
        for record in whole.submissions
    ) == Counter(
        (
            event["queue_id"],
            compared(event["login"]),
            event["env_from"],
            event["client_ip"],
            NAMED_BY_OPENSSL[event["tls"]],
            event["mech"],
            1,
            taken[event["queue_id"]],
        )
        for event in corpus.submissions()
    )
    assert len({record.id for record in whole.submissions}) == len(corpus.submissions()) == 300


def test_accounts_are_written_as_they_were_typed(whole: Batch) -> None:
    assert {record.queue_id: record.account for record in whole.submissions} == {
        event["queue_id"]: event["login_typed"] for event in corpus.submissions()
    }


def test_recipients_are_a_lower_bound_because_this_log_does_not_name_them(whole: Batch) -> None:
    assert {(record.recipients, record.recipients_exact) for record in whole.submissions} == {(1, False)}
    assert min(len(event["rcpts_ok"]) for event in corpus.submissions()) == 1


def test_every_time_is_within_a_second_of_the_clients_clock(whole: Batch) -> None:
    answered = {event["queue_id"]: answered_at(event) for event in corpus.submissions()}
    late = [(answered[record.queue_id] - record.occurred_at).total_seconds() for record in whole.submissions]
    assert min(late) >= 0
    assert max(late) < 1.1


def refused(batch: Batch) -> Counter[tuple[object, ...]]:
    """Return what tells one refused login from another."""
    return Counter(
        (failure.account, failure.client_ip, failure.mechanism, failure.occurred_at, failure.reason)
        for failure in batch.failures
    )


def test_every_refused_login_equals_the_truth(whole: Batch) -> None:
    assert refused(whole) == Counter(
        (
            event["login_typed"],
            event["client_ip"],
            event["mech"],
            answered_at(event).replace(microsecond=0),
            FailureReason.WRONG_CREDENTIALS,
        )
        for event in corpus.refused_logins()
    )
    assert len({failure.id for failure in whole.failures}) == len(corpus.refused_logins()) == 9


def test_reject_log_has_the_same_refused_logins(whole: Batch) -> None:
    batch = read(corpus.REJECT_LOG.read_bytes())
    assert (batch.submissions, batch.failures) == ([], whole.failures)
    assert batch.counts == LineCounts(event=9, evidence=6, other=87)


def test_reject_log_after_the_main_log_adds_nothing(whole: Batch) -> None:
    reader = stream()
    main = [reader.feed(corpus.LOG.read_bytes()), reader.end_of_input()]
    reject = [reader.feed(corpus.REJECT_LOG.read_bytes()), reader.end_of_input()]
    assert joined(main) == whole
    assert {failure.id for failure in joined(reject).failures} == {failure.id for failure in whole.failures}


def cut_anywhere(data: bytes, *, places: int) -> None:
    """Check that a log cut in two gives what the whole gives."""
    rng, whole = Random(20), read(data, year=2026)
    for cut in (rng.randrange(len(data) + 1) for _ in range(places)):
        before, after = stream(year=2026), stream(year=2026)
        batches = [before.feed(data[:cut]), before.end_of_input()]
        after.restore(before.state())
        batches += [after.feed(data[cut:]), after.end_of_input()]
        assert joined(batches) == whole, cut


@pytest.mark.slow
def test_a_thousand_cuts_give_the_whole() -> None:
    cut_anywhere(corpus.LOG.read_bytes(), places=1_000)


@pytest.mark.slow
def test_cuts_of_the_reject_log_and_of_the_log_as_syslog_keeps_it_give_the_whole() -> None:
    cut_anywhere(corpus.REJECT_LOG.read_bytes(), places=300)
    lines = corpus.LOG.read_bytes().splitlines(keepends=True)[200:500]
    cut_anywhere(b"".join(b"Nov 23 %b mx1 exim[9]: %b" % (line[11:19], line) for line in lines), places=300)
