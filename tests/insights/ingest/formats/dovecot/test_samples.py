"""A log that Dovecot 2.3.19 wrote about a client that noted what it did, and a written one in the form of 2.4."""

from __future__ import annotations

from collections import Counter
from random import Random

import pytest

from insights.enums import FailureReason
from insights.ingest.record import LineCounts, SkipReason, joined
from tests.insights.ingest import corpus
from tests.insights.ingest.formats.dovecot.reading import SAMPLES, read, stream

OWN, BY_SYSLOG = SAMPLES / "own-file-2.3.log", SAMPLES / "syslog-2.4.log"
ANN, BOB = "ann@acme.example", "bob@acme.example"


def test_every_event_of_the_real_log() -> None:
    batch = read(OWN.read_bytes(), year=None)
    assert [
        (r.account, r.sender_address, r.client_ip, r.tls_version, r.mechanism, r.recipients)
        for r in batch.submissions
    ] == [
        (ANN, ANN, "192.0.2.31", "TLS1.3", "CRAM-MD5", 2),
        (ANN, ANN, "192.0.2.31", "TLS1.3", "CRAM-MD5", 2),
        (BOB, BOB, "192.0.2.32", "TLS1.2", "LOGIN", 1),
        (ANN, ANN, "192.0.2.33", "none", "CRAM-MD5", 1),
        (ANN, ANN, "2001:db8::9", "none", "CRAM-MD5", 1),
        (ANN, ANN, "192.0.2.34", "TLS1.1", "CRAM-MD5", 1),
        (ANN, ANN, "192.0.2.34", "TLS1.0", "CRAM-MD5", 1),
        ("scanner 2@acme.example", '"scan ner"@acme.example', "192.0.2.35", "TLS1.2", "CRAM-MD5", 1),
        ("jörg@acme.example", "", "192.0.2.36", "TLS1.3", "PLAIN", 1),
        (ANN, ANN, "192.0.2.37", "unknown", "CRAM-MD5", 1),
        (ANN, ANN, "127.0.0.1", "unknown", "CRAM-MD5", 1),
        (ANN, ANN, "127.0.0.1", "TLS1.3", "CRAM-MD5", 1),
        (ANN, ANN, "192.0.2.31", "TLS1.3", "CRAM-MD5", 1),
        (ANN, ANN, "192.0.2.40", "TLS1.3", "CRAM-MD5", 1),
    ]
    assert Counter((f.account, f.client_ip, f.mechanism, f.reason) for f in batch.failures) == {
        ("admin", "203.0.113.66", "PLAIN", FailureReason.WRONG_CREDENTIALS): 1,
        (ANN, "203.0.113.66", "PLAIN", FailureReason.WRONG_CREDENTIALS): 3,
        (
            "admin>, method=PLAIN, rip=10.9.9.9, session=<x",
            "203.0.113.67",
            "PLAIN",
            FailureReason.WRONG_CREDENTIALS,
        ): 1,
        ("admin", "203.0.113.67", "PLAIN", FailureReason.WRONG_CREDENTIALS): 1,
        ("", "203.0.113.68", "GSSAPI", FailureReason.MECHANISM_NOT_OFFERED): 1,
        ("", "203.0.113.68", "PLAIN", FailureReason.CANCELLED): 1,
        ("", "203.0.113.68", "LOGIN", FailureReason.CANCELLED): 2,
    }
    assert batch.counts == LineCounts(event=22, evidence=29, other=13)


def test_every_event_of_the_written_log() -> None:
    batch = read(BY_SYSLOG.read_bytes(), year=None)
    assert [
        (r.account, r.sender_address, r.client_ip, r.tls_version, r.mechanism, r.recipients)
        for r in batch.submissions
    ] == [
        (ANN, ANN, "192.0.2.31", "unknown", "PLAIN", 1),
        ("Scanner 2", "", "2001:db8:31::7", "TLS1.3", "XOAUTH2", 3),
        (
            "Scanner 2",
            '"a>, size=1, id=x, nrcpt=9, reply=`"@acme.example',
            "2001:db8:31::7",
            "TLS1.3",
            "XOAUTH2",
            1,
        ),
        (ANN, ANN, "192.0.2.31", "none", "PLAIN", 1),
        (BOB, BOB, "", "unknown", "unknown", 1),
    ]
    assert {r.host for r in batch.submissions} == {"gate"}
    assert [(f.account, f.client_ip, f.reason) for f in batch.failures] == [
        ("admin", "203.0.113.66", FailureReason.WRONG_CREDENTIALS)
    ] * 2
    assert batch.counts == LineCounts(event=6, evidence=5, other=6, unrecognised={SkipReason.UNKNOWN_FORM: 1})


@pytest.mark.parametrize("path", [OWN, BY_SYSLOG], ids=lambda path: path.stem)
def test_a_thousand_cuts_give_the_whole(path: object) -> None:
    data, rng = (SAMPLES / str(path)).read_bytes(), Random(20)
    whole = read(data, year=None)
    for cut in (rng.randrange(len(data) + 1) for _ in range(1_000)):
        before, after = stream(year=None), stream(year=None)
        batches = [before.feed(data[:cut]), before.end_of_input()]
        after.restore(before.state())
        batches += [after.feed(data[cut:]), after.end_of_input()]
        assert joined(batches)[:2] == whole[:2], cut
        assert joined(batches).counts == whole.counts, cut


@corpus.needs_corpus
def test_public_samples() -> None:
    """Two refused logins were counted by hand in all of them; no line of another daemon counts."""
    samples = corpus.FOLDER.parent / "samples"
    batch = read((samples / "dovecot-fail2ban-dovecot.log").read_bytes())
    assert [(f.account, f.client_ip, f.mechanism) for f in batch.failures] == [
        ("user1", "192.0.2.133", "LOGIN"),
        ("user4", "192.0.2.169", "PLAIN"),
    ]
    for path in (*samples.glob("*.log"), corpus.LOG):
        data = path.read_bytes()
        found = read(data)
        failed = 2 if "fail2ban-dovecot" in path.name else 0
        assert (found.submissions, len(found.failures)) == ([], failed), path.name
        assert found.counts.lines == data.count(b"\n"), path.name
        assert SkipReason.UNKNOWN_FORM not in found.counts.unrecognised, path.name
