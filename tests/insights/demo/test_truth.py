"""The truth counts as the product counts."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from insights.demo.truth import ClientKey, FailureTruth, SubmissionTruth, Tally, Truth
from insights.enums import FailureReason, TlsVersion

LATE = datetime(2026, 3, 1, 23, 30, tzinfo=UTC)
FIRST = SubmissionTruth(
    occurred_at=LATE,
    account="Zoë@a.example",
    sender="",
    tls=TlsVersion.TLS1_2,
    mechanism="PLAIN",
    client_ip="192.0.2.1",
    recipients=3,
    recipients_exact=True,
    size=10,
)
SECOND = FIRST._replace(account="ZOE\u0308@A.example", sender="X@a.example", recipients=1)
FAILURE = FailureTruth(LATE, "x", "192.0.2.1", "PLAIN", FailureReason.WRONG_CREDENTIALS)
TRUTH = Truth((FIRST, SECOND), (FAILURE,))


def test_days_are_those_of_the_given_zone() -> None:
    assert TRUTH.days(ZoneInfo("UTC")) == {date(2026, 3, 1): Tally(2, 4)}
    assert TRUTH.days(ZoneInfo("Europe/Berlin")) == {date(2026, 3, 2): Tally(2, 4)}
    assert TRUTH.failure_days(ZoneInfo("Asia/Seoul")) == {date(2026, 3, 2): 1}


def test_sender_is_the_account_where_it_is_empty_and_is_compared_in_lower_case() -> None:
    assert TRUTH.senders() == {"zoë@a.example": Tally(1, 3), "x@a.example": Tally(1, 1)}


def test_client_is_one_whatever_the_spelling_of_its_account() -> None:
    key = ClientKey("zoë@a.example", "192.0.2.1", TlsVersion.TLS1_2, "PLAIN")
    assert TRUTH.clients() == {key: Tally(2, 4)}


def test_classes_add_up_to_all_messages() -> None:
    assert TRUTH.tls() == {TlsVersion.TLS1_2: Tally(2, 4)}
    assert TRUTH.mechanisms() == {"PLAIN": Tally(2, 4)}
    assert TRUTH.failure_reasons() == {FailureReason.WRONG_CREDENTIALS: 1}
    assert TRUTH.sender_tls() == {
        ("zoë@a.example", TlsVersion.TLS1_2): Tally(1, 3),
        ("x@a.example", TlsVersion.TLS1_2): Tally(1, 1),
    }
    assert TRUTH.day_sender_tls(ZoneInfo("UTC")) == {
        (date(2026, 3, 1), "zoë@a.example", TlsVersion.TLS1_2): Tally(1, 3),
        (date(2026, 3, 1), "x@a.example", TlsVersion.TLS1_2): Tally(1, 1),
    }
