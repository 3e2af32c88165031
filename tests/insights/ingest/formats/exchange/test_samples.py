"""Written logs of a front end and of its mailbox server, and a published one, with every event listed."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from random import Random

import pytest

from insights.enums import FailureReason
from insights.ingest.record import Batch, SkipReason, joined
from tests.insights.ingest import corpus
from tests.insights.ingest.formats.exchange.reading import FRONT_END, MAILBOX, read, stream

ROWS = {
    ("3001", "ACME\\ann", "ann@acme.example", "192.0.2.31", "TLS1.2", "LOGIN", 1),
    ("3002", "ACME\\ann", "sales@acme.example", "192.0.2.31", "TLS1.2", "LOGIN", 3),
    ("3003", "ACME\\scanner", "scanner@acme.example", "192.0.2.77", "none", "LOGIN", 1),
    ("2002", "ACME\\app", "news@acme-mail.example", "192.0.2.78", "TLS1.3", "PLAIN", 2),
}


def told(batch: Batch) -> set[tuple[object, ...]]:
    return {
        (r.queue_id, r.account, r.sender_address, r.client_ip, r.tls_version, r.mechanism, r.recipients)
        for r in batch.submissions
    }


@pytest.mark.parametrize("order", [(FRONT_END, MAILBOX), (MAILBOX, FRONT_END)])
def test_every_event_of_both_logs_in_either_order(order: tuple[Path, ...]) -> None:
    batch = read(*(path.read_bytes() for path in order))
    assert told(batch) == ROWS
    assert len(batch.submissions) == 4
    assert Counter((f.account, f.client_ip, f.mechanism, f.reason) for f in batch.failures) == {
        ("admin@acme.example", "203.0.113.66", "LOGIN", FailureReason.WRONG_CREDENTIALS): 1,
        ("", "203.0.113.66", "NTLM", FailureReason.WRONG_CREDENTIALS): 1,
    }
    # The mailbox server tells of messages before their logins are read, and of one whose login is in neither log.
    waiting = 1 if order[0] == FRONT_END else 4
    assert batch.counts.unrecognised == {SkipReason.NO_LOGIN: waiting}
    # So three messages of two sessions are three event lines, or the two that hand their sessions on.
    assert (batch.counts.event, batch.counts.lines) == (6 if order[0] == FRONT_END else 5, 137)


@pytest.mark.parametrize("path", [FRONT_END, MAILBOX], ids=lambda path: path.stem)
def test_a_thousand_cuts_give_the_whole(path: Path) -> None:
    data, rng = path.read_bytes(), Random(20)
    whole = read(data)
    for cut in (rng.randrange(len(data) + 1) for _ in range(1_000)):
        before, after = stream(), stream()
        batches = [before.feed(data[:cut]), before.end_of_input()]
        after.restore(before.state())
        batches += [after.feed(data[cut:]), after.end_of_input()]
        parts = joined(batches)
        assert (parts.submissions, parts.failures, parts.counts) == (
            whole.submissions,
            whole.failures,
            whole.counts,
        ), cut


@corpus.needs_corpus
def test_public_samples() -> None:
    """One refusal a line, the last of which has no end; no line of another server counts."""
    for path in (*(corpus.FOLDER.parent / "samples").glob("*.log"), corpus.LOG):
        data = path.read_bytes()
        found = read(data)
        failed = data.count(b"\n") if "exchange" in path.name else 0
        assert (found.submissions, len(found.failures)) == ([], failed), path.name
        assert found.counts.lines == data.count(b"\n"), path.name
