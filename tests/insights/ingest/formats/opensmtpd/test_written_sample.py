"""A written log, whose every event is listed here."""

from __future__ import annotations

from pathlib import Path

from insights.ingest.record import LineCounts, SkipReason
from tests.insights.ingest.formats.opensmtpd.reading import read

SAMPLE = Path(__file__).resolve().parents[4] / "samples" / "opensmtpd" / "two-sessions.log"


def test_every_event_of_the_sample() -> None:
    batch = read(SAMPLE.read_bytes(), year=None)
    [record] = batch.submissions
    assert (record.occurred_at.isoformat(), record.host) == ("2026-05-06T18:21:23+00:00", "gate")
    assert (record.queue_id, record.account, record.sender_address) == (
        "78e5c402",
        "Scanner 2",
        "scans@acme.example",
    )
    assert (record.client_ip, record.tls_version, record.recipients) == ("192.0.2.31", "TLS1.2", 2)
    assert [(f.client_ip, f.account, f.mechanism, f.reason) for f in batch.failures] == [
        ("2001:db8:31::7", "jörg@globex.example", "PLAIN/LOGIN", "wrong_credentials"),
        ("203.0.113.66", "", "LOGIN", "mechanism_not_offered"),
    ]
    assert batch.counts == LineCounts(
        event=3, evidence=11, other=4, unrecognised={SkipReason.UNKNOWN_FORM: 1}
    )
