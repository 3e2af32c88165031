"""What a sign-in of Entra tells: a login without a message, a refused login with its class, or why neither."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from insights.enums import FailureReason, TlsVersion
from insights.ingest.formats.entra.sign_ins import SignIns, reason_of, stamp_of
from insights.ingest.record import Batch
from tests.insights.connectors.graph.directory import NOW, sign_in

SPAN = {"earliest": NOW - timedelta(days=90), "latest": NOW + timedelta(days=1)}


def read(*values: Any, source: str = "one") -> Batch:
    return SignIns(source_key=source, **SPAN).read(values)


def test_successful_sign_in_is_a_login_without_a_message() -> None:
    at = datetime(2026, 11, 24, 7, 2, 11, 123456, tzinfo=UTC)
    (login,) = read(sign_in(1, at=at, user="Scanner@acme.example", ip="192.0.2.7")).submissions
    assert (login.occurred_at, login.account, login.sender_address, login.client_ip) == (
        at,
        "Scanner@acme.example",
        "",
        "192.0.2.7",
    )
    assert (login.messages, login.recipients, login.logins, login.size_bytes) == (0, 0, 1, None)
    assert (login.tls_version, login.mechanism) == (TlsVersion.UNKNOWN, "PLAIN/LOGIN")


def test_mechanism_is_unknown_without_the_grant_of_a_password() -> None:
    batch = read(sign_in(1, authenticationProtocol="none"), sign_in(2, authenticationProtocol="rpoc"))
    assert [one.mechanism for one in batch.submissions] == ["unknown", "PLAIN/LOGIN"]


def test_refused_sign_in_is_a_login_failure() -> None:
    (failure,) = read(sign_in(1, code=50126, user="boss@acme.example", ip="2001:db8::9")).failures
    assert (failure.account, failure.client_ip, failure.reason, failure.detail) == (
        "boss@acme.example",
        "2001:db8::9",
        FailureReason.WRONG_CREDENTIALS,
        "50126 Invalid username or password",
    )


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        (50126, FailureReason.WRONG_CREDENTIALS),
        (50034, FailureReason.WRONG_CREDENTIALS),
        (50056, FailureReason.WRONG_CREDENTIALS),
        (50053, FailureReason.POLICY),
        (50055, FailureReason.POLICY),
        (50057, FailureReason.POLICY),
        (50076, FailureReason.POLICY),
        (53003, FailureReason.POLICY),
        (50000, FailureReason.SERVER_FAULT),
        (80002, FailureReason.SERVER_FAULT),
        (90033, FailureReason.SERVER_FAULT),
        (999999, FailureReason.POLICY),
    ],
)
def test_error_codes_have_a_class(code: int, reason: FailureReason) -> None:
    assert reason_of(code) == reason


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ("no object", "bad_record"),
        (None, "bad_record"),
        (sign_in(1, id=""), "bad_record"),
        (sign_in(1, id=7), "bad_record"),
        (sign_in(1, status=None), "bad_record"),
        (sign_in(1, status={"errorCode": "0"}), "bad_record"),
        (sign_in(1, status={"errorCode": True}), "bad_record"),
        (sign_in(1, userPrincipalName=""), "bad_record"),
        (sign_in(1, createdDateTime=""), "bad_stamp"),
        (sign_in(1, createdDateTime="2026-02-30T00:00:00Z"), "bad_stamp"),
        (sign_in(1, at=NOW - timedelta(days=91)), "before_retention"),
        (sign_in(1, at=NOW + timedelta(days=2)), "in_the_future"),
    ],
)
def test_what_is_no_sign_in_is_counted_with_its_reason(value: Any, reason: str) -> None:
    batch = read(sign_in(7), value)
    assert (dict(batch.counts.unrecognised), batch.counts.event, batch.counts.lines) == ({reason: 1}, 1, 2)
    assert [(one.line_number, str(one.reason)) for one in batch.skipped] == [(2, reason)]


@pytest.mark.parametrize("client", ["Browser", "IMAP4", "Exchange ActiveSync", "", "smtp relay"])
def test_sign_ins_of_other_clients_are_other_matters(client: str) -> None:
    batch = read(sign_in(1, client=client))
    assert (batch.counts.other, batch.counts.lines, batch.submissions, batch.failures) == (1, 1, [], [])


def test_id_is_of_the_sign_in_and_the_source() -> None:
    once, again, other = read(sign_in(1)), read(sign_in(1)), read(sign_in(2))
    elsewhere = read(sign_in(1), source="two")
    ids = [batch.submissions[0].id for batch in (once, again, other, elsewhere)]
    assert (ids[0] == ids[1], len(set(ids))) == (True, 3)


def test_lone_surrogates_and_control_characters_do_no_harm() -> None:
    batch = read(sign_in(1, user="a\ud800\x00b@acme.example"), sign_in(2, ip="not an address", code=50126))
    assert batch.submissions[0].account == "a\\xed\\xa0\\x80\\x00b@acme.example"
    assert batch.failures[0].client_ip == ""


@pytest.mark.parametrize(
    ("written", "at"),
    [
        ("2026-11-24T07:02:11Z", datetime(2026, 11, 24, 7, 2, 11, tzinfo=UTC)),
        ("2026-11-24T07:02:11.1605624Z", datetime(2026, 11, 24, 7, 2, 11, 160562, tzinfo=UTC)),
        ("2023-07-21 05:03:52.160562400", datetime(2023, 7, 21, 5, 3, 52, 160562, tzinfo=UTC)),
        ("2026-11-24T09:02:11+02:00", datetime(2026, 11, 24, 7, 2, 11, tzinfo=UTC)),
        ("2026-11-24T09:02:11-02:00", datetime(2026, 11, 24, 11, 2, 11, tzinfo=UTC)),
        ("2026-11-24", None),
        ("2026-11-24T25:02:11Z", None),
        ("2026-11-24T07:02:11+99:00", None),
        ("0001-01-01T00:00:00+23:00", None),
        ("٢٠٢٦-11-24T07:02:11Z", None),
    ],
)
def test_stamps_are_read_to_the_microsecond(written: str, at: datetime | None) -> None:
    assert stamp_of(written) == at
