"""Logs that other projects test with: never an exception, and as many submissions as counted by hand."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from insights.ingest.record import SkipReason
from tests.insights.ingest.formats.exim import corpus
from tests.insights.ingest.formats.exim.reading import read

pytestmark = corpus.needs_corpus


def listed() -> list[tuple[str, int]]:
    """Return the file and the number of submissions of each Exim sample."""
    provenance = corpus.SAMPLES / "PROVENANCE.tsv"
    if not provenance.exists():
        return []
    with provenance.open(encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines, delimiter="\t"))
    return [
        (Path(row["path"]).name, int(row["smtp_auth_submissions"]))
        for row in rows
        if row["path"].startswith("exim/")
    ]


def data_of(name: str) -> bytes:
    """Return a sample as it stands there; Exim's own test suite blots out sizes."""
    return next(path for path in corpus.SAMPLES.glob(f"*{name}")).read_bytes()


@pytest.mark.parametrize(("name", "submissions"), listed())
def test_sample_has_as_many_submissions_as_counted(name: str, submissions: int) -> None:
    data = data_of(name)
    batch = read(data, year=2026)
    assert len(batch.submissions) == submissions
    assert batch.counts.lines == data.count(b"\n")
    assert SkipReason.UNKNOWN_FORM not in batch.counts.unrecognised


@pytest.mark.parametrize(
    ("name", "failures"), [("exim-logs.log", 6), ("exim-syslog.log", 5), ("fail2ban-exim.log", 19)]
)
def test_sample_has_its_refused_logins(name: str, failures: int) -> None:
    batch = read(data_of(name), year=2026)
    assert len(batch.failures) == failures
    assert all(failure.client_ip for failure in batch.failures)


def test_refusal_that_the_client_tried_to_pass_on_is_its_own() -> None:
    found = {failure.client_ip for failure in read(data_of("fail2ban-exim.log"), year=2026).failures}
    assert "192.0.2.6" in found
    assert "8.8.8.8" not in found
