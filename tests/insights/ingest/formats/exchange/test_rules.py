"""When a message counts, whose it is, and what its TLS version and login rest on."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from insights.enums import FailureReason, TlsVersion
from insights.ingest.local_time import micros_of
from insights.ingest.record import LoginFailureRecord, SkipReason, SubmissionRecord
from tests.insights.ingest.formats.exchange.reading import (
    BEGIN,
    END,
    HEADER,
    LOGIN,
    MESSAGE,
    SECURED,
    read,
    rows,
)

SESSION = (BEGIN, SECURED, *LOGIN, *MESSAGE, END)
XPROXY = "XPROXY SID=08DF000000000001 IP=192.0.2.31 PORT=50100 DOMAIN=pc CAPABILITIES=0"
HANDED_ON = (
    "*",
    "",
    "Proxy session was successfully set up. Session forann@acme.example will now be proxied",
)
FRONT = rows(BEGIN, SECURED, *LOGIN, HANDED_ON, END)
BACK = rows(
    BEGIN,
    ("<", "X-EXPS EXCHANGEAUTH", ""),
    ("*", "NT AUTHORITY\\SYSTEM", "authenticated"),
    (">", "235 <authentication response>", ""),
    ("<", XPROXY, ""),
    (">", "250 XProxy accepted and authenticated", ""),
    *MESSAGE,
    END,
    session="08DF00000000A001",
    connector="EX2\\Client Proxy EX2",
    remote="198.51.100.5:61000",
)
REFUSED = (
    ("<", "AUTH LOGIN", ""),
    (">", "334 <authentication response>", ""),
    ("*", "", "Inbound AUTH LOGIN failed because of LogonDenied"),
    ("*", "", "User Name: admin@acme.example"),
    (">", "535 5.7.3 Authentication unsuccessful", ""),
)


def submissions(*told: tuple[str, str, str]) -> list[SubmissionRecord]:
    return read(HEADER + rows(*told)).submissions


def failures(*told: tuple[str, str, str]) -> list[LoginFailureRecord]:
    return read(HEADER + rows(*told)).failures


def test_session_with_one_message_gives_one_record() -> None:
    [record] = submissions(*SESSION)
    assert record[1:] == (
        micros_of(datetime(2026, 11, 20, 9, 0, 11, tzinfo=UTC)),
        "EX1",
        "7",
        "ACME\\ann",
        "ann@acme.example",
        "192.0.2.31",
        TlsVersion.TLS1_2,
        "LOGIN",
        1,
        True,
        None,
        1,
        0,
    )


def test_mail_without_a_login_counts_nothing() -> None:
    assert submissions(BEGIN, SECURED, *MESSAGE, END) == []


def test_login_without_a_message_counts_nothing() -> None:
    assert submissions(BEGIN, SECURED, *LOGIN, END) == []


def test_message_that_is_not_queued_counts_nothing() -> None:
    assert submissions(BEGIN, *LOGIN, *MESSAGE[:-1], (">", "550 5.7.1 Message rejected", ""), END) == []


def test_several_messages_of_a_session_count_each() -> None:
    second = (*MESSAGE[:-1], (MESSAGE[-1][0], MESSAGE[-1][1].replace("=7", "=8"), ""))
    assert [one.queue_id for one in submissions(BEGIN, *LOGIN, *MESSAGE, *second, END)] == ["7", "8"]


@pytest.mark.parametrize(
    ("told", "version"),
    [
        ((BEGIN, SECURED), TlsVersion.TLS1_2),
        (
            (BEGIN, ("*", "", "TLS protocol SP_PROT_TLS1_0_SERVER negotiation succeeded using")),
            TlsVersion.TLS1_0,
        ),
        ((BEGIN, ("*", "", "TLS protocol 4096 negotiation succeeded using")), TlsVersion.TLS1_3),
        ((BEGIN,), TlsVersion.NONE),
        ((), TlsVersion.UNKNOWN),
        ((BEGIN, ("<", "STARTTLS", ""), (">", "220 2.0.0 SMTP server ready", "")), TlsVersion.UNKNOWN),
        ((BEGIN, ("<", "STARTTLS", ""), (">", "454 4.7.0 TLS not available", "")), TlsVersion.NONE),
    ],
)
def test_version_is_told_or_not_known(told: tuple[tuple[str, str, str], ...], version: TlsVersion) -> None:
    [record] = submissions(*told, *LOGIN, *MESSAGE, END)
    assert record.tls_version == version


def test_only_recipients_that_were_granted_count() -> None:
    more = (
        ("<", "RCPT TO:<b@example.net>", ""),
        (">", "250 2.1.5 Recipient OK", ""),
        ("<", "RCPT TO:<c@example.net>", ""),
        (">", "550 5.1.10 RecipientNotFound", ""),
    )
    [record] = submissions(BEGIN, *LOGIN, *MESSAGE[:4], *more, *MESSAGE[4:], END)
    assert (record.recipients, record.recipients_exact) == (2, True)


def test_front_end_and_mailbox_server_count_one_session_once() -> None:
    batch = read(HEADER + FRONT + HEADER + BACK)
    [record] = batch.submissions
    assert (record.host, record.account, record.client_ip) == ("EX2", "ACME\\ann", "192.0.2.31")
    assert (record.tls_version, record.mechanism) == (TlsVersion.TLS1_2, "LOGIN")


def test_mailbox_servers_log_may_be_read_first() -> None:
    either, other = read(HEADER + FRONT, HEADER + BACK), read(HEADER + BACK, HEADER + FRONT)
    assert either.submissions == other.submissions
    assert len(other.submissions) == 1
    assert other.counts.unrecognised == {SkipReason.NO_LOGIN: 1}


def test_message_whose_front_end_is_in_no_log_is_told() -> None:
    batch = read(HEADER + BACK)
    assert batch.submissions == []
    assert batch.counts.unrecognised == {SkipReason.NO_LOGIN: 1}


def test_sessions_are_told_apart_when_their_rows_mix() -> None:
    one = rows(*SESSION).splitlines(keepends=True)
    two = rows(
        BEGIN,
        ("<", "AUTH PLAIN", ""),
        ("*", "ACME\\bob", "authenticated"),
        (">", "235 2.7.0 Authentication successful", ""),
        *MESSAGE,
        END,
        session="08DF000000000002",
        remote="192.0.2.32:50101",
    ).splitlines(keepends=True)
    mixed = b"".join(row for pair in zip(one[: len(two)], two, strict=True) for row in pair)
    batch = read(HEADER + mixed + b"".join(one[len(two) :]))
    assert sorted((r.account, r.client_ip, r.mechanism, r.tls_version) for r in batch.submissions) == [
        ("ACME\\ann", "192.0.2.31", "LOGIN", "TLS1.2"),
        ("ACME\\bob", "192.0.2.32", "PLAIN", "none"),
    ]


def test_refused_login_counts_once_though_four_rows_tell_it() -> None:
    [failure] = failures(BEGIN, *REFUSED, END)
    assert (failure.account, failure.client_ip, failure.mechanism, failure.reason) == (
        "admin@acme.example",
        "192.0.2.31",
        "LOGIN",
        FailureReason.WRONG_CREDENTIALS,
    )


def test_each_refused_try_of_a_session_counts() -> None:
    assert len(failures(BEGIN, *REFUSED, *REFUSED, END)) == 2


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        ("535 5.7.3 Authentication unsuccessful", FailureReason.WRONG_CREDENTIALS),
        (
            "535 5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled",
            FailureReason.POLICY,
        ),
        ("454 4.7.0 Temporary authentication failure", FailureReason.SERVER_FAULT),
        ("504 5.7.4 Unrecognized authentication type", FailureReason.MECHANISM_NOT_OFFERED),
        ("501 5.5.4 Invalid arguments", FailureReason.CANCELLED),
    ],
)
def test_reason_is_that_of_the_answer(answer: str, reason: FailureReason) -> None:
    [failure] = failures(BEGIN, ("<", "AUTH PLAIN", ""), (">", answer, ""), END)
    assert failure.reason == reason


def test_what_follows_auth_is_kept_nowhere() -> None:
    secret = "AGFubgBzZWNyZXQ="
    batch = read(
        HEADER + rows(BEGIN, ("<", f"AUTH PLAIN {secret}", ""), (">", "535 5.7.3 no", ""), ("?", secret, ""))
    )
    assert len(batch.failures) == 1
    assert secret not in repr(batch.failures)


@pytest.mark.parametrize(
    "header",
    [
        HEADER.replace(b"SMTP Receive", b"SMTP Send"),
        HEADER.replace(b"SMTP Receive Protocol Log", b"Message Tracking Log"),
    ],
)
def test_other_logs_with_such_a_header_are_other_lines(header: bytes) -> None:
    batch = read(header + rows(*SESSION))
    assert (batch.submissions, batch.counts.event, batch.counts.evidence) == ([], 0, 0)


def test_columns_are_found_by_their_names() -> None:
    header = HEADER.replace(b"data,context", b"context,data")
    turned = rows(*((event, context, data) for event, data, context in SESSION))
    assert len(read(header + turned).submissions) == 1


def test_file_without_its_header_is_read_too() -> None:
    assert len(read(rows(*SESSION)).submissions) == 1


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b"2026-11-20T09:00:00.000Z,EX1,08DF\r\n", SkipReason.NO_STAMP),
        (b"20 Nov 2026,a,b,c,d,e,f,g,h\r\n", SkipReason.NO_STAMP),
        (b"2026-13-20T09:00:00.000Z,a,b,c,d,e,+,,\r\n", SkipReason.BAD_STAMP),
        (b"2026-11-20T09:00:00.000Z,a,b,c,d,e,?,,\r\n", SkipReason.UNKNOWN_FORM),
        (b"\r\n", SkipReason.EMPTY),
    ],
)
def test_row_that_cannot_be_read_has_its_reason(line: bytes, reason: SkipReason) -> None:
    assert read(HEADER + line).counts.unrecognised == {reason: 1}
