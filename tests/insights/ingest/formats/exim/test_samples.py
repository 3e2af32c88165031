"""Two written logs, whose every event is listed here."""

from __future__ import annotations

from pathlib import Path

from insights.ingest.record import Batch, LineCounts, SkipReason
from tests.insights.ingest.formats.exim.reading import read

SAMPLES = Path(__file__).resolve().parents[4] / "samples" / "exim"


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


def failures(batch: Batch) -> list[tuple[str, ...]]:
    """Return what tells one refused login from another."""
    return [
        (
            failure.occurred_at.isoformat(),
            failure.account,
            failure.client_ip,
            failure.mechanism,
            failure.reason,
        )
        for failure in batch.failures
    ]


def test_main_log_with_all_selectors_over_the_end_of_summer_time() -> None:
    batch = read((SAMPLES / "mainlog-all-selectors.log").read_bytes(), zone="Europe/Berlin")
    assert submissions(batch) == [
        (
            "2026-10-25T00:59:59.200000+00:00",
            "",
            "scanner2",
            "Scanner-2@acme.example",
            "192.0.2.31",
            "TLS1.0",
            "LOGIN",
            "2",
        ),
        ("2026-10-25T01:00:02.500000+00:00", "", "ACME\\pbx", "", "2001:db8:31::7", "none", "CRAM-MD5", "1"),
        (
            "2026-10-25T01:00:05+00:00",
            "",
            "grace@acme.example",
            "grace@acme.example",
            "192.0.2.40",
            "TLS1.3",
            "XOAUTH2",
            "3+",
        ),
    ]
    assert failures(batch) == [
        ("2026-10-25T01:00:01.007000+00:00", "hélène", "203.0.113.77", "LOGIN", "wrong_credentials"),
        ("2026-10-25T01:00:01.009000+00:00", "hélène", "203.0.113.77", "LOGIN", "wrong_credentials"),
        ("2026-10-25T01:00:03.001000+00:00", "", "203.0.113.78", "PLAIN", "policy"),
    ]
    assert batch.counts == LineCounts(event=6, evidence=2, other=6, unrecognised={SkipReason.NO_STAMP: 1})


def test_syslog_over_new_year_tells_its_year_and_writes_refusals_twice() -> None:
    batch = read((SAMPLES / "syslog-new-year.log").read_bytes(), year=2025, zone="America/New_York")
    assert submissions(batch) == [
        (
            "2026-01-01T04:59:57+00:00",
            "mx1",
            "usernm",
            "usernm@acme.example",
            "198.51.100.22",
            "TLS1.0",
            "PLAIN",
            "1+",
        ),
        (
            "2026-01-01T05:00:01+00:00",
            "mx1",
            "billing",
            "billing@acme.example",
            "",
            "unknown",
            "unknown",
            "3+",
        ),
    ]
    assert failures(batch) == [
        ("2026-01-01T04:59:58+00:00", "root", "203.0.113.5", "LOGIN", "wrong_credentials"),
        ("2026-01-01T04:59:59+00:00", "root", "203.0.113.5", "LOGIN", "server_fault"),
        ("2026-01-01T05:00:02+00:00", "", "192.0.2.60", "LOGIN", "policy"),
    ]
    assert batch.counts == LineCounts(event=5, evidence=1, other=3)
