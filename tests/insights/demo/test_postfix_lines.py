"""The lines of a session stand in Postfix' order and say what the truth says."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from insights.demo.queue_ids import QueueIdStyle
from insights.demo.sessions import Login, Mail, Outcome, Service, Session
from insights.enums import FailureReason, TlsVersion
from tests.insights.demo.stage import AT, STYLE, at, played, somebody, texts

BOB = ("bob@customer.example",)
LOST = "SASL LOGIN authentication failed: Connection lost to authentication server"


def mail(outcome: Outcome = Outcome.SENT, *, recipients: tuple[str, ...] = BOB) -> Mail:
    return Mail("alice@north.example", recipients, 2_000, outcome)


def generic(lines: list[str]) -> list[str]:
    """Replace what is drawn by chance: queue ids, process ids, message ids and delays."""
    steps = (
        (r"\b[0-9A-F]{11}\b", "QID"),
        (r"\[\d+\]: ", ": "),
        (r"message-id=<.*>", "message-id=<ID>"),
        (r"delay=[\d.]+, delays=[\d./]+", "delay=D"),
    )
    for pattern, word in steps:
        lines = [re.sub(pattern, word, line) for line in lines]
    return lines


def test_session_with_one_message_writes_eight_lines() -> None:
    log = played(Session(at(), somebody(), (mail(),)))
    tls = "TLSv1.2 with cipher ECDHE-RSA-AES256-GCM-SHA384 (256/256 bits)"
    login = "sasl_method=PLAIN, sasl_username=alice@north.example"
    counts = "ehlo=2 starttls=1 auth=1 mail=1 rcpt=1 data=1 quit=1 commands=8"
    delivery = "relay=mx.customer.example[203.0.113.249]:25, delay=D, dsn=2.0.0"
    assert sorted(generic(texts(log))) == sorted(
        [
            "postfix/submission/smtpd: connect from unknown[192.0.2.17]",
            f"postfix/submission/smtpd: Anonymous TLS connection established from unknown[192.0.2.17]: {tls}",
            f"postfix/submission/smtpd: QID: client=unknown[192.0.2.17], {login}",
            "postfix/cleanup: QID: message-id=<ID>",
            "postfix/qmgr: QID: from=<alice@north.example>, size=2000, nrcpt=1 (queue active)",
            f"postfix/submission/smtpd: disconnect from unknown[192.0.2.17] {counts}",
            f"postfix/smtp: QID: to=<bob@customer.example>, {delivery}, status=sent (250 2.0.0 Ok: queued)",
            "postfix/qmgr: QID: removed",
        ]
    )


def test_truth_has_the_second_of_the_queue_line() -> None:
    (accepted,) = played(Session(at(), somebody(), (mail(),))).accepted
    assert accepted.truth == (
        AT,
        "alice@north.example",
        "alice@north.example",
        TlsVersion.TLS1_2,
        "PLAIN",
        "192.0.2.17",
        1,
        True,
        2_000,
    )


def test_plaintext_session_has_no_tls_line_and_no_starttls() -> None:
    log = played(Session(at(), somebody(TlsVersion.NONE), (mail(),)))
    assert [line for line in texts(log) if "TLS" in line or "starttls" in line] == []
    assert [event.truth.tls for event in log.accepted] == [TlsVersion.NONE]


def test_wrapper_mode_has_a_tls_line_but_no_starttls() -> None:
    log = played(Session(at(), somebody(service=Service.SMTPS), (mail(),)))
    assert len([line for line in texts(log) if "TLS connection" in line]) == 1
    assert [line for line in texts(log) if "starttls" in line] == []


def test_server_that_logs_no_tls_leaves_every_version_unknown() -> None:
    style = replace(STYLE, logs_tls=False)
    log = played(Session(at(), somebody(), (mail(),)), style=style)
    assert [line for line in texts(log) if "TLS connection" in line] == []
    assert [event.truth.tls for event in log.accepted] == [TlsVersion.UNKNOWN]


def test_deferred_message_repeats_the_queue_line_and_counts_once() -> None:
    log = played(Session(at(), somebody(), (mail(Outcome.DEFERRED),)))
    active = [line for line in generic(texts(log)) if line.endswith("(queue active)")]
    assert len(active) > 1
    assert len(set(active)) == 1
    assert len(log.accepted) == 1


def test_bounce_makes_a_second_queue_id_and_counts_once() -> None:
    log = played(Session(at(), somebody(), (mail(Outcome.BOUNCED),)))
    assert len([line for line in texts(log) if line.endswith("(queue active)")]) == 2
    assert len([line for line in texts(log) if "sender non-delivery notification" in line]) == 1
    assert len(log.accepted) == 1


@pytest.mark.parametrize("outcome", [Outcome.REFUSED, Outcome.DROPPED])
def test_message_not_accepted_has_a_client_line_and_no_truth(outcome: Outcome) -> None:
    log = played(Session(at(), somebody(), (mail(outcome),)))
    assert len([line for line in texts(log) if ": client=" in line]) == 1
    assert [line for line in texts(log) if "queue active" in line] == []
    assert log.accepted == []


@pytest.mark.parametrize(("outcome", "word"), [(Outcome.HELD, "hold"), (Outcome.DISCARDED, "discard")])
def test_message_kept_from_the_queue_counts_with_one_recipient_as_lower_bound(
    outcome: Outcome, word: str
) -> None:
    log = played(Session(at(), somebody(), (mail(outcome, recipients=("a@b.example", "c@d.example")),)))
    assert len([line for line in texts(log) if f": {word}: header" in line]) == 1
    assert [line for line in texts(log) if "queue active" in line] == []
    assert [(e.truth.recipients, e.truth.recipients_exact, e.truth.size) for e in log.accepted] == [
        (1, False, None)
    ]


def test_content_filter_makes_a_second_queue_id_without_login() -> None:
    style = replace(STYLE, reinjects=True)
    log = played(Session(at(), somebody(), (mail(),)), style=style)
    assert len([line for line in texts(log) if "client=localhost[127.0.0.1]" in line]) == 1
    assert len([line for line in texts(log) if "queue active" in line]) == 2
    assert len(log.accepted) == 1


def test_mail_from_another_server_is_no_submission() -> None:
    stranger = somebody(service=Service.MX)._replace(account="", mechanism="")
    log = played(Session(at(), stranger, (mail(),)))
    assert len([line for line in texts(log) if "queue active" in line]) == 1
    assert log.accepted == []


def test_several_messages_of_a_session_share_one_process_and_one_tls_line() -> None:
    log = played(Session(at(), somebody(), (mail(), mail(), mail())))
    smtpd = [line for line in texts(log) if "smtpd" in line]
    assert {line.partition(":")[0] for line in smtpd} == {"postfix/submission/smtpd[101]"}
    assert len([line for line in smtpd if "TLS connection" in line]) == 1
    assert len([line for line in smtpd if "client=" in line]) == len(log.accepted) == 3


def test_process_is_used_again_for_the_next_session() -> None:
    log = played(Session(at(), somebody(), (mail(),)), Session(at(20), somebody(TlsVersion.NONE), (mail(),)))
    connects = [line for line in texts(log) if "connect from" in line and "disconnect" not in line]
    assert {line.partition(":")[0] for line in connects} == {"postfix/submission/smtpd[101]"}
    assert [event.truth.tls for event in log.accepted] == [TlsVersion.TLS1_2, TlsVersion.NONE]


def test_sessions_at_one_time_interleave_in_two_processes() -> None:
    log = played(Session(at(), somebody(), (mail(),)), Session(at(0.1), somebody(), (mail(),)))
    smtpd = [line.partition(":")[0] for line in texts(log) if "smtpd" in line]
    assert smtpd != sorted(smtpd)
    assert len(set(smtpd)) == 2


@pytest.mark.parametrize(
    ("reason", "named", "text", "account"),
    [
        (
            FailureReason.WRONG_CREDENTIALS,
            True,
            "SASL LOGIN authentication failed: (reason unavailable), sasl_username=x, y=z",
            "x, y=z",
        ),
        (FailureReason.WRONG_CREDENTIALS, False, "SASL LOGIN authentication failed: UGFzc3dvcmQ6", ""),
        (
            FailureReason.SERVER_FAULT,
            True,
            f"{LOST}, sasl_username=(unavailable)",
            "",
        ),
        (
            FailureReason.MECHANISM_NOT_OFFERED,
            True,
            "SASL LOGIN authentication failed: Invalid authentication mechanism, sasl_username=(unavailable)",
            "",
        ),
        (FailureReason.CANCELLED, True, "SASL LOGIN authentication aborted", ""),
    ],
)
def test_refused_login_is_written_as_postfix_words_it(
    *, reason: FailureReason, named: bool, text: str, account: str
) -> None:
    session = Session(at(), somebody(), (), (Login("x, y=z", "LOGIN", reason),))
    log = played(session, style=replace(STYLE, names_failures=named))
    (warning,) = [line for line in texts(log) if "warning" in line]
    assert warning == f"postfix/submission/smtpd[101]: warning: unknown[192.0.2.17]: {text}"
    assert [event.truth for event in log.failed] == [(AT, account, "192.0.2.17", "LOGIN", reason)]


def test_repeated_lines_are_folded_only_where_rsyslog_does_so() -> None:
    session = Session(at(), somebody(), (), (Login("x", "LOGIN"),) * 4, 0)
    plain, folded = played(session), played(session, style=replace(STYLE, repeats=True))
    assert len([line for line in texts(plain) if "warning" in line]) == 4
    assert [
        ("message repeated 3 times: [ warning" in line) for line in texts(folded) if "warning" in line
    ] == [
        False,
        True,
    ]
    assert len(plain.failed) == len(folded.failed) == 4


def test_disconnect_counts_successes_before_the_slash() -> None:
    log = played(Session(at(), somebody(), (mail(), mail(Outcome.REFUSED)), (Login("x", "PLAIN"),)))
    (gone,) = [line for line in texts(log) if "disconnect" in line]
    assert gone.endswith("ehlo=2 starttls=1 auth=1/2 mail=2 rcpt=2 data=1/2 quit=1 commands=10/12")


def test_long_queue_ids_have_the_form_of_postfix() -> None:
    log = played(Session(at(), somebody(), (mail(),)), style=replace(STYLE, queue_ids=QueueIdStyle.LONG))
    (line,) = [line for line in texts(log) if "client=" in line]
    assert re.search(r": [0-9B-DF-HJ-NP-TV-Zb-df-hj-np-tv-z]{10,12}z[0-9A-Za-y]{2,6}: client=", line)
