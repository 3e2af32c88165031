"""How lines of one session become messages and refused logins; no password is kept."""

from __future__ import annotations

import pytest

from insights.enums import AuthClass, FailureReason, TlsVersion, auth_class_of
from insights.ingest.record import Batch, LineCounts, SkipReason
from insights.ingest.texts import sample_of
from tests.insights.ingest.formats.opensmtpd.reading import CONNECTED, ENDED, LOGIN, TLS, log, read, taken

WHOLE = (CONNECTED, TLS, LOGIN)
ANN = ("78e5c402", "ann@acme.example", "ann@acme.example", "192.0.2.4", TlsVersion.TLS1_3, "PLAIN/LOGIN", 1)


def rows(batch: Batch) -> list[tuple[object, ...]]:
    """Return what tells one submission from another."""
    return [
        (r.queue_id, r.account, r.sender_address, r.client_ip, r.tls_version, r.mechanism, r.recipients)
        for r in batch.submissions
    ]


def test_a_session_with_two_messages() -> None:
    batch = read(log(*WHOLE, *taken(), *taken("00000001", recipients=3), ENDED))
    assert rows(batch) == [ANN, ("00000001", *ANN[1:6], 3)]
    [first, _] = batch.submissions
    assert (first.occurred_at.isoformat(), first.host, first.size_bytes) == (
        "2026-05-06T20:21:21+00:00",
        "mail",
        1118,
    )
    assert batch.counts == LineCounts(event=2, evidence=8)


def test_both_mechanisms_that_the_server_knows_are_basic() -> None:
    assert auth_class_of("PLAIN/LOGIN") is AuthClass.BASIC


@pytest.mark.parametrize(
    ("address", "found"),
    [
        ("192.0.2.4", "192.0.2.4"),
        ("[2001:db8:0::7]", "2001:db8::7"),
        ("[::ffff:192.0.2.4]", "192.0.2.4"),
        ("local", ""),
    ],
)
def test_addresses(address: str, found: str) -> None:
    [record] = read(log(CONNECTED.replace("192.0.2.4", address), TLS, LOGIN, *taken())).submissions
    assert record.client_ip == found


@pytest.mark.parametrize(
    ("token", "found"),
    [
        ("TLSv1", TlsVersion.TLS1_0),
        ("TLSv1.1", TlsVersion.TLS1_1),
        ("TLSv1.2", TlsVersion.TLS1_2),
        ("TLSv1.3", TlsVersion.TLS1_3),
        ("TLSv9", TlsVersion.UNKNOWN),
    ],
)
def test_versions(token: str, found: TlsVersion) -> None:
    [record] = read(log(CONNECTED, TLS.replace("TLSv1.3", token), LOGIN, *taken())).submissions
    assert record.tls_version == found


def test_none_only_where_the_sessions_beginning_is_in_the_log() -> None:
    assert [r.tls_version for r in read(log(CONNECTED, LOGIN, *taken())).submissions] == [TlsVersion.NONE]
    assert [r.tls_version for r in read(log(LOGIN, *taken())).submissions] == [TlsVersion.UNKNOWN]


@pytest.mark.parametrize("sender", ["", "bounce+x=y@lists.example", "jörg@acme.example"])
def test_senders(sender: str) -> None:
    assert [r.sender_address for r in read(log(*WHOLE, *taken(sender=sender))).submissions] == [sender]


@pytest.mark.parametrize(
    ("written", "found"),
    [
        ("Scanner-2", "Scanner-2"),
        ("a\\040b", "a b"),
        ("ACME\\\\door", "ACME\\door"),
        ("j\\M-C\\M-6rg", "jörg"),
        ("x\\^[y", "x\\x1by"),
        ("x\\M^?y", "x\\xffy"),
        ("ann result=ok", "ann result=ok"),
    ],
)
def test_accounts(written: str, found: str) -> None:
    [record] = read(log(CONNECTED, TLS, LOGIN.replace("ann@acme.example", written), *taken())).submissions
    assert record.account == found


def test_mail_without_a_login_and_of_other_sessions_counts_nothing() -> None:
    batch = read(log(*WHOLE) + log(CONNECTED, TLS, *taken(recipients=2), ENDED, session="0" * 16))
    assert (batch.submissions, batch.counts) == ([], LineCounts(evidence=6, other=3))


def test_a_message_counts_once_whatever_repeats() -> None:
    message, envelope = taken()
    batch = read(log(*WHOLE, message, envelope, envelope, message, envelope, ENDED, ENDED, *taken("9" * 8)))
    assert rows(batch) == [ANN]
    assert batch.counts == LineCounts(event=1, evidence=8, other=3)


