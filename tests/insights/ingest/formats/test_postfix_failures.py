"""Refused logins: every form of the line, the class of the reason, and ids that tell equal lines apart."""

from __future__ import annotations

import pytest

from insights.enums import FailureReason
from insights.ingest.record import Batch, SkipReason
from tests.insights.ingest.formats.reading import log, read, stream

WRONG, FAULT = FailureReason.WRONG_CREDENTIALS, FailureReason.SERVER_FAULT
CANCELLED, POLICY = FailureReason.CANCELLED, FailureReason.POLICY
NOT_OFFERED = FailureReason.MECHANISM_NOT_OFFERED
PEER = "unknown[203.0.113.9]"
LINE = f"warning: {PEER}: SASL LOGIN authentication failed: (reason unavailable), sasl_username=admin"


@pytest.mark.parametrize(
    ("text", "account", "mechanism", "reason"),
    [
        (
            f"{PEER}: SASL LOGIN authentication failed: (reason unavailable), sasl_username=admin",
            "admin",
            "LOGIN",
            WRONG,
        ),
        (
            f"{PEER}: SASL LOGIN authentication failed: (reason unavailable), sasl_username=a b",
            "a b",
            "LOGIN",
            WRONG,
        ),
        (
            f"{PEER}: SASL LOGIN authentication failed: (reason unavailable), sasl_username=x, sasl_username=y@z",
            "x, sasl_username=y@z",
            "LOGIN",
            WRONG,
        ),
        (f"{PEER}: SASL PLAIN authentication failed: no, sasl_username=(unavailable)", "", "PLAIN", WRONG),
        (f"{PEER}: SASL LOGIN authentication failed: UGFzc3dvcmQ6", "", "LOGIN", WRONG),
        (f"{PEER}: SASL LOGIN authentication failed: VXNlcm5hbWU6", "", "LOGIN", WRONG),
        (f"{PEER}: SASL login authentication failed: Password:", "", "LOGIN", WRONG),
        (f"{PEER}: SASL CRAM-MD5 authentication failed: PDc3OTEwNTkyNTEyMzA2NDI+", "", "CRAM-MD5", WRONG),
        (f"{PEER}: SASL Plain authentication failed:", "", "PLAIN", WRONG),
        (f"{PEER}: SASL PLAIN authentication failed: ", "", "PLAIN", WRONG),
        (f"{PEER}: SASL PLAIN authentication failed", "", "PLAIN", WRONG),
        (f"{PEER}:55729: SASL LOGIN authentication failed: authentication failure", "", "LOGIN", WRONG),
        (f"{PEER}: SASL PLAIN authentication failed: user not found", "", "PLAIN", WRONG),
        (f"{PEER}: SASL LOGIN authentication aborted", "", "LOGIN", CANCELLED),
        (f"{PEER}: SASL LOGIN authentication failed: bad protocol / cancel", "", "LOGIN", CANCELLED),
        (
            f"{PEER}: SASL LOGIN authentication failed: Connection lost to authentication server, sasl_username=older",
            "",
            "LOGIN",
            FAULT,
        ),
        (f"{PEER}: SASL PLAIN authentication failed: generic failure", "", "PLAIN", FAULT),
        (
            f"{PEER}: SASL PLAIN authentication failed: Can't connect to authentication server",
            "",
            "PLAIN",
            FAULT,
        ),
        (
            f"{PEER}: SASL PLAIN authentication failed: Temporary authentication failure, sasl_username=ann",
            "ann",
            "PLAIN",
            FAULT,
        ),
        (
            f"{PEER}: SASL GSSAPI authentication failed: Invalid authentication mechanism, sasl_username=older",
            "",
            "GSSAPI",
            NOT_OFFERED,
        ),
        (f"{PEER}: SASL XOAUTH2 authentication failed: no mechanism available", "", "XOAUTH2", NOT_OFFERED),
        (
            f"{PEER}: SASL PLAIN authentication failed: account disabled, sasl_username=ann",
            "ann",
            "PLAIN",
            POLICY,
        ),
        (
            f"{PEER}: SASL PLAIN authentication failed: encryption needed to use mechanism",
            "",
            "PLAIN",
            POLICY,
        ),
        (f"AUTH command rate limit exceeded: 11 from {PEER} for service submission", "", "unknown", POLICY),
    ],
)
def test_refused_login(text: str, account: str, mechanism: str, reason: FailureReason) -> None:
    batch = read(log(f"warning: {text}"))
    [failure] = batch.failures
    assert (failure.account, failure.mechanism, failure.reason) == (account, mechanism, reason)
    assert (failure.client_ip, failure.host, batch.counts.event) == ("203.0.113.9", "mail", 1)


@pytest.mark.parametrize(
    "text",
    [
        "warning: SASL authentication failure: Password verification failed",
        "warning: SASL authentication failure: cannot connect to saslauthd server: Permission denied",
        f"warning: non-SMTP command from {PEER}: SASL LOGIN authentication failed",
        "warning: Connection rate limit exceeded: 31 from x[203.0.113.9] for service smtpd",
        "D0F29603B4: SASL authentication failed; server x[192.0.2.4] said: 535 5.7.8 no",
    ],
)
def test_line_that_only_resembles_a_refusal(text: str) -> None:
    batch = read(log(text))
    assert (batch.failures, batch.counts.other) == ([], 1)


def test_account_is_bounded_and_visible() -> None:
    name = b"x\0\x1b[31m\xff" + b"y" * 2_000
    [failure] = read(log(LINE).replace(b"admin", name)).failures
    assert failure.account[:15] == "x\\x00\\x1b[31m\\x"
    assert len(failure.account) == 256


def test_client_without_an_address_is_kept() -> None:
    assert [f.client_ip for f in read(log(LINE.replace("203.0.113.9", "unknown"))).failures] == [""]


def ids(batch: Batch) -> list[bytes]:
    """Return the ids of the failures."""
    return [failure.id for failure in batch.failures]


def test_equal_lines_of_one_second_are_as_many_events() -> None:
    whole = ids(read(log(LINE, LINE, LINE)))
    assert len(set(whole)) == 3
    assert ids(read(log(LINE, LINE, LINE))) == whole


def test_equal_lines_keep_their_order_over_the_end_of_a_feed() -> None:
    reader = stream()
    parts = [*ids(reader.feed(log(LINE))), *ids(reader.feed(log(LINE, LINE)))]
    assert parts == ids(read(log(LINE, LINE, LINE)))


def test_line_that_comes_a_little_late_keeps_its_number() -> None:
    later = log(LINE, stamp="Jun  3 10:41:40 mail ")
    mixed = ids(read(log(LINE) + later + log(LINE)))
    assert {*mixed} == {*ids(read(log(LINE, LINE) + later))}


def test_message_repeated_counts_as_often() -> None:
    repeated = f"message repeated 3 times: [ {LINE}]"
    batch = read(log(LINE, repeated))
    assert len(set(ids(batch))) == 4
    assert set(ids(batch)) == set(ids(read(log(LINE, LINE, LINE, LINE))))
    assert batch.counts.event == 2


def test_message_repeated_too_often_is_told() -> None:
    batch = read(log(f"message repeated 1000000 times: [ {LINE}]"))
    assert (batch.failures, batch.counts.unrecognised) == ([], {SkipReason.TOO_MANY_REPEATS: 1})
