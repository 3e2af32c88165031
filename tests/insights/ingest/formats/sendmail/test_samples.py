"""Public logs of many daemons: none raises, and Sendmail's gives what its table of samples says."""

from __future__ import annotations

from collections import Counter

import pytest

from insights.enums import FailureReason
from insights.ingest.record import LineCounts, SkipReason
from tests.insights.ingest import corpus
from tests.insights.ingest.formats.sendmail.reading import read

SAMPLES = corpus.FOLDER.parent / "samples"
pytestmark = pytest.mark.skipif(not SAMPLES.exists(), reason="no ../shared/corpora beside this checkout")


def test_refused_logins_of_fail2ban() -> None:
    """36 lines: 13 that fail2ban bans for, the rest comments and empty; no message."""
    batch = read((SAMPLES / "sendmail-fail2ban-sendmail-auth.log").read_bytes(), year=2005)
    assert batch.submissions == []
    assert batch.counts == LineCounts(13, unrecognised={SkipReason.EMPTY: 9, SkipReason.NO_STAMP: 14})
    assert Counter(failure.reason for failure in batch.failures) == {
        FailureReason.POLICY: 6,
        FailureReason.WRONG_CREDENTIALS: 7,
    }
    assert [(f.occurred_at.isoformat(), f.client_ip, f.account, f.mechanism) for f in batch.failures] == [
        ("2005-02-16T23:33:20+00:00", "190.5.230.178", "", "unknown"),
        ("2005-02-16T23:40:36+00:00", "75.176.164.191", "", "unknown"),
        ("2005-02-24T12:10:15+00:00", "211.75.6.133", "", "unknown"),
        ("2005-02-24T13:00:17+00:00", "95.70.241.192", "", "unknown"),
        ("2005-02-24T14:00:00+00:00", "192.0.2.1", "", "unknown"),
        ("2005-02-24T14:00:01+00:00", "192.0.2.2", "", "unknown"),
        ("2005-02-25T04:02:27+00:00", "192.0.2.3", "user@example.com", "LOGIN"),
        ("2005-02-25T04:02:28+00:00", "192.0.2.4", "criminal, relay=[192.0.2.100]", "LOGIN"),
        ("2005-05-24T01:58:40+00:00", "192.0.2.5", "scanner", "DIGEST-MD5"),
        ("2005-05-24T01:59:07+00:00", "192.0.2.6", "scan", "CRAM-MD5"),
        ("2005-05-29T23:14:04+00:00", "192.0.2.7", "test", "LOGIN"),
        ("2005-05-29T23:14:04+00:00", "192.0.2.8", "test", "PLAIN"),
        ("2005-05-29T23:14:05+00:00", "192.0.2.9", "", "LOGIN"),
    ]


@pytest.mark.parametrize("name", sorted(path.name for path in SAMPLES.glob("*.log")))
def test_no_sample_raises_and_none_of_another_daemon_counts(name: str) -> None:
    data = (SAMPLES / name).read_bytes()
    batch = read(data)
    assert batch.counts.lines == data.count(b"\n")
    if not name.startswith("sendmail"):
        assert (batch.submissions, batch.failures) == ([], [])