def test_an_envelope_of_another_message_counts_nothing() -> None:
    batch = read(log(*WHOLE, taken()[0], taken("00000009")[1]))
    assert (batch.submissions, batch.counts) == ([], LineCounts(evidence=4, other=1))


@pytest.mark.parametrize(
    "text",
    [
        "smtp connected address=",
        "smtp tls ciphers=",
        "smtp authentication user=ann result=maybe",
        "smtp message msgid=x",
        "smtp envelope evpid=x",
        "smtp event=authentication user=ann address=192.0.2.4 host=x result=ok",
        "smtp event=message address=192.0.2.4 host=x msgid=4296f490 from=<a@b> to=<c@d>",
        "smtp-in: Accepted message 4296f490 on session 08d856b172f69c5c: from=<a@b>, to=<c@d>, size=1746",
        "smtp-in: Authentication failed for user ann on session 08d856b172f69c5c",
    ],
)
def test_forms_that_are_not_known_are_told(text: str) -> None:
    batch = read(log(text))
    assert batch.counts == LineCounts(unrecognised={SkipReason.UNKNOWN_FORM: 1})


@pytest.mark.parametrize(
    ("result", "reason"),
    [("permfail", FailureReason.WRONG_CREDENTIALS), ("tempfail", FailureReason.SERVER_FAULT)],
)
def test_refused_login_and_the_answer_to_it_are_one(result: str, reason: FailureReason) -> None:
    refused = f"smtp authentication user=admin\\040x result={result}"
    answer = 'smtp failed-command command="AUTH LOGIN (password)" result="535 Authentication failed"'
    batch = read(log(CONNECTED, TLS, refused, answer))
    [found] = batch.failures
    assert (found.account, found.client_ip, found.mechanism) == ("admin x", "192.0.2.4", "PLAIN/LOGIN")
    assert (found.reason, found.detail, batch.counts) == (reason, result, LineCounts(event=1, evidence=3))


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        ("503 5.5.1 Invalid command: Command not supported", FailureReason.MECHANISM_NOT_OFFERED),
        ("504 5.5.4 AUTH method unsupported", FailureReason.MECHANISM_NOT_OFFERED),
        ("501 5.5.2 Syntax error", FailureReason.CANCELLED),
        ("535 Authentication failed", FailureReason.WRONG_CREDENTIALS),
        ("530 5.5.1 Invalid command: Must issue a STARTTLS command first", FailureReason.POLICY),
        ("421 4.3.0 Temporary Error", FailureReason.SERVER_FAULT),
    ],
)
def test_auth_that_was_refused_at_once(answer: str, reason: FailureReason) -> None:
    batch = read(log(CONNECTED, f'smtp failed-command command="AUTH Login" result="{answer}"'))
    [found] = batch.failures
    assert (found.account, found.client_ip, found.mechanism, found.reason) == (
        "",
        "192.0.2.4",
        "LOGIN",
        reason,
    )
    assert (found.detail, batch.counts) == (answer, LineCounts(event=1, evidence=1))


def test_equal_refusals_of_one_second_are_apart() -> None:
    refused = "smtp authentication user=admin result=permfail"
    ids = [failure.id for failure in read(log(refused, refused, refused)).failures]
    assert len(set(ids)) == 3
    assert ids == [failure.id for failure in read(log(refused, f"{refused}") + log(refused)).failures]


SECRET = "AGFubgB0b3Atc2VjcmV0"


@pytest.mark.parametrize(
    "text",
    [
        f'smtp failed-command command="AUTH PLAIN {SECRET}" result="503 5.5.1 Invalid command"',
        f'smtp failed-command command="auth plain {SECRET}" result="503 5.5.1 Invalid command"',
        f'smtp failed-command command="AUTH PLAIN {SECRET}"',
        f'smtp failed-command command="{SECRET}" result="500 5.5.1 Invalid command"',
        f'smtp failed-command command="{SECRET} " result="500 5.5.1 Invalid command"',
        f'smtp failed-command command="{SECRET}" result="500',
        f'smtp failed-command command="{SECRET * 60}" result="500',
    ],
)
def test_no_password_is_kept(text: str) -> None:
    """Neither in an event, nor in the saved state, nor in a sample."""
    line = log(CONNECTED, text)
    batch = read(line)
    assert SECRET not in repr(batch)
    later = read(line.replace(b"May  6", b"Abc  6"))
    assert len(later.skipped) == 2
    assert SECRET[:8] not in repr(later)


def test_commands_that_are_no_secret_stay_in_samples() -> None:
    for command in ("STARTTLS", "DATA", "MAIL FROM:<ann@acme.example> "):
        assert command in sample_of(f'smtp failed-command command="{command}" result="500 no"'.encode())
