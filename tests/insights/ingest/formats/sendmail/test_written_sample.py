"""A written log, whose every event is listed here: of Solaris, over New Year, with a milter and an odd client."""

from __future__ import annotations

from pathlib import Path

from insights.ingest.record import LineCounts, SkipReason
from tests.insights.ingest.formats.sendmail.reading import read

SAMPLE = Path(__file__).resolve().parents[4] / "samples" / "sendmail" / "milter-and-solaris.log"


def test_every_event_of_the_sample() -> None:
    batch = read(SAMPLE.read_bytes(), year=2025, zone="America/New_York")
    assert [
        (
            r.occurred_at.isoformat(),
            r.queue_id,
            r.account,
            r.sender_address,
            r.client_ip,
            r.tls_version,
            r.mechanism,
            r.recipients,
        )
        for r in batch.submissions
    ] == [
        (
            "2026-01-01T04:59:59+00:00",
            "5BVMxw1a000902",
            "ACME\\scanner",
            '"scan, 2nd floor"@acme.example',
            "192.0.2.31",
            "TLS1.0",
            "LOGIN",
            1,
        ),
        (
            "2026-01-01T05:00:02+00:00",
            "5BVMxw2c000903",
            "jörg@globex.example",
            "",
            "2001:db8:31::7",
            "TLS1.3",
            "SCRAM-SHA-256",
            3,
        ),
    ]
    assert [(f.occurred_at.isoformat(), f.client_ip, f.account, f.reason) for f in batch.failures] == [
        ("2026-01-01T05:00:09+00:00", "203.0.113.66", "root, relay=[198.51.100.7]", "wrong_credentials"),
    ] * 2
    assert len({failure.id for failure in batch.failures}) == 2
    assert batch.counts == LineCounts(event=4, evidence=9, other=3, unrecognised={SkipReason.NO_LOGIN: 1})
