"""Refused logins: each once, whatever the level of the log; never those of other protocols; no password is kept."""

from __future__ import annotations

import pytest

from insights.enums import FailureReason
from insights.ingest.record import LineCounts, SkipReason
from insights.ingest.texts import sample_of
from tests.insights.ingest.formats.stalwart.reading import (
    ANN,
    EHLO,
    END,
    OF_IMAP,
    OTHER_PORT,
    line,
    log,
    login,
    queued,
    read,
    record,
    records,
    refused,
)

TOO_MANY = refused("auth.too-many-attempts", "")
WRONG, POLICY = FailureReason.WRONG_CREDENTIALS, FailureReason.POLICY
BANNED = f'remoteIp = 192.0.2.4, accountName = "{ANN}"'


@pytest.mark.parametrize(
    ("event", "account", "reason", "detail"),
    [
        (refused(), ANN, WRONG, "auth.failed: No"),
        (refused(keys=f'remoteIp = 192.0.2.4, accountName = "{ANN}"'), ANN, WRONG, "auth.failed"),
        (refused(keys='details = "x.example", reason = "No domain"'), "", WRONG, "auth.failed: No domain"),
        (refused("security.authentication-ban", BANNED), ANN, WRONG, "security.authentication-ban"),
        (refused("auth.mfa-required"), ANN, POLICY, "auth.mfa-required: No"),
        (refused("auth.missing-totp", ""), "", POLICY, "auth.missing-totp"),
        (refused("auth.token-expired", ""), "", POLICY, "auth.token-expired"),
        (refused("auth.credential-expired", ""), "", POLICY, "auth.credential-expired"),
        (refused("security.ip-unauthorized", "accountId = 7"), "", POLICY, "security.ip-unauthorized"),
        (refused("smtp.auth-not-allowed", ""), "", FailureReason.MECHANISM_NOT_OFFERED, "smtp.auth-not-allowed"),
        (
            refused("smtp.auth-mechanism-not-supported", ""),
            "", FailureReason.MECHANISM_NOT_OFFERED, "smtp.auth-mechanism-not-supported",
        ),
        (refused("smtp.auth-exchange-too-long", ""), "", FailureReason.CANCELLED, "smtp.auth-exchange-too-long"),
        (TOO_MANY, "", WRONG, "auth.too-many-attempts"),
        # A name is what the client typed, up to the first quote in it.
        (refused(keys='accountName = "x", accountName = "bob", reason = "No"'), "x", WRONG, "auth.failed: No"),
        (refused(keys='accountName = "a"b", reason = "No"'), "a", WRONG, "auth.failed: No"),
    ],
)  # fmt: skip
def test_refused_login(event: str, account: str, reason: FailureReason, detail: str) -> None:
    batch = read(log(event))
    [found] = batch.failures
    assert (found.account, found.client_ip, found.mechanism) == (account, "192.0.2.4", "unknown")
    assert (found.reason, found.detail) == (reason, detail)
    assert batch.counts == LineCounts(event=1)


def test_a_login_without_the_right_is_refused_under_its_name() -> None:
    batch = read(log(login(), refused("security.unauthorized", 'details = "email-send"')))
    assert [(one.account, one.reason) for one in batch.failures] == [(ANN, POLICY)]


@pytest.mark.parametrize(
    ("events", "counts", "failures"),
    [
        ([refused(), refused(), TOO_MANY], LineCounts(event=2, evidence=1), 2),
        ([TOO_MANY], LineCounts(event=1), 1),
        ([refused(), END, TOO_MANY], LineCounts(event=2, evidence=1), 2),
        ([refused(), login(), queued()], LineCounts(event=2, evidence=1), 1),
        # A directory that fails says so for recipients of incoming mail too.
        ([refused("auth.error")], LineCounts(other=1), 0),
        ([refused("auth.warning")], LineCounts(other=1), 0),
    ],
)
def test_each_refusal_counts_once(events: list[str], counts: LineCounts, failures: int) -> None:
    batch = read(log(*events))
    assert (batch.counts, len({one.id for one in batch.failures})) == (counts, failures)


@pytest.mark.parametrize(
    ("data", "failures"),
    [
        (log(refused(), peer=OF_IMAP), 0),
        (log(refused(), TOO_MANY, peer=""), 0),
        (log(refused(), peer=OTHER_PORT), 0),
        (log(EHLO, refused(), peer=OTHER_PORT), 1),
        (log(EHLO, refused(), peer=OF_IMAP.replace("imaptls", "relay")), 1),
        (log(refused("smtp.auth-not-allowed", ""), peer=OTHER_PORT), 1),
    ],
)
def test_only_what_is_proven_to_be_smtp(data: bytes, failures: int) -> None:
    assert len(read(data).failures) == failures


def test_json_has_the_whole_name() -> None:
    name = 'x", accountName = "bob'
    [found] = read(records(record("auth.failed", accountName=name, reason="No"))).failures
    assert (found.account, found.detail) == (name, "auth.failed: No")


@pytest.mark.parametrize("name", ["smtp.raw-input", "imap.raw-input", "pop3.raw-input"])
def test_no_password_is_in_a_sample(name: str) -> None:
    early = "2026-13-20T10:00:00Z"
    text = line(f'TRACE Raw input ({name}); size = 9, contents = "c2Vjcm\\\\V0\\r\\n", x = 1', stamp=early)
    batch = read(text.encode() + b"\n")
    assert batch.counts.unrecognised == {SkipReason.BAD_STAMP: 1}
    assert "c2Vj" not in repr(batch)
    written = records({**record(name, size=9, contents='c2V"jcmV0\r\n'), "createdAt": early})
    assert "jcmV0" not in repr(read(written)) + sample_of(written)
