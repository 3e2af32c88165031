"""When a message counts, and what is known about it: the rules R0 to R10 of the format's notes."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from insights.enums import TlsVersion
from insights.ingest.local_time import micros_of
from insights.ingest.record import SkipReason, SubmissionRecord
from tests.insights.ingest.formats.reading import (
    CONNECT,
    DISCONNECT,
    PEER,
    SMTPD,
    TLS,
    cleanup,
    client,
    log,
    queued,
    read,
)


def submissions(*texts: str) -> list[SubmissionRecord]:
    """Return what lines of one second give."""
    return read(log(*texts)).submissions


def tls_of(*texts: str) -> list[TlsVersion]:
    """Return the TLS versions of what lines of one second give."""
    return [record.tls_version for record in submissions(*texts)]


def test_session_with_one_message_gives_one_record() -> None:
    batch = read(log(CONNECT, TLS, client("4AA091855DA0"), queued("4AA091855DA0", recipients=3), DISCONNECT))
    [record] = batch.submissions
    assert record[1:] == (
        micros_of(datetime(2026, 6, 3, 10, 40, 57, tzinfo=UTC)),
        "mail",
        "4AA091855DA0",
        "ann@acme.example",
        "ann@acme.example",
        "192.0.2.4",
        TlsVersion.TLS1_2,
        "PLAIN",
        3,
        True,
        391,
        1,
        0,
    )
    assert (batch.counts.event, batch.counts.evidence, batch.counts.other) == (1, 4, 0)


def test_client_without_acceptance_counts_nothing() -> None:
    assert submissions(CONNECT, TLS, client("A1"), DISCONNECT) == []


def test_retries_count_once() -> None:
    assert len(submissions(CONNECT, client("A1"), queued("A1"), DISCONNECT, queued("A1"), queued("A1"))) == 1


def test_queue_id_that_comes_again_counts_again() -> None:
    records = read(
        log(CONNECT, client("A1"), queued("A1"))
        + log(client("A1"), queued("A1"), stamp="Jun  3 10:40:58 mail ")
    ).submissions
    assert len({record.id for record in records}) == 2


def test_message_after_the_disconnect_is_still_counted() -> None:
    assert tls_of(CONNECT, TLS, client("A1"), DISCONNECT, queued("A1")) == [TlsVersion.TLS1_2]


def test_message_is_forgotten_after_a_day_in_the_queue_of_incoming_mail() -> None:
    early = log(CONNECT, client("A1"), client("A2"))
    kept = log(queued("A1"), stamp="Jun  4 10:40:57 mail ")
    lost = log(queued("A2"), stamp="Jun  4 10:40:58 mail ")
    assert [record.queue_id for record in read(early + kept + lost).submissions] == ["A1"]


def test_reinjected_message_is_not_counted_twice() -> None:
    assert (
        submissions(
            CONNECT,
            client("A1"),
            queued("A1"),
            "postfix/reinject/smtpd[8]: connect from localhost[127.0.0.1]",
            "postfix/reinject/smtpd[8]: B2: client=localhost[127.0.0.1], orig_client=mail.example[192.0.2.4]",
            queued("B2"),
        )[0].queue_id
        == "A1"
    )


def test_queue_id_that_passes_to_another_message_is_not_counted() -> None:
    assert submissions(client("A1"), f"A1: client={PEER}", queued("A1")) == []
    assert submissions(client("A1"), "postfix/pickup[4]: A1: uid=0 from=<root>", queued("A1")) == []


def test_recipient_that_is_refused_leaves_the_message() -> None:
    refused = (
        f"A1: reject: RCPT from {PEER}: 554 5.7.1 <x@y.example>: no; from=<a@b> to=<x@y.example> proto=ESMTP"
    )
    assert len(submissions(CONNECT, client("A1"), refused, queued("A1"))) == 1


def test_servers_do_not_mix_queue_ids_and_processes() -> None:
    one, two = "Jun  3 10:40:57 one ", "Jun  3 10:40:57 two "
    data = log(CONNECT, TLS, client("A1", account="ann"), stamp=one)
    data += log(CONNECT, client("A1", account="bob"), stamp=two)
    data += log(queued("A1", sender="bob@b.example"), stamp=two) + log(queued("A1"), stamp=one)
    assert [(r.host, r.account, r.tls_version) for r in read(data).submissions] == [
        ("two", "bob", TlsVersion.UNKNOWN),
        ("one", "ann", TlsVersion.TLS1_2),
    ]


@pytest.mark.parametrize(
    ("token", "version"),
    [
        ("SSLv3", TlsVersion.SSL3),
        ("TLSv1", TlsVersion.TLS1_0),
        ("TLSv1.1", TlsVersion.TLS1_1),
        ("TLSv1.2", TlsVersion.TLS1_2),
        ("TLSv1.3", TlsVersion.TLS1_3),
        ("TLSv1.4", TlsVersion.UNKNOWN),
    ],
)
@pytest.mark.parametrize(
    "words",
    [
        "Anonymous TLS connection established from unknown[192.0.2.4]",
        "TLS connection established from unknown[192.0.2.4]",
        "Trusted TLS connection reused from x[2001:db8::4]",
        "Verified TLS connection established from x[192.0.2.4]:41000 to mail.acme.example",
        "Untrusted TLS connection established from UNKNOWN[192.0.2.4]",
    ],
)
def test_tls_version_is_the_exact_token(words: str, token: str, version: TlsVersion) -> None:
    line = f"{words}: {token} with cipher AES128-SHA (128/128 bits)"
    for _ in range(2):
        assert tls_of(CONNECT, line, client("A1"), queued("A1"), client("A2"), queued("A2")) == [version] * 2


@pytest.mark.parametrize(
    "peer", ["unknownY2001:db8::7]", "unknown[192.0.2.4", "un known[192.0.2.4]", "[192.0.2.4]x"]
)
def test_tls_line_of_an_unknown_form_is_one_also_behind_a_known_one(peer: str) -> None:
    """Found by atheris: a line that ended like one that was read before was read whatever stood before its end."""
    batch = read(log(TLS, TLS.replace(PEER, peer)))
    assert (batch.counts.evidence, batch.counts.unrecognised) == (1, {SkipReason.UNKNOWN_FORM: 1})


def test_tls_line_of_the_session_before_does_not_count() -> None:
    texts = (CONNECT, TLS, client("A1"), queued("A1"), CONNECT, client("A2"), queued("A2"))
    assert tls_of(*texts) == [TlsVersion.TLS1_2, TlsVersion.NONE]


def test_none_needs_a_host_that_logs_tls() -> None:
    plain = (CONNECT, client("A1"), queued("A1"), DISCONNECT)
    assert tls_of(*plain) == [TlsVersion.UNKNOWN]
    assert tls_of(CONNECT, TLS, DISCONNECT, *plain) == [TlsVersion.NONE]


def test_none_needs_the_beginning_of_the_session() -> None:
    assert tls_of(CONNECT, TLS, DISCONNECT, client("A1"), queued("A1")) == [TlsVersion.UNKNOWN]


def test_tls_lines_of_outgoing_mail_prove_nothing() -> None:
    out = "postfix/smtp[5]: Trusted TLS connection established to mx[192.0.2.9]:25: TLSv1.3 with cipher X"
    assert tls_of(out, CONNECT, client("A1"), queued("A1")) == [TlsVersion.UNKNOWN]


@pytest.mark.parametrize("service", ["postfix/smtps", "postfix/submissions", "postfix-smtps", "mx/smtps-465"])
def test_wrapper_service_is_never_none(service: str) -> None:
    smtps = f"{service}/smtpd[88]"
    texts = [CONNECT, TLS, DISCONNECT, *(f"{smtps}: {text}" for text in (CONNECT, client("A1")))]
    data = log(*texts[:3]) + b"".join(f"Jun  3 10:40:57 mail {text}\n".encode() for text in texts[3:])
    assert [r.tls_version for r in read(data + log(queued("A1"))).submissions] == [TlsVersion.UNKNOWN]


def test_proxy_that_authenticated_hides_tls_and_mechanism() -> None:
    [record] = submissions(CONNECT, TLS, client("A1", method="XCLIENT"), queued("A1"))
    assert (record.tls_version, record.mechanism) == (TlsVersion.UNKNOWN, "unknown")


def test_process_without_a_pid_knows_no_session() -> None:
    smtpd = "postfix/submission/smtpd"
    texts = (f"{smtpd}: {CONNECT}", f"{smtpd}: {TLS}", f"{smtpd}: {client('A1')}", queued("A1"))
    assert tls_of(*texts) == [TlsVersion.UNKNOWN]


@pytest.mark.parametrize(
    ("logged", "account"),
    [
        ("clement", "clement"),
        ("a b, c=d", "a b, c=d"),
        ("ACME\\ann", "ACME\\ann"),
        ("ann, sasl_sender=bob@acme.example", "ann"),
        ("ann, orig_queue_id=430R6q, orig_client=x[192.0.2.5]", "ann"),
        ("jörg.müller@acme.example", "jörg.müller@acme.example"),
        ("x" * 400, "x" * 320),
    ],
)
def test_account_ends_where_the_server_ends_it(logged: str, account: str) -> None:
    assert [r.account for r in submissions(client("A1", account=logged), queued("A1"))] == [account]


def test_bytes_that_are_no_text_become_escapes() -> None:
    line = log(client("A1")).replace(b"ann@", b"a\xffn\0\x1b\xc2\x85@")
    [record] = read(line + log(queued("A1", sender="\u2028x"))).submissions
    assert record.account == "a\\xffn\\x00\\x1b\\x85@acme.example"
    assert record.sender_address == "\\u2028x"


@pytest.mark.parametrize(
    "sender",
    [
        "",
        '"ann, of sales"@acme.example',
        "a>, size=1, nrcpt=9 (queue active)@x",
        "x: y@acme.example",
        "a+2Bb@x",
    ],
)
def test_sender_is_all_between_the_brackets(sender: str) -> None:
    [record] = submissions(client("A1"), queued("A1", sender=sender))
    assert (record.sender_address, record.recipients, record.size_bytes) == (sender, 1, 391)


@pytest.mark.parametrize(
    ("written", "address"),
    [
        ("192.0.2.4", "192.0.2.4"),
        ("2001:DB8:0:0::4", "2001:db8::4"),
        ("IPv6:2001:db8::4", "2001:db8::4"),
        ("::ffff:192.0.2.4", "192.0.2.4"),
        ("fe80::1%eth0", "fe80::1"),
        ("unknown", ""),
        ("unix:private/smtp", ""),
        ("ip133", ""),
    ],
)
@pytest.mark.parametrize("port", ["", ":50412", ":unknown"])
def test_client_address_is_an_address_or_nothing(written: str, port: str, address: str) -> None:
    line = f"A1: client=host[{written}]{port}, sasl_method=LOGIN, sasl_username=ann"
    assert [r.client_ip for r in submissions(line, queued("A1"))] == [address]


def test_repeated_lines_are_one_message() -> None:
    repeated = [f"message repeated 2 times: [ {text}]" for text in (CONNECT, TLS, client("A1"))]
    assert tls_of(*repeated, queued("A1")) == [TlsVersion.TLS1_2]


def test_mechanism_is_in_capitals_and_without_the_comma() -> None:
    assert [r.mechanism for r in submissions(client("A1", method="xoauth2"), queued("A1"))] == ["XOAUTH2"]


def test_line_that_imitates_fields_is_no_event() -> None:
    batch = read(
        log(
            f"NOQUEUE: reject: RCPT from {PEER}: 553 5.7.1 <a@b>: no; from=<a@b> to=<c@d> proto=ESMTP helo=<x> "
            "sasl_method=PLAIN, sasl_username=<ann>",
            cleanup(
                "A1: warning: header Subject: A1: client=x[192.0.2.1], sasl_method=PLAIN, sasl_username=x"
            ),
            cleanup("A1: message-id=<A1: from=<a@b>, size=1, nrcpt=1 (queue active)>"),
            "postfix/smtp[4]: A1: client=x[192.0.2.1], sasl_method=PLAIN, sasl_username=x",
        )
    )
    assert (batch.submissions, batch.counts.other) == ([], 4)


@pytest.mark.parametrize(
    "text",
    [
        "A1: client=nobody, sasl_method=PLAIN, sasl_username=ann",
        "A1: client=x[192.0.2.1], sasl_method=PLAIN",
        "Anonymous TLS connection established from x[192.0.2.1]: TLSv1.2",
        "warning: x y[192.0.2.1]: SASL PLAIN authentication went wrong",
    ],
)
def test_line_of_an_unknown_form_is_not_passed_over_in_silence(text: str) -> None:
    batch = read(log(text))
    assert batch.counts.unrecognised == {SkipReason.UNKNOWN_FORM: 1}
    assert batch.skipped[0].text == f"Jun  3 10:40:57 mail {SMTPD}: {text}"
