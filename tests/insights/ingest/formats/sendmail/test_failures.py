"""Refused logins: every form of the line, the class of the reason, and ids that tell equal lines apart."""

from __future__ import annotations

import pytest

from insights.enums import FailureReason
from insights.ingest.record import Batch, LineCounts, SkipReason
from tests.insights.ingest.formats.sendmail.reading import failure, log, read, starttls, stream

WRONG, FAULT = FailureReason.WRONG_CREDENTIALS, FailureReason.SERVER_FAULT
CANCELLED, POLICY = FailureReason.CANCELLED, FailureReason.POLICY
NOT_OFFERED = FailureReason.MECHANISM_NOT_OFFERED


@pytest.mark.parametrize(
    ("detail", "reason"),
    [
        ("authentication failure (-13) SASL(-13): authentication failure: checkpass failed", WRONG),
        (
            "authentication failure (-13) SASL(-13): authentication failure: Password verification failed",
            WRONG,
        ),
        ("user not found (-20) SASL(-13): user not found: checkpass failed", WRONG),
        (
            "user not found (-20) SASL(-13): user not found: user: timeout@x property: userPassword not found",
            WRONG,
        ),
        ("user not found (-20)", WRONG),
        ("generic failure (-1) SASL(-1): generic failure: checkpass failed", FAULT),
        ("transient failure (e.g., weak key) (-8) SASL(-8): no", FAULT),
        ("remote authentication server unavailable (-24) SASL(-24): no", FAULT),
        ("no mechanism available (-4) SASL(-4): no mechanism available: XOAUTH2", NOT_OFFERED),
        ("bad protocol / cancel (-5) SASL(-5): bad protocol / cancel: no", CANCELLED),
        ("authorization failure (-14) SASL(-14): no", POLICY),
        ("account disabled (-19) SASL(-19): no", POLICY),
        ("a later result (-99) SASL(-99): no", WRONG),
    ],
)
def test_the_reason_is_that_of_the_result_code(detail: str, reason: FailureReason) -> None:
    batch = read(log(failure(detail, mechanism="login")))
    [found] = batch.failures
    assert (found.account, found.client_ip, found.mechanism, found.host) == (
        "ann",
        "192.0.2.4",
        "LOGIN",
        "mail",
    )
    assert (found.reason, batch.counts) == (reason, LineCounts(event=1))


@pytest.mark.parametrize(
    ("user", "account"),
    [
        (None, ""),
        ("", ""),
        ("ann, relay=[203.0.113.9]", "ann, relay=[203.0.113.9]"),
        ("ann, user=eve", "ann, user=eve"),
        (r"j\303\266rg", "jörg"),
        (r"ACME\\ann", "ACME\\ann"),
        (r"\000\033[31m", "\\x00\\x1b[31m"),
        ("x" * 2_000, "x" * 256),
    ],
)
def test_names_are_what_was_typed(user: str | None, account: str) -> None:
    [found] = read(log(failure(user=user))).failures
    assert (found.account, found.client_ip) == (account, "192.0.2.4")


def test_a_client_cut_from_the_line_is_that_of_the_session() -> None:
    long = "x" * 100
    [found] = read(log(starttls(), failure(client=long))).failures
    assert found.client_ip == "192.0.2.4"


def test_a_form_that_is_not_known_is_told() -> None:
    batch = read(log("b2: AUTH failure: no"))
    assert (batch.failures, batch.counts.unrecognised) == ([], {SkipReason.UNKNOWN_FORM: 1})


@pytest.mark.parametrize(
    "client", ["[192.0.2.4]", "x.example [192.0.2.4]", "x.example [192.0.2.4] (may be forged)"]
)
def test_a_suspected_attack_is_a_policy_of_an_older_server(client: str) -> None:
    batch = read(log(f"b2: {client}: possible SMTP attack: command=AUTH, count=5"))
    [found] = batch.failures
    assert (found.account, found.client_ip, found.mechanism) == ("", "192.0.2.4", "unknown")
    assert (found.reason, found.detail) == (POLICY, "possible SMTP attack: command=AUTH, count=5")


def test_a_suspected_attack_adds_nothing_to_failures_that_were_logged() -> None:
    attack = "b2: pc.acme.example [192.0.2.4]: possible SMTP attack: command=AUTH, count=5"
    batch = read(log(failure(), attack))
    assert (len(batch.failures), batch.counts) == (1, LineCounts(event=1, evidence=1))


@pytest.mark.parametrize(
    "text",
    [
        "b2: x.example [192.0.2.4]: possible SMTP attack: command=HELO/EHLO, count=3",
        "b2: AUTH warning: no mechanisms",
        "AUTH=client, relay=mx.example., mech=PLAIN, bits=0",
        "b2: ruleset=check_rcpt, arg1=<x@y>, relay=[192.0.2.4], reject=550 AUTH failure (LOGIN): no (-13)",
    ],
)
def test_line_that_only_resembles_a_refusal(text: str) -> None:
    batch = read(log(text))
    assert (batch.failures, batch.counts) == ([], LineCounts(other=1))


def ids(batch: Batch) -> list[bytes]:
    """Return the ids of the failures."""
    return [failure.id for failure in batch.failures]


def test_equal_lines_of_one_second_are_as_many_events() -> None:
    whole = ids(read(log(failure(), failure(), failure())))
    assert len(set(whole)) == 3
    reader = stream()
    assert whole == [*ids(reader.feed(log(failure()))), *ids(reader.feed(log(failure(), failure())))]


def test_message_repeated_counts_as_often() -> None:
    batch = read(log(failure(), f"message repeated 2 times: [ {failure()}]"))
    assert set(ids(batch)) == set(ids(read(log(failure(), failure(), failure()))))
    assert batch.counts == LineCounts(event=2)


def test_message_repeated_too_often_is_told() -> None:
    batch = read(log(f"message repeated 1000000 times: [ {failure()}]"))
    assert (batch.failures, batch.counts.unrecognised) == ([], {SkipReason.TOO_MANY_REPEATS: 1})
