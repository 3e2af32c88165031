"""Logs that Haraka 3.3.4 wrote in each of its formats about a client that noted what it did."""

from __future__ import annotations

from random import Random

import pytest

from insights.enums import FailureReason
from insights.ingest.record import LineCounts, SkipReason, joined
from tests.insights.ingest import corpus
from tests.insights.ingest.formats.haraka.reading import ANN, SAMPLES, read, stream

NAMED = ["default", "json", "logfmt"]


@pytest.mark.parametrize("name", NAMED)
def test_every_event(name: str) -> None:
    """The default one was written with a plugin that logs names, the others without."""
    batch = read((SAMPLES / f"{name}.log").read_bytes(), year=None)
    named = name == "default"
    bob, plain = ("bob", ANN) if named else ("", "")
    login, plain_login = ("LOGIN", "PLAIN") if named else ("PLAIN/LOGIN", "PLAIN/LOGIN")
    assert [
        (r.account, r.sender_address, r.client_ip, r.tls_version, r.mechanism, r.recipients, r.size_bytes)
        for r in batch.submissions
    ] == [
        (ANN, ANN, "127.0.0.31", "TLS1.3", "CRAM-MD5", 2, 40),
        (ANN, ANN, "127.0.0.31", "TLS1.3", "CRAM-MD5", 2, 40),
        (bob, "bob@acme.example", "127.0.0.32", "TLS1.2", login, 1, 40),
        (plain, ANN, "127.0.0.33", "none", plain_login, 1, 40),
        (ANN, ANN, "127.0.0.34", "unknown", "CRAM-MD5", 1, 40),
        (ANN, "", "127.0.0.35", "TLS1.1", "CRAM-MD5", 1, 40),
        (ANN, '"a> code=OK b"@acme.example', "127.0.0.35", "TLS1.3", "CRAM-MD5", 1, 61),
        (ANN, ANN, "192.0.2.31", "TLS1.3", "CRAM-MD5", 1, 40),
        (plain, ANN, "192.0.2.32", "unknown", plain_login, 1, 40),
        (ANN, ANN, "127.0.0.40", "TLS1.3", "CRAM-MD5", 1, 20),
    ]
    assert [(f.account, f.client_ip, f.mechanism, f.reason) for f in batch.failures] == [
        ("", "127.0.0.66", "PLAIN/LOGIN", FailureReason.WRONG_CREDENTIALS),
        ("", "127.0.0.66", "PLAIN/LOGIN", FailureReason.WRONG_CREDENTIALS),
        ("", "127.0.0.66", "PLAIN/LOGIN", FailureReason.WRONG_CREDENTIALS),
        ("", "127.0.0.40", "PLAIN/LOGIN", FailureReason.WRONG_CREDENTIALS),
    ]
    assert batch.counts == LineCounts(event=13, evidence=110 if named else 100, other=33 if named else 34)


@pytest.mark.parametrize("name", NAMED)
def test_a_thousand_cuts_give_the_whole(name: str) -> None:
    data, rng = (SAMPLES / f"{name}.log").read_bytes(), Random(20)
    whole = read(data, year=None)
    for cut in (rng.randrange(len(data) + 1) for _ in range(1_000 if name == "default" else 100)):
        before, after = stream(year=None), stream(year=None)
        batches = [before.feed(data[:cut]), before.end_of_input()]
        after.restore(before.state())
        batches += [after.feed(data[cut:]), after.end_of_input()]
        assert joined(batches) == whole, cut


@corpus.needs_corpus
def test_logs_of_other_servers() -> None:
    for path in (*(corpus.FOLDER.parent / "samples").glob("*.log"), corpus.LOG):
        data = path.read_bytes()
        found = read(data)
        assert (found.submissions, found.failures) == ([], []), path.name
        assert found.counts.lines == data.count(b"\n"), path.name
        assert SkipReason.UNKNOWN_FORM not in found.counts.unrecognised, path.name
