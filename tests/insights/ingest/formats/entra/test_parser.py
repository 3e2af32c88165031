"""Sign-ins in files: written logs in every layout, whose events are listed; and the same through the database."""

from __future__ import annotations

import json
from collections import Counter
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core.management import call_command

from insights.ingest.formats.entra import EntraParser
from insights.ingest.formats.entra.sign_ins import SignIns
from insights.ingest.inputs import open_log
from insights.ingest.record import Batch, LineCounts, joined
from insights.ingest.stream import LogStream
from insights.models import ImportStatus, LoginFailure, Submission, SubmissionDay
from tenants.scope import tenant_scope
from tests.cast import Cast
from tests.imports import assert_recounted, import_bytes, import_file, imported, kept
from tests.insights.connectors.graph.directory import NOW, sign_in

SAMPLES = Path(__file__).resolve().parents[4] / "samples" / "entra"
FILES = ["portal.json", "graph.json", "diagnostic-setting.json"]
RECORDS: list[dict[str, Any]] = json.loads((SAMPLES / "portal.json").read_bytes())


def read(*inputs: bytes, **bounds: datetime) -> Batch:
    """Read inputs of one source, each by a process of its own."""
    batches, state = [], None
    for data in inputs:
        stream = LogStream(
            EntraParser(source_key="a source", zone=ZoneInfo("Asia/Tokyo"), year=None, **bounds)
        )
        if state is not None:
            stream.restore(state)
        batches += [stream.feed(data), stream.end_of_input()]
        state = stream.state()
    return joined(batches)


def lines_of(path: Path) -> bytes:
    with open_log(path, unfolds=True) as log:
        return b"".join(log.chunks())


def ndjson(*records: Any) -> bytes:
    return b"".join(json.dumps(one).encode() + b"\n" for one in records)


@pytest.mark.parametrize("name", FILES)
def test_every_event_of_a_file(name: str) -> None:
    batch = read(lines_of(SAMPLES / name))
    told = [
        (f"{one.occurred_at:%H:%M:%S.%f}", one.account, one.client_ip, one.mechanism)
        for one in batch.submissions
    ]
    assert sorted(told) == [
        ("08:05:11.160562", "mueller@acme.example", "192.0.2.31", "PLAIN/LOGIN"),
        ("08:20:11.160562", "scanner@acme.example", "192.0.2.31", "PLAIN/LOGIN"),
        ("08:44:11.160562", "erp@acme.example", "198.51.100.9", "unknown"),
    ]  # fmt: skip
    assert {(one.messages, one.logins, one.recipients, one.tls_version) for one in batch.submissions} == {
        (0, 1, 0, "unknown")
    }
    assert sorted((one.account, one.client_ip, one.reason, one.detail[:5]) for one in batch.failures) == [
        ("boss@acme.example", "203.0.113.66", "policy", "53003"),
        ("boss@acme.example", "203.0.113.66", "wrong_credentials", "50126"),
    ]
    assert batch.counts == LineCounts(event=5, other=2)


@pytest.mark.parametrize("name", FILES)
def test_events_are_those_that_graph_gives(name: str) -> None:
    asked = SignIns(source_key="a source").read(RECORDS)
    batch = read(lines_of(SAMPLES / name))
    assert sorted(batch.submissions) == sorted(asked.submissions)
    assert sorted(batch.failures) == sorted(asked.failures)


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b"\n", "empty"),
        (b"no json\n", "no_json"),
        (b'{"id": "1"\n', "no_json"),
        (b"[1]\n", "no_json"),
        (ndjson("text"), "no_json"),
        (ndjson(sign_in(1, id="")), "bad_record"),
        (ndjson({"properties": sign_in(1, status={})}), "bad_record"),
        (ndjson({"value": [sign_in(1)]}), "unknown_form"),
        (ndjson(sign_in(1, createdDateTime="yesterday")), "bad_stamp"),
        (ndjson(sign_in(1, at=NOW - timedelta(days=91))), "before_retention"),
        (ndjson(sign_in(1, at=NOW + timedelta(days=2))), "in_the_future"),
        (b"{" + b'"a":[' * 10_000 + b"\n", "no_json"),
        (b'{"a":"' + b"x" * 70_000 + b'"}\n', "too_long"),
    ],
)
def test_what_is_no_sign_in_is_counted_with_its_reason(line: bytes, reason: str) -> None:
    bounds = {"earliest": NOW - timedelta(days=90), "latest": NOW + timedelta(days=1)}
    batch = read(ndjson(sign_in(7)) + line, **bounds)
    assert (dict(batch.counts.unrecognised), batch.counts.event, batch.counts.lines) == ({reason: 1}, 1, 2)
    assert [(one.line_number, str(one.reason)) for one in batch.skipped] == [(2, reason)]


