"""The same written events as a log, in colours, as JSON and as a webhook posts them: every event is listed."""

from __future__ import annotations

from random import Random

import pytest

from insights.enums import FailureReason
from insights.ingest.record import LineCounts, SkipReason, joined
from tests.insights.ingest import corpus
from tests.insights.ingest.formats.stalwart.reading import ANN, SAMPLES, read, stream

TEXT, JSON = ("log", "console"), ("events", "webhook")
BOB, SCAN = "bob@acme.example", "scan@acme.example"
WRONG = FailureReason.WRONG_CREDENTIALS
IMITATES = '"a", to = ["b"@acme.example'
TYPED = 'x", remoteIp = 192.0.2.1, accountName = "ann@acme.example'


@pytest.mark.parametrize("name", [*TEXT, *JSON])
def test_every_event(name: str) -> None:
    batch = read((SAMPLES / f"{name}.log").read_bytes())
    is_json = name in JSON
    assert [
        (
            one.account, one.sender_address, one.client_ip, one.tls_version,
            one.recipients, one.recipients_exact, one.size_bytes,
        )
        for one in batch.submissions
    ] == [
        (ANN, ANN, "192.0.2.4", "TLS1.2", 1, True, 1543),
        (ANN, "", "192.0.2.4", "TLS1.2", 3, True, 901),
        (BOB, BOB, "2001:db8::7", "unknown", 1, True, 40),
        (SCAN, SCAN, "198.51.100.30", "none", 1, True, 20480),
        ("", "eve@acme.example", "192.0.2.5", "TLS1.3", 1, True, 700),
        # Text says less of addresses that imitate the line; JSON says all.
        (ANN, IMITATES if is_json else "", "192.0.2.7", "unknown", 1, is_json, 700),
        (ANN, ANN, "192.0.2.7", "unknown", 2 if is_json else 1, is_json, 701),
    ]  # fmt: skip
    assert {one.mechanism for one in batch.submissions} == {"unknown"}
    assert [(one.account, one.client_ip, one.reason) for one in batch.failures] == [
        ("admin@acme.example", "203.0.113.66", WRONG),
        (TYPED if is_json else "x", "203.0.113.66", WRONG),
        ("", "203.0.113.67", WRONG),
        ("root@acme.example", "203.0.113.68", WRONG),
        ("tv@acme.example", "192.0.2.6", FailureReason.POLICY),
        ("", "192.0.2.6", FailureReason.MECHANISM_NOT_OFFERED),
    ]
    lines = (
        LineCounts(event=7, evidence=1) if name == "webhook" else LineCounts(event=13, evidence=21, other=12)
    )
    assert batch.counts == lines


@pytest.mark.parametrize(("names"), [TEXT, JSON])
def test_ids_are_the_same_however_it_was_written(names: tuple[str, str]) -> None:
    one, other = (read((SAMPLES / f"{name}.log").read_bytes()) for name in names)
    assert (one.submissions, one.failures) == (other.submissions, other.failures)
    text = read((SAMPLES / "log.log").read_bytes())
    assert [found.id for found in one.submissions] == [found.id for found in text.submissions]


@pytest.mark.parametrize("name", [*TEXT, *JSON])
def test_a_thousand_cuts_give_the_whole(name: str) -> None:
    data, rng = (SAMPLES / f"{name}.log").read_bytes(), Random(20)
    whole = read(data)
    for cut in (rng.randrange(len(data) + 1) for _ in range(1_000 if name == "log" else 200)):
        before, after = stream(), stream()
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
