"""What counts as a message: whose it is, over which TLS, to how many, and what only resembles one."""

from __future__ import annotations

from typing import Any

import pytest

from insights.enums import TlsVersion
from insights.ingest.record import LineCounts, SkipReason, SubmissionRecord
from tests.insights.ingest.formats.stalwart.reading import (
    ANN,
    BEGIN,
    EHLO,
    END,
    OF_IMAP,
    OTHER_PORT,
    PEER,
    SHAKE,
    TAIL,
    log,
    login,
    queued,
    read,
    record,
    records,
)

INPUT = 'TRACE Raw SMTP input received (smtp.raw-input); size = 40, contents = "'


def message(*events: str, peer: str = PEER) -> SubmissionRecord:
    """Return the one message of these events."""
    [found] = read(log(*events, peer=peer)).submissions
    return found


def test_message_of_a_whole_session() -> None:
    batch = read(log(BEGIN, EHLO, SHAKE, EHLO, login(), queued(), END))
    [found] = batch.submissions
    assert (found.account, found.sender_address, found.client_ip, found.tls_version, found.mechanism) == (
        ANN, ANN, "192.0.2.4", TlsVersion.TLS1_2, "unknown",
    )  # fmt: skip
    assert (found.queue_id, found.recipients, found.recipients_exact, found.size_bytes) == ("3", 1, True, 40)
    assert found.occurred_at.isoformat() == "2026-11-20T10:00:00+00:00"
    assert batch.counts == LineCounts(event=1, evidence=6)


@pytest.mark.parametrize(
    ("events", "account"),
    [
        ([login(), queued()], ANN),
        ([login("bob", ""), queued()], "bob"),
        ([login("bob", ', accountId = 7, type = "individual"'), queued()], "bob"),
        ([login("bob", ", accountId = 7, type = individual"), queued()], "bob"),
        # A token logs no login; nor does a session whose beginning is not in the log.
        ([queued()], ""),
        ([EHLO, queued()], ""),
        # Another session of the same port: the one before is over.
        ([login(), END, queued()], ""),
        ([login(), BEGIN, queued()], ""),
        ([login(), "INFO Insufficient permissions (security.unauthorized)", queued()], ""),
    ],
)
def test_account(events: list[str], account: str) -> None:
    assert message(*events).account == account


def test_login_of_an_hour_ago_is_of_another_session() -> None:
    late = log(queued(), stamp="2026-11-20T11:00:01Z")
    assert read(log(login()) + late).submissions[0].account == ""
    assert read(log(login()) + late.replace(b"11:00:01", b"11:00:00")).submissions[0].account == ANN


@pytest.mark.parametrize(
    ("events", "version"),
    [
        ([EHLO, SHAKE], TlsVersion.TLS1_2),
        ([EHLO, SHAKE.replace("1_2", "1_3")], TlsVersion.TLS1_3),
        ([EHLO, SHAKE.replace("1_2", "1_0")], TlsVersion.TLS1_0),
        ([EHLO, SHAKE.replace("TLSv1_2", "Unknown(7)")], TlsVersion.UNKNOWN),
        ([EHLO], TlsVersion.UNKNOWN),
        # Whole, and of a listener of which a handshake was logged: there was none.
        ([EHLO, SHAKE, END, BEGIN, EHLO], TlsVersion.NONE),
        ([EHLO, SHAKE, END, EHLO], TlsVersion.UNKNOWN),
        ([BEGIN, EHLO], TlsVersion.UNKNOWN),
        # What a client calls itself is no handshake.
        (['INFO SMTP EHLO command (smtp.ehlo); domain = "x", version = "TLSv1_3", "'], TlsVersion.UNKNOWN),
    ],
)
def test_tls(events: list[str], version: TlsVersion) -> None:
    assert message(*events, login(), queued()).tls_version == version


def test_handshake_of_another_listener_proves_nothing() -> None:
    data = log(SHAKE, peer=OF_IMAP) + log(BEGIN, EHLO, login(), queued())
    assert read(data).submissions[0].tls_version == TlsVersion.UNKNOWN


@pytest.mark.parametrize(
    ("contents", "mechanism"),
    [
        ("AUTH PLAIN AGFubgBzZWNyZXQ=\\r\\n", "PLAIN"),
        ("auth login\\r\\n", "LOGIN"),
        ("AUTH XOAUTH2 dXNlcj1=\\r\\n", "XOAUTH2"),
        ("EHLO pc\\r\\n", "unknown"),
    ],
)
def test_mechanism_is_known_where_commands_are_logged(contents: str, mechanism: str) -> None:
    batch = read(log(EHLO, f'{INPUT}{contents}"', f'{INPUT}c2VjcmV0\\r\\n"', login(), queued()))
    assert batch.submissions[0].mechanism == mechanism
    assert "AGFubg" not in repr(batch)