@pytest.mark.parametrize("record", [{"properties": {"a": 1}}, {"properties": [1]}, {"time": "x"}, {}])
def test_other_records_are_other_matters(record: dict[str, Any]) -> None:
    assert read(ndjson(record)).counts == LineCounts(other=1)


def test_cut_at_any_byte_changes_nothing() -> None:
    log = ndjson(*(sign_in(n, at=NOW - timedelta(minutes=3 - n), code=n % 2 * 50126) for n in range(3)))
    whole = read(log)
    for place in range(len(log)):
        pieces = read(log[:place], log[place:])
        assert (pieces.submissions, pieces.failures, pieces.counts) == (*whole[:2], whole.counts)


def rows_of(cast: Cast) -> tuple[Counter[str], Counter[str]]:
    with tenant_scope([cast.acme.pk]):
        return (
            Counter(Submission.objects.values_list("account", flat=True)),
            Counter(LoginFailure.objects.values_list("account", flat=True)),
        )


EXPECTED = (
    {"mueller@acme.example": 1, "scanner@acme.example": 1, "erp@acme.example": 1},
    {"boss@acme.example": 2},
)


@pytest.mark.django_db
def test_rows_are_logins_without_messages_and_every_layout_counts_once(cast: Cast) -> None:
    for number, name in enumerate(FILES):
        came = import_file(cast.acme, SAMPLES / name, format="entra")
        assert (came.status, came.lines, came.submissions_stored + came.failures_stored) == (
            ImportStatus.DONE, 7, 0 if number else 5,
        )  # fmt: skip
        assert came.held_bytes == 0
    assert rows_of(cast) == EXPECTED
    with tenant_scope([cast.acme.pk]):
        assert set(Submission.objects.values_list("messages", "logins", "tls_version")) == {(0, 1, "unknown")}
        assert sum(SubmissionDay.objects.values_list("logins", flat=True)) == 3
        assert sum(SubmissionDay.objects.values_list("messages", flat=True)) == 0
    assert_recounted(cast.acme)


@pytest.mark.django_db
def test_lines_cut_in_two_files_are_the_rows_of_the_whole(cast: Cast, tmp_path: Path) -> None:
    log = (SAMPLES / "diagnostic-setting.json").read_bytes()
    for part in (log[:2_000], log[2_000:]):
        imported(cast.acme, tmp_path, part, format="entra")
    assert rows_of(cast) == EXPECTED
    assert_recounted(cast.acme)


@pytest.mark.django_db
def test_document_that_breaks_off_fails_and_what_came_before_stays(cast: Cast, tmp_path: Path) -> None:
    whole = (SAMPLES / "graph.json").read_bytes()
    came = import_bytes(cast.acme, tmp_path, whole[: whole.index(b'"boss@') + 9], format="entra")
    assert (came.status, came.lines, came.submissions_stored) == (ImportStatus.FAILED, 2, 1)
    assert "is damaged or ends early." in came.message
    imported(cast.acme, tmp_path, whole, format="entra")
    assert rows_of(cast) == EXPECTED
    assert_recounted(cast.acme)


@pytest.mark.django_db
@pytest.mark.parametrize("empty", [b"[]", b'{"value": []}\n'])
def test_file_without_records_is_refused(cast: Cast, tmp_path: Path, empty: bytes) -> None:
    came = import_bytes(cast.acme, tmp_path, empty, format="entra")
    assert (came.status, came.message.endswith("holds no records.")) == (ImportStatus.REFUSED, True)


@pytest.mark.django_db
def test_large_document_is_read_in_portions_and_goes_on_after_a_crash(cast: Cast, tmp_path: Path) -> None:
    began = datetime(2026, 11, 20, tzinfo=UTC)
    records = [
        sign_in(n, at=began + timedelta(seconds=n), user=f"u{n % 50}@acme.example") for n in range(9_000)
    ]
    path = tmp_path / "sign-ins.json"
    path.write_text(json.dumps({"value": records}, indent=1))
    first = import_file(cast.acme, path, format="entra")
    assert (first.status, first.submissions_stored) == (ImportStatus.DONE, 9_000)
    rows = kept(cast.acme)
    second = import_file(cast.acme, path, format="entra")
    assert (second.submissions_stored, second.submissions_duplicate) == (0, 9_000)
    assert kept(cast.acme) == rows
    assert_recounted(cast.acme)


@pytest.mark.django_db
def test_command_recognises_sign_ins(cast: Cast) -> None:
    printed = StringIO()
    call_command(
        "ingest", SAMPLES / "portal.json", tenant="acme", source="m365", format="auto", stdout=printed
    )
    assert "Recognised as entra (certain)" in printed.getvalue()
    assert rows_of(cast) == EXPECTED
