"""Two written logs, whose every event is listed here."""

from __future__ import annotations

from pathlib import Path

from insights.ingest.record import Batch, LineCounts, SkipReason
from tests.insights.ingest.formats.reading import read

SAMPLES = Path(__file__).resolve().parents[3] / "samples" / "postfix"


def submissions(batch: Batch) -> list[tuple[str, ...]]:
    """Return what tells one submission from another."""
    return [
        (
            record.occurred_at.isoformat(),
            record.host,
            record.account,
            record.sender_address,
            record.client_ip,
            record.tls_version,
            record.mechanism,
            f"{record.recipients}{'' if record.recipients_exact else '+'}",
        )
        for record in batch.submissions
    ]


def test_two_relays_with_the_same_queue_ids_and_processes() -> None:
    batch = read((SAMPLES / "two-relays.log").read_bytes(), year=None)
    assert submissions(batch) == [
        (
            "2026-03-28T23:59:59.200000+00:00",
            "relay2",
            "grace@globex.example",
            "grace@globex.example",
            "2001:db8:31::7",
            "TLS1.3",
            "XOAUTH2",
            "2",
        ),
        (
            "2026-03-28T23:59:59.200000+00:00",
            "relay1",
            "Scanner-2",
            "scans@acme.example",
            "192.0.2.31",
            "TLS1.0",
            "LOGIN",
            "1",
        ),
    ]
    assert [(f.occurred_at.isoformat(), f.reason, f.detail) for f in batch.failures] == [
        ("2026-03-29T01:16:00+00:00", "wrong_credentials", "UGFzc3dvcmQ6"),
        ("2026-03-29T01:16:01+00:00", "wrong_credentials", "UGFzc3dvcmQ6"),
        ("2026-03-29T01:16:01+00:00", "wrong_credentials", "UGFzc3dvcmQ6"),
    ]
    assert batch.counts == LineCounts(event=4, evidence=8, other=8)


def test_new_year_without_a_year() -> None:
    batch = read((SAMPLES / "new-year.log").read_bytes(), year=2025, zone="America/New_York")
    assert submissions(batch) == [
        ("2026-01-01T05:00:01+00:00", "mail", "ACME\\door", "", "198.51.100.9", "none", "PLAIN", "1"),
        (
            "2026-01-01T05:00:00+00:00",
            "mail",
            "jörg, of sales",
            '"jörg, of sales"@acme.example',
            "198.51.100.8",
            "TLS1.2",
            "CRAM-MD5",
            "1+",
        ),
    ]
    assert [(f.account, f.reason) for f in batch.failures] == [("", "server_fault")]
    assert batch.counts == LineCounts(
        event=3, evidence=11, other=3, unrecognised={SkipReason.NO_STAMP: 1, SkipReason.BAD_STAMP: 1}
    )
