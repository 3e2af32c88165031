"""Refused logins: how many a line tells of, why, and whose text the name is."""

from __future__ import annotations

import pytest

from insights.enums import FailureReason
from insights.ingest.record import LineCounts, SkipReason
from tests.insights.ingest.formats.dovecot.reading import log, read, refused


@pytest.mark.parametrize(
    ("words", "reason", "times"),
    [
        ("auth failed, 1 attempts in 2 secs", FailureReason.WRONG_CREDENTIALS, 1),
        ("auth failed, 1 attempts", FailureReason.WRONG_CREDENTIALS, 1),
        ("auth failed, 12 attempts in 60 secs", FailureReason.WRONG_CREDENTIALS, 12),
        ("authorization failed, 2 attempts in 3 secs", FailureReason.POLICY, 2),
        ("user disabled", FailureReason.POLICY, 1),
        ("user disabled, 3 attempts in 3 secs", FailureReason.POLICY, 3),
        ("password expired", FailureReason.POLICY, 1),
        ("login disabled", FailureReason.POLICY, 1),
        ("tried to use disallowed plaintext auth", FailureReason.POLICY, 1),
        ("tried to use disallowed cleartext auth, 2 attempts in 0 secs", FailureReason.POLICY, 2),
        ("cert required, client didn't start TLS", FailureReason.POLICY, 1),
        ("connection limit reached, 1/1 successful auths in 0 secs", FailureReason.POLICY, 1),
        ("auth service reported temporary failure", FailureReason.SERVER_FAULT, 1),
        ("auth process communication failure, 1 attempts in 0 secs", FailureReason.SERVER_FAULT, 1),
        ("internal failure, 1 successful auths", FailureReason.SERVER_FAULT, 1),
        ("tried to use unsupported auth mechanism", FailureReason.MECHANISM_NOT_OFFERED, 1),
        ("sent invalid base64 in response", FailureReason.CANCELLED, 1),
        ("client didn't finish SASL auth, waited 3 secs", FailureReason.CANCELLED, 1),
        ("disconnected while authenticating, waited 3 secs", FailureReason.CANCELLED, 1),
        ("aborted authentication", FailureReason.CANCELLED, 1),
        ("auth aborted by client, 1 attempts in 4 secs", FailureReason.CANCELLED, 1),
    ],
)
def test_reasons_and_numbers(words: str, reason: FailureReason, times: int) -> None:
    batch = read(log(refused(words)))
    assert [(f.account, f.client_ip, f.mechanism, f.reason) for f in batch.failures] == [
        ("admin", "203.0.113.66", "PLAIN", reason)
    ] * times
    assert {f.detail for f in batch.failures} == {words.partition(",")[0]}
    assert len({f.id for f in batch.failures}) == times
    assert batch.counts == LineCounts(event=1)


@pytest.mark.parametrize(
    "said",
    [
        "Disconnected: Inactivity (auth failed, 2 attempts in 178 secs)",
        "Disconnected (auth failed, 2 attempts in 2 secs)",
        "Aborted login (auth failed, 2 attempts)",
        "Client has quit the connection (auth failed, 2 attempts in 2 secs)",
        "Remote closed connection (auth failed, 2 attempts in 2 secs)",
        "Disconnected: Connection closed: read(size=1003) failed: reset by peer (auth failed, 2 attempts in 0 secs)",
        "Disconnected: Connection closed (unfinished AUTH command) (auth failed, 2 attempts in 0 secs)",
        "Login aborted: Connection closed (auth failed, 2 attempts in 16 secs) (auth_failed)",
    ],
)
def test_forms_of_all_versions(said: str) -> None:
    text = f"submission-login: {said}: user=<ann>, method=LOGIN, rip=192.0.2.133, lip=0.0.0.0"
    assert [(f.account, f.client_ip, f.mechanism) for f in read(log(text)).failures] == [
        ("ann", "192.0.2.133", "LOGIN")
    ] * 2


@pytest.mark.parametrize(
    "words",
    [
        "no auth attempts in 0 secs",
        "no auth attempts",
        "disconnected before auth was ready, waited 0 secs",
        "disconnected during TLS handshake",
        "client didn't send a cert",
        "proxy dest auth failed",
        "proxy dest authentication failure, 1 attempts in 2 secs",
        "auth referral, 1 attempts in 0 secs",
    ],
)
def test_clients_that_were_refused_no_login_here(words: str) -> None:
    assert read(log(refused(words))).counts == LineCounts(other=1)


def test_client_without_tls_where_a_certificate_is_required_in_2_4() -> None:
    """Version 2.4 writes it whether or not there was an attempt."""
    text = refused("cert required, client didn't start TLS) (client_ssl_not_started")
    assert read(log(text)).counts == LineCounts(other=1)


@pytest.mark.parametrize(
    "user",
    [
        "admin>, method=LOGIN, rip=192.0.2.9, session=<x",
        "(auth failed, 900 attempts)",
        "a>, rip=192.0.2.9",
        "a: user=<b>: rip=192.0.2.9",
        "",
    ],
)
def test_names_are_the_clients_text(user: str) -> None:
    [found] = read(log(refused(user=user))).failures
    assert (found.account, found.client_ip, found.mechanism) == (user, "203.0.113.66", "PLAIN")


def test_a_name_that_looks_like_a_refusal_refuses_nothing() -> None:
    text = refused("no auth attempts in 1 secs", user="(auth failed, 9 attempts in 2 secs)")
    other = (
        "submission-login: Login failed: Plaintext auth disabled: user=<(auth failed, 9 attempts)>, rip=::1"
    )
    assert read(log(text, other)).counts == LineCounts(other=2)


def test_elements_in_another_order() -> None:
    text = "submission-login: Disconnected (auth failed, 1 attempts): rip=192.0.2.9, session=<x>, user=<a b>, secured"
    [found] = read(log(text)).failures
    assert (found.account, found.client_ip, found.mechanism) == ("a b", "192.0.2.9", "unknown")


def test_unbelievable_numbers() -> None:
    batch = read(log(refused("auth failed, 1001 attempts in 2 secs")))
    assert batch.counts == LineCounts(unrecognised={SkipReason.TOO_MANY_REPEATS: 1})


def test_repeated_lines_are_all_counted_and_told_apart() -> None:
    text = refused("auth failed, 2 attempts in 1 secs")
    batch = read(log(text, text, f"message repeated 3 times: [ {text}]"))
    assert len({f.id for f in batch.failures}) == 10
    assert batch.counts == LineCounts(event=3)
