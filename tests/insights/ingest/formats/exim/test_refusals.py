"""Refused logins: every form of the line, the class of the reason, and how often each counts."""

from __future__ import annotations

import pytest

from insights.enums import FailureReason
from insights.ingest.record import Batch, SkipReason
from tests.insights.ingest.formats.exim.reading import ID, REFUSED, log, read, stream

WRONG, FAULT = FailureReason.WRONG_CREDENTIALS, FailureReason.SERVER_FAULT
CANCELLED, POLICY = FailureReason.CANCELLED, FailureReason.POLICY
NOT_OFFERED = FailureReason.MECHANISM_NOT_OFFERED
PEER = "mx.bad.example (User) [203.0.113.9]:21298 I=[192.0.2.1]:465 Ci=30416"
UNADVERTISED = f"H={PEER} AUTH command used when not advertised"
NO = "535 Incorrect authentication data"


@pytest.mark.parametrize(
    ("text", "account", "mechanism", "reason"),
    [
        (f"plain authenticator failed for (pc) [203.0.113.9]: {NO} (set_id=ann)", "ann", "PLAIN", WRONG),
        (f"login authenticator failed for [203.0.113.9]: {NO}", "", "LOGIN", WRONG),
        (f"dovecot_login authenticator failed for H={PEER}: {NO} (set_id=a b)", "a b", "LOGIN", WRONG),
        (f"cram authenticator failed for {PEER}: {NO} (set_id=j\\303\\266rg)", "jörg", "CRAM-MD5", WRONG),
        (f"auth1 authenticator failed for {PEER}: {NO} (set_id=x): 535 y)", "x): 535 y", "unknown", WRONG),
        (f"plain authenticator failed for (x [1.2.3.4]: 535 y) [203.0.113.9]: {NO}", "", "PLAIN", WRONG),
        (f"login authenticator failed for (pc) [203.0.113.9]: {NO}: 1 Time(s)", "", "LOGIN", WRONG),
        (
            f"plain authenticator failed for {PEER}: 435 Unable to authenticate at present (set_id=ann): no answer",
            "ann",
            "PLAIN",
            FAULT,
        ),
        (f"plain authenticator failed for {PEER}: 435 Internal error (set_id=ann): return 9", "ann", "PLAIN", FAULT),
        (f"login authenticator failed for {PEER}: 501 Authentication cancelled", "", "LOGIN", CANCELLED),
        (f"login authenticator failed for {PEER}: 501 Invalid base64 data", "", "LOGIN", CANCELLED),
        (f"login authenticator failed for {PEER}: 553 Initial data not expected", "", "LOGIN", CANCELLED),
        (f'SMTP protocol error in "AUTH LOGIN" {UNADVERTISED}', "", "LOGIN", POLICY),
        (f'SMTP protocol error in "auth Plain AGEAYg==" {UNADVERTISED}', "", "PLAIN", POLICY),
        (f'SMTP protocol error in "AUTH" {UNADVERTISED}', "", "unknown", POLICY),
        (
            f'SMTP protocol error in "AUTH NTLM" H={PEER} NTLM authentication mechanism not supported',
            "",
            "NTLM",
            NOT_OFFERED,
        ),
        (f'SMTP protocol error in "AUTH X" {UNADVERTISED.replace("203.", "8.")}" {UNADVERTISED}', "", "X", POLICY),
        (f"H={PEER} X=TLS1.2:X:256 CV=no rejected AUTH LOGIN: no logins from there", "", "LOGIN", POLICY),
        (f"H={PEER} temporarily rejected AUTH PLAIN AGEAYg==: later", "", "PLAIN", POLICY),
    ],
)  # fmt: skip
def test_refused_login(text: str, account: str, mechanism: str, reason: FailureReason) -> None:
    batch = read(log(text))
    [failure] = batch.failures
    assert (failure.account, failure.mechanism, failure.reason) == (account, mechanism, reason)
    assert (failure.client_ip, failure.host, batch.counts.event) == ("203.0.113.9", "", 1)
    assert "AGEAYg" not in repr(failure)


def test_local_program_has_no_address() -> None:
    [failure] = read(log("plain authenticator failed for U=root: 535 no (set_id=ann)")).failures
    assert (failure.client_ip, failure.account) == ("", "ann")


@pytest.mark.parametrize(
    "text",
    [
        f"{ID} plain authenticator failed H=192.0.2.9 [192.0.2.9] {NO}",
        f'{ID} => bob@b.example R=x T=smtp C="login authenticator failed for (pc) [203.0.113.9]: {NO}"',
        f'SMTP protocol error in "AUTH LOGIN" H={PEER} already authenticated',
        f'SMTP protocol error in "RSET" H={PEER} AUTH command used when not advertised',
        'SMTP call from [203.0.113.9] dropped: too many syntax or protocol errors (last command was "AUTH LOGIN")',
        f"H={PEER} F=<a@b> rejected RCPT <rejected AUTH LOGIN: x@y>: relay not permitted",
        "no MAIL in SMTP connection from (pc) [203.0.113.9] D=21s C=EHLO,AUTH,QUIT",
    ],
)
def test_line_that_only_resembles_a_refusal(text: str) -> None:
    batch = read(log(text))
    assert (batch.failures, batch.counts.other) == ([], 1)


def test_refusal_of_an_unknown_form_is_told_and_its_sample_holds_no_password() -> None:
    batch = read(log("plain authenticator failed for somebody somewhere after AUTH PLAIN AGEAYg=="))
    assert batch.counts.unrecognised == {SkipReason.UNKNOWN_FORM: 1}
    assert "AGEAYg" not in batch.skipped[0].text


def ids(batch: Batch) -> list[bytes]:
    """Return the ids of the failures."""
    return [failure.id for failure in batch.failures]


def test_equal_lines_of_one_second_are_as_many_events() -> None:
    whole = ids(read(log(REFUSED, REFUSED, REFUSED)))
    assert len(set(whole)) == 3
    reader = stream()
    assert [*ids(reader.feed(log(REFUSED))), *ids(reader.feed(log(REFUSED, REFUSED)))] == whole


def test_account_is_bounded_and_visible() -> None:
    [failure] = read(log(REFUSED).replace(b"admin", b"x\0\x1b\xff" + b"y" * 2_000)).failures
    assert failure.account.startswith("x\\x00\\x1b\\xffy")
    assert len(failure.account) == 256


SYSLOG = "Jun  3 10:40:57 mx1 exim[71]: "


@pytest.mark.parametrize(("lines", "events"), [(1, 1), (2, 1), (3, 2), (4, 2), (5, 3)])
def test_syslog_gets_each_refusal_twice(lines: int, events: int) -> None:
    batch = read(log(*[REFUSED] * lines, stamp=SYSLOG), year=2026)
    assert len(set(ids(batch))) == len(batch.failures) == events
    assert (batch.counts.event, batch.counts.evidence) == (events, lines - events)


def test_repeated_line_of_syslog_counts_as_often() -> None:
    repeated = f"message repeated 3 times: [ {REFUSED}]"
    batch = read(log(REFUSED, repeated, stamp=SYSLOG), year=2026)
    assert set(ids(batch)) == set(ids(read(log(*[REFUSED] * 4, stamp=SYSLOG), year=2026)))
    assert (len(batch.failures), batch.counts.lines) == (2, 2)
    too_often = read(log(repeated.replace("3", "1000000", 1), stamp=SYSLOG), year=2026)
    assert too_often.counts.unrecognised == {SkipReason.TOO_MANY_REPEATS: 1}
