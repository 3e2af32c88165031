"""Batches of events over the API: what is stored, what is known, what is refused and why."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest

from insights.models import (
    ImportKind,
    LogImport,
    LoginFailure,
    LoginFailureDay,
    Source,
    Submission,
    SubmissionDay,
)
from tenants.scope import tenant_scope
from tests.api import tenant_api
from tests.cast import Cast
from tests.insights.api.ingest.records import login_failure, submission
from tests.insights.api.ingest.senders import post, send_batch, sender, stored

pytestmark = pytest.mark.django_db


def test_submission_is_stored_with_every_member(cast: Cast) -> None:
    record = {
        "occurred_at": "2026-11-17T09:11:05.25+01:00",
        "account": "Anna@ACME.example",
        "sender_address": "Büro@Bücher.example",
        "client_ip": "::ffff:192.0.2.7",
        "tls_version": "TLS1.2",
        "mechanism": "scram-sha-256",
        "recipients": 3,
        "recipients_exact": False,
        "messages": 2,
        "size_bytes": 4321,
        "host": "mx1",
        "queue_id": "4ABC",
    }
    # A second ago: what is ahead of the clock moves no watermark.
    at = (datetime.now(UTC) - timedelta(seconds=1)).replace(microsecond=250_000)
    record["occurred_at"] = at.isoformat()
    answer = send_batch(sender(cast.acme), [record])
    with tenant_scope([cast.acme.pk]):
        row = dict(Submission.objects.values().get())
        day = SubmissionDay.objects.get()
        source = Source.objects.get()
        account = LogImport.objects.get()
    assert {name: row[name] for name in record if name != "tls_version"} == {
        **{name: value for name, value in record.items() if name != "tls_version"},
        "occurred_at": at,
        "account": "anna@acme.example",
        "sender_address": "büro@bücher.example",
        "client_ip": "192.0.2.7",
        "mechanism": "SCRAM-SHA-256",
    }
    assert (row["tls_version"], row["auth_class"], row["sender_domain"]) == (
        "TLS1.2",
        "basic",
        "xn--bcher-kva.example",
    )
    assert (day.messages, day.recipients, day.account) == (2, 3, "anna@acme.example")
    assert (source.name, source.format, source.last_line_at) == ("relay", "events", at)
    assert answer == {
        "source": "relay",
        "import": str(account.pk),
        "accepted": 1,
        "duplicate": 0,
        "rejected": [],
    }
    assert (account.kind, account.lines, account.submissions_stored) == (ImportKind.SUBMISSIONS, 1, 1)


def test_login_failure_is_stored(cast: Cast) -> None:
    send_batch(sender(cast.acme), [login_failure(detail="bad password")], kind="login-failures")
    with tenant_scope([cast.acme.pk]):
        row = LoginFailure.objects.get()
        day = LoginFailureDay.objects.get()
    assert (row.account, row.client_ip, row.mechanism, row.reason, row.detail) == (
        "admin",
        "203.0.113.9",
        "LOGIN",
        "wrong_credentials",
        "bad password",
    )
    assert day.failures == 1


@pytest.mark.parametrize("kind", ["submissions", "login-failures"])
def test_same_events_again_are_duplicates(cast: Cast, kind: str) -> None:
    make = submission if kind == "submissions" else login_failure
    api, records = sender(cast.acme), [make(number) for number in range(20)]
    first = send_batch(api, records, kind=kind)
    again = send_batch(api, [*records[10:], make(20), make(20)], kind=kind)
    assert (first["accepted"], first["duplicate"]) == (20, 0)
    assert (again["accepted"], again["duplicate"]) == (1, 11)
    assert sum(stored(cast.acme)) == 21


def test_id_tells_equal_events_apart_and_their_source_too(cast: Cast) -> None:
    api, record = sender(cast.acme), submission()
    assert (
        send_batch(api, [{**record, "id": "a"}, {**record, "id": "b"}, {**record, "id": "a"}])["accepted"]
        == 2
    )
    assert send_batch(api, [{**record, "id": "a", "account": "other@acme.example"}])["duplicate"] == 1
    assert send_batch(api, [{**record, "id": "a"}], source="other")["accepted"] == 1


def test_ndjson_is_read_with_blank_lines_and_either_end(cast: Cast) -> None:
    lines = b"\r\n".join(json.dumps(submission(number)).encode() for number in range(3)) + b"\n\n"
    answer = send_batch(sender(cast.acme), lines, media_type="application/x-ndjson")
    assert (answer["accepted"], answer["rejected"]) == (3, [])


@pytest.mark.parametrize(
    ("member", "value", "reason"),
    [
        ("occurred_at", None, "expected datetime, got null"),
        ("occurred_at", "yesterday", "invalid RFC3339 encoded datetime"),
        ("occurred_at", "2026-11-17T08:11:05", "expected datetime with a timezone component"),
        ("occurred_at", 1_700_000_000, "expected datetime, got int"),
        ("account", "", "expected str of length >= 1"),
        ("account", ["a"], "expected str, got array"),
        ("account", "a" * 321, "expected str of length <= 320"),
        ("account", "a\0b", "holds control characters, or what is no text"),
        ("account", "a\nb", "holds control characters, or what is no text"),
        ("sender_address", "\ud800", "holds control characters, or what is no text"),
        ("client_ip", "192.0.2.256", "is no IP address"),
        ("client_ip", "\ud800", "is no IP address"),
        ("tls_version", "TLS9", "invalid enum value 'TLS9'"),
        ("recipients", float("nan"), "expected int, got float"),
        ("recipients", -1, "expected int >= 0"),
        ("recipients", 1.5, "expected int, got float"),
        ("recipients", 10**30, "expected int <= 1000000"),
        ("recipients_exact", "yes", "expected bool, got str"),
        ("messages", 0, "expected int >= 1"),
        ("size_bytes", 2**63, "expected int <= 1099511627776"),
    ],
)
@pytest.mark.parametrize("form", ["array", "ndjson"])
def test_record_that_cannot_be_is_refused_by_name_and_the_others_are_stored(
    cast: Cast, member: str, value: object, reason: str, form: str
) -> None:
    records = [submission(1), submission(2, **{member: value}), submission(3)]
    body = json.dumps(records) if form == "array" else "\n".join(json.dumps(one) for one in records)
    answer = send_batch(sender(cast.acme), body.encode())
    assert (answer["accepted"], answer["duplicate"]) == (2, 0)
    assert answer["rejected"] == [{"index": 1, "field": member, "reason": reason}]
    assert stored(cast.acme) == (2, 0)
    with tenant_scope([cast.acme.pk]):
        account = LogImport.objects.get()
        sample = account.skipped_lines.get()
    assert (account.lines, account.lines_event, account.unrecognised) == (3, 2, {"bad_record": 1})
    assert (sample.line_number, sample.reason) == (2, "bad_record")


@pytest.mark.parametrize(
    ("record", "reason"),
    [
        (b'{"account": "a@b.example"}', "object missing required field occurred_at"),
        (b"3", "expected object, got int"),
        (b"null", "expected object, got null"),
        (b'"text"', "expected object, got str"),
        (b"[1]", "expected object, got array"),
        (b'{"account": ', "is no JSON: expecting value"),
        (b"{} {}", "is no JSON: more follows the value"),
        (b"\xff\xfe", "is no JSON: expecting value"),
        (b"[" * 30_000 + b"]" * 30_000, "is nested too deeply"),
        (b"1" * 5_000, "is no JSON: a number is too long"),
    ],
)
def test_line_that_is_no_record_is_refused_and_the_others_are_stored(
    cast: Cast, record: bytes, reason: str
) -> None:
    lines = [json.dumps(submission(1)).encode(), record, json.dumps(submission(2)).encode()]
    answer = send_batch(sender(cast.acme), b"\n".join(lines), media_type="application/x-ndjson")
    assert (answer["accepted"], answer["rejected"]) == (2, [{"index": 1, "field": "", "reason": reason}])


def test_unknown_member_is_refused(cast: Cast) -> None:
    answer = send_batch(sender(cast.acme), [submission(1), submission(2, acount="a")])
    assert answer["rejected"] == [{"index": 1, "field": "", "reason": "object contains unknown field acount"}]


def test_events_outside_the_kept_days_are_refused_by_name(cast: Cast) -> None:
    now = datetime.now(UTC)
    times = [now - timedelta(days=91), now + timedelta(days=1, minutes=5), datetime(1, 1, 1, tzinfo=UTC)]
    records = [submission(number, occurred_at=at.isoformat()) for number, at in enumerate(times)]
    answer = send_batch(sender(cast.acme), [*records, submission(4)])
    assert answer["accepted"] == 1
    assert [(one["index"], one["field"]) for one in answer["rejected"]] == [
        (0, "occurred_at"),
        (1, "occurred_at"),
        (2, "occurred_at"),
    ]
    assert "older events are not kept" in answer["rejected"][0]["reason"]
    assert "a day ahead of the clock" in answer["rejected"][1]["reason"]
    with tenant_scope([cast.acme.pk]):
        assert LogImport.objects.get().unrecognised == {"before_retention": 2, "in_the_future": 1}


def test_events_of_a_week_without_partition_are_stored(cast: Cast) -> None:
    at = datetime.now(UTC) - timedelta(days=80)
    assert send_batch(sender(cast.acme), [submission(1, occurred_at=at.isoformat())])["accepted"] == 1


@pytest.mark.parametrize(
    ("body", "fields", "detail"),
    [
        (b"", [], "The body is empty."),
        (b" \n ", [], "The body is empty."),
        (b"[]", [], "The body holds no records."),
        (b"{}", ["0"], "0: object missing required field occurred_at."),
        (b"[1, {}]", ["0", "1"], "2 things cannot be taken as they are."),
        (b"[", [], "Record 0 is no JSON: expecting value."),
        (b"[{},", [], "Record 1 is no JSON: expecting value."),
        (b"[{} {}]", [], "The array breaks off after record 0."),
        (b"[{}]]", [], "More follows the array."),
        (b"[" * 200_000 + b"]" * 200_000, [], "Record 0 is nested too deeply."),
        (b'[{"a":' + b"[" * 200_000 + b"]" * 200_000 + b"}]", [], "Record 0 is nested too deeply."),
        (b"NaN", ["0"], "0: expected object, got float."),
    ],
)
def test_body_without_any_record_is_a_400_and_stores_nothing(
    cast: Cast, body: bytes, fields: list[str], detail: str
) -> None:
    problem = send_batch(sender(cast.acme), body, status=400)
    assert ([error["field"] for error in problem["errors"]], problem["detail"]) == (fields, detail)
    with tenant_scope([cast.acme.pk]):
        assert not Source.objects.exists()


def test_source_is_required_and_must_be_a_name(cast: Cast) -> None:
    api, record = sender(cast.acme), [submission()]
    for source in ("", " ", "a%0Ab", "x" * 101):
        problem = send_batch(api, record, source=source, status=400)
        assert [error["field"] for error in problem["errors"]] == ["source"]


def test_source_of_log_lines_takes_no_events_and_the_other_way_round(cast: Cast) -> None:
    api = sender(cast.acme)
    send_batch(api, [submission()], source="relay")
    problem = post(api, "tenants/acme/sources/relay/lines", b"Nov 17 08:11:05 mx x\n", status=409).json()
    assert problem["detail"] == "The source “relay” takes single events. Use another source name."
    post(api, "tenants/acme/sources/mx1/lines", b"Nov 17 08:11:05 mx x\n")
    assert "takes postfix log lines" in send_batch(api, [submission()], source="mx1", status=409)["detail"]


def test_key_without_the_scope_may_not_send(cast: Cast) -> None:
    assert send_batch(tenant_api(cast.acme), [submission()], status=403)["title"] == "Forbidden"
    assert send_batch(sender(cast.globex), [submission()], status=404)["title"] == "Not Found"


def test_events_reach_their_tenant_alone(cast: Cast) -> None:
    send_batch(sender(cast.acme), [submission()])
    assert (stored(cast.acme), stored(cast.globex)) == ((1, 0), (0, 0))