@pytest.mark.parametrize(
    ("event", "sender", "recipients", "exact"),
    [
        (queued(sender="<>"), "", 1, True),
        (queued(sender='"<>"'), "", 1, True),
        (queued(to='"a@b.example", "c@d.example"'), ANN, 2, True),
        (queued(sender='""john doe"@acme.example"'), '"john doe"@acme.example', 1, True),
        (queued(to='""a b"@c.example", "d@e.example"'), ANN, 2, True),
        (queued(tail=""), ANN, 1, True),
        # Addresses that imitate what stands between addresses.
        (queued(sender='""a", to = ["b"@acme.example"'), "", 1, False),
        (queued(sender='"a, to = ["b@acme.example"'), "", 1, False),
        (queued(to='""c", "d"@rcpt.example", "e@f.example"'), ANN, 1, False),
        (queued(to=f'""c"], size = 9{TAIL}"@rcpt.example"'), ANN, 1, False),
    ],
)
def test_sender_and_recipients(event: str, sender: str, recipients: int, exact: bool) -> None:
    found = message(login(), event)
    assert (found.sender_address, found.recipients, found.recipients_exact) == (sender, recipients, exact)
    assert (found.account, found.size_bytes) == (ANN, 40)


@pytest.mark.parametrize(
    ("data", "counts"),
    [
        # JMAP has no connection; incoming mail has another event; other protocols are not SMTP.
        (log(queued(), peer=""), LineCounts(other=1)),
        (log(queued().replace("authenticated-message", "message")), LineCounts(other=1)),
        (log(login(), SHAKE, peer=OF_IMAP), LineCounts(other=2)),
        (log("INFO Message delivered (delivery.delivered)", peer=""), LineCounts(other=1)),
        (log('INFO SMTP MAIL FROM command (smtp.mail-from); from = "a"'), LineCounts(other=1)),
        # On a port of one's own a login counts once SMTP was spoken there.
        (log(login(), peer=OTHER_PORT), LineCounts(other=1)),
        (log(EHLO, login(), peer=OTHER_PORT), LineCounts(evidence=2)),
        (log(login()), LineCounts(evidence=1)),
        # Lines that matter and cannot be read.
        (log(login('a" b')), LineCounts(unrecognised={SkipReason.UNKNOWN_FORM: 1})),
        (log(queued(to="")), LineCounts(unrecognised={SkipReason.UNKNOWN_FORM: 1})),
        (
            log(queued(), peer='listenerId = "x", localPort = 587, remoteIp = 127.0.0.1'),
            LineCounts(unrecognised={SkipReason.UNKNOWN_FORM: 1}),
        ),
        # A log of several lines an event is refused, line by line.
        (
            b"2026-11-20T10:00:00Z INFO Authentication successful (auth.success)\n\tlocalPort = 587\n",
            LineCounts(unrecognised={SkipReason.UNKNOWN_FORM: 1, SkipReason.NO_STAMP: 1}),
        ),
        (b"2026-11-20T10:00:00Z INFO Starting Stalwart Server (server.startup)\n", LineCounts(other=1)),
        (b"2026-13-20T10:00:00Z INFO a (b.c) \n", LineCounts(unrecognised={SkipReason.BAD_STAMP: 1})),
        (b"\n\0\n", LineCounts(unrecognised={SkipReason.EMPTY: 1, SkipReason.BINARY: 1})),
    ],
)
def test_lines_that_are_no_message(data: bytes, counts: LineCounts) -> None:
    batch = read(data)
    assert (batch.submissions, batch.failures, batch.counts) == ([], [], counts)


def test_name_that_cannot_be_believed_is_not_the_one_before() -> None:
    assert message(login("bob"), login('a", accountName = "eve" b'), queued()).account == ""


def test_earlier_versions_have_another_name_for_it() -> None:
    event = queued().replace("authenticated-message-queued", "queue-message-authenticated")
    assert message(login(), event) == message(login(), queued())


def test_text_and_json_are_the_same_message() -> None:
    data: dict[str, Any] = {"queueId": 3, "from": ANN, "to": ["x@rcpt.example"], "size": 40}
    events = [
        record("smtp.ehlo", domain="pc"),
        record("tls.handshake", version="TLSv1_2"),
        record("auth.success", accountName=ANN, accountId=7),
        record("queue.authenticated-message-queued", **data),
    ]
    written = read(log(EHLO, SHAKE, login(), queued())).submissions
    assert read(records(*events)).submissions == written
    batch = read(records({"events": events}, {"events": []}, {"events": [1]}, {"type": "x"}) + b"{\n")
    assert batch.submissions == written
    assert batch.counts == LineCounts(event=1, other=3, unrecognised={SkipReason.NO_JSON: 1})


@pytest.mark.parametrize(
    "changes",
    [{"remotePort": "x"}, {"remotePort": 70_000}, {"localPort": None}, {"remoteIp": ""}],
)
def test_json_of_no_connection(changes: dict[str, Any]) -> None:
    event = record("auth.success", accountName=ANN)
    event["data"] |= changes  # type: ignore[operator]
    assert read(records(event)).counts == LineCounts(other=1)


@pytest.mark.parametrize("changes", [{"queueId": "3"}, {"queueId": -1}, {"queueId": None}])
def test_json_that_matters_and_cannot_be_read(changes: dict[str, Any]) -> None:
    batch = read(records(record("queue.authenticated-message-queued", **{"queueId": 3, **changes})))
    assert batch.counts == LineCounts(unrecognised={SkipReason.UNKNOWN_FORM: 1})


@pytest.mark.parametrize("written", ["Jun  3 10:40:57", "", "2026-13-01T00:00:00Z"])
def test_json_without_a_time(written: str) -> None:
    batch = read(records({**record("auth.success", accountName=ANN), "createdAt": written}))
    assert (batch.counts.unrecognised.total(), batch.counts.lines) == (1, 1)
