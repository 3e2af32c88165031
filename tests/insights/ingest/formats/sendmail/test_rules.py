"""How lines of one process become messages: joined by process and address, counted once, TLS only as proven."""

from __future__ import annotations

import pytest

from insights.enums import TlsVersion
from insights.ingest.record import Batch, LineCounts, SkipReason
from tests.insights.ingest.formats.sendmail.reading import auth, log, read, starttls, taken


def rows(batch: Batch) -> list[tuple[object, ...]]:
    """Return what tells one submission from another."""
    return [
        (r.queue_id, r.account, r.sender_address, r.client_ip, r.tls_version, r.mechanism, r.recipients)
        for r in batch.submissions
    ]


ANN = ("a1", "ann@acme.example", "ann@acme.example", "192.0.2.4", TlsVersion.TLS1_2, "PLAIN", 1)


def test_a_session_with_two_messages() -> None:
    batch = read(log(starttls(), auth(), taken("a1"), taken("a2", recipients=25)))
    assert rows(batch) == [ANN, ("a2", *ANN[1:6], 25)]
    assert [r.size_bytes for r in batch.submissions] == [391, 391]
    assert batch.counts == LineCounts(event=2, evidence=2)


@pytest.mark.parametrize(
    ("program", "host"),
    [
        ("sm-mta[71]", "mail"),
        ("sendmail[3529566]", "mail"),
        ("sm-acceptingconnections[71]", "mail"),
        ("a-name-of-the-operators[71]", "mail"),
        ("sendmail[71]: [ID 801593 mail.info]", "mail"),
    ],
)
def test_programs_and_marks(program: str, host: str) -> None:
    head = program.replace("]: [", "]: [") if ": [" in program else program
    lines = log(starttls(), auth(), taken(), program=head)
    if "[ID" in program:
        lines = lines.replace(b"mail.info]: ", b"mail.info] ")
    batch = read(lines)
    assert rows(batch) == [ANN]
    assert batch.submissions[0].host == host


@pytest.mark.parametrize(
    "stamp",
    [
        "Jun  3 10:40:57 mail ",
        "Jun 03 10:40:57 mail ",
        "Jun  3 2026 10:40:57 mail ",
        "2026-06-03T10:40:57.000000+00:00 mail ",
        "2026-06-03T05:40:57-05:00 mail ",
        "2026-06-03 10:40:57Z mail ",
        "<22>Jun  3 10:40:57 mail ",
    ],
)
def test_every_form_of_stamp(stamp: str) -> None:
    [record] = read(log(starttls(), auth(), taken(), stamp=stamp)).submissions
    assert (record.occurred_at.isoformat(), record.host) == ("2026-06-03T10:40:57+00:00", "mail")


def test_rfc_5424() -> None:
    lines = log(starttls(), auth(), taken(), stamp="", program="x").replace(
        b"x: ", b"<22>1 2026-06-03T10:40:57Z mail sm-mta 71 - - "
    )
    assert rows(read(lines)) == [ANN]


def test_a_queue_id_before_starttls_and_auth() -> None:
    assert rows(read(log(f"a1: {starttls()}", f"a1: {auth()}", taken()))) == [ANN]


@pytest.mark.parametrize(
    ("client", "address"),
    [
        ("pc.acme.example [192.0.2.4]", "192.0.2.4"),
        ("[192.0.2.4]", "192.0.2.4"),
        ("pc.acme.example [192.0.2.4] (may be forged)", "192.0.2.4"),
        ("ann@pc.acme.example [192.0.2.4] (may be forged)", "192.0.2.4"),
        ("pc.acme.example [IPv6:2001:db8::7]", "2001:db8::7"),
        ("[IPv6:2001:db8:0:0:0:0:0:7]", "2001:db8::7"),
        ("x[203.0.113.9]@pc [192.0.2.4]", "192.0.2.4"),
    ],
)
def test_every_form_of_client(client: str, address: str) -> None:
    [record] = read(log(starttls(client=client), auth(client=client), taken(client=client))).submissions
    assert (record.client_ip, record.tls_version, record.account) == (address, "TLS1.2", "ann@acme.example")


@pytest.mark.parametrize(
    ("version", "found"),
    [
        ("TLSv1", TlsVersion.TLS1_0),
        ("TLSv1.1", TlsVersion.TLS1_1),
        ("TLSv1.2", TlsVersion.TLS1_2),
        ("TLSv1.3", TlsVersion.TLS1_3),
        ("TLSv1/SSLv3", TlsVersion.UNKNOWN),
        ("TLSv1.0", TlsVersion.UNKNOWN),
        ("SSLv3", TlsVersion.SSL3),
        ("TLSv1.4", TlsVersion.UNKNOWN),
        ("(NONE)", TlsVersion.UNKNOWN),
    ],
)
def test_a_version_counts_only_where_it_is_the_sessions(version: str, found: TlsVersion) -> None:
    [record] = read(log(starttls(version=version), auth(), taken())).submissions
    assert record.tls_version == found


def test_no_tls_is_proven_by_the_protocol_alone() -> None:
    [record] = read(log(auth(), taken(protocol="ESMTPA"))).submissions
    assert record.tls_version == TlsVersion.NONE


def test_tls_without_its_line_is_unknown() -> None:
    [record] = read(log(auth(), taken())).submissions
    assert record.tls_version == TlsVersion.UNKNOWN


def test_the_protocol_tells_of_no_tls_though_the_process_had_it_before() -> None:
    batch = read(log(starttls(), auth(), taken("a1"), auth(), taken("a2", protocol="ESMTPA")))
    assert [record.tls_version for record in batch.submissions] == [TlsVersion.TLS1_2, TlsVersion.NONE]


def test_process_id_used_again_by_another_client() -> None:
    other = "dsl.isp.example [198.51.100.9]"
    batch = read(log(starttls(), auth(), taken("a1"), taken("b1", client=other), taken("a2")))
    assert [record.queue_id for record in batch.submissions] == ["a1"]
    assert batch.counts == LineCounts(event=1, evidence=2, unrecognised={SkipReason.NO_LOGIN: 2})


def test_starttls_forgets_the_login_before_it() -> None:
    batch = read(log(auth(account="eve"), starttls(), taken("a1"), auth(), taken("a2")))
    assert rows(batch) == [("a2", *ANN[1:])]
    assert batch.counts.unrecognised == {SkipReason.NO_LOGIN: 1}


def test_equal_processes_of_two_hosts_are_apart() -> None:
    two = "Jun  3 10:40:57 two "
    batch = read(log(starttls(), auth()) + log(taken("b1"), stamp=two) + log(taken("a1")))
    assert rows(batch) == [ANN]


@pytest.mark.parametrize(
    ("text", "counts"),
    [
        (taken(message_id=None), LineCounts(evidence=3)),  # broken off, reset or refused before its end
        (taken(recipients=0), LineCounts(evidence=3)),
        (taken(protocol="ESMTPS"), LineCounts(evidence=2, other=1)),  # mail without a login
        (taken(protocol="ESMTP"), LineCounts(evidence=2, other=1)),
        (
            "a1: from=root, size=391, class=0, nrcpts=1, msgid=<1@pc>, relay=root@localhost",
            LineCounts(0, 2, 1),
        ),
        ("a1: from=<>, size=3, class=0, nrcpts=1, msgid=<1@pc>, relay=[RESPONSE]", LineCounts(0, 2, 1)),
        ("a1: from=<ann@acme.example>", LineCounts(0, 2, 1)),
        (
            "a1: from=<x>, size=many, class=0, nrcpts=1, proto=ESMTPA",
            LineCounts(0, 2, 0, {SkipReason.UNKNOWN_FORM: 1}),
        ),
        ("a1: to=<b@c.example>, delay=00:00:01, mailer=esmtp, pri=30500, stat=Sent", LineCounts(0, 2, 1)),
        (f"a1: {starttls().replace('server', 'client')}", LineCounts(0, 2, 1)),
        (
            "STARTTLS=server, error: accept failed=-1, reason=no, SSL_error=1, relay=[192.0.2.4]",
            LineCounts(0, 2, 1),
        ),
        ("STARTTLS=server, cert-subject=/CN=x, cert-issuer=/CN=y, verifymsg=ok", LineCounts(0, 2, 1)),
        ("STARTTLS=server, relay=x, version=, verify=NO", LineCounts(0, 2, 0, {SkipReason.UNKNOWN_FORM: 1})),
        ("AUTH=server, authid=x", LineCounts(0, 2, 0, {SkipReason.UNKNOWN_FORM: 1})),
        ("starting daemon (8.17.1): SMTP+queueing@00:01:00", LineCounts(0, 2, 1)),
    ],
)
def test_lines_that_count_no_message(text: str, counts: LineCounts) -> None:
    batch = read(log(starttls(), auth(), text))
    assert (batch.submissions, batch.counts) == ([], counts)


@pytest.mark.parametrize(
    "end",
    [
        f"a1: {'pc.acme.example [192.0.2.4]'} did not issue MAIL/EXPN/VRFY/ETRN during connection to MSA",
        "a1: lost input channel from pc.acme.example [192.0.2.4] to MSA after rcpt",
        "a1: timeout waiting for input from [192.0.2.4] during server cmd read",
        "a1: collect: premature EOM: unexpected close",
    ],
)
def test_a_told_end_forgets_the_login(end: str) -> None:
    batch = read(log(starttls(), auth(), end, taken("a2"), end))
    assert batch.submissions == []
    assert batch.counts == LineCounts(evidence=4, unrecognised={SkipReason.NO_LOGIN: 1})


@pytest.mark.parametrize(
    ("sender", "found"),
    [
        ("<>", ""),
        ("ann@acme.example", "ann@acme.example"),
        ('<"smith, john"@acme.example>', '"smith, john"@acme.example'),
        (
            '<"a, size=1, class=0, nrcpts=9, msgid=x"@acme.example>',
            '"a, size=1, class=0, nrcpts=9, msgid=x"@acme.example',
        ),
        (
            r'<"a\\", size=1, class=0, nrcpts=9"@acme.example>',
            r'"a\", size=1, class=0, nrcpts=9"@acme.example',
        ),
        (r"<j\303\266rg@acme.example>", "jörg@acme.example"),
        ("<@relay.example,@b.example:ann@acme.example>", "@relay.example,@b.example:ann@acme.example"),
    ],
)
def test_senders(sender: str, found: str) -> None:
    [record] = read(log(starttls(), auth(), taken(sender=sender))).submissions
    assert (record.sender_address, record.recipients, record.size_bytes) == (found, 1, 391)


@pytest.mark.parametrize(
    "message_id",
    [
        "<x, proto=SMTP, daemon=y>",
        "<x, relay=[203.0.113.9]>",
        "<x, size=1, class=0, nrcpts=9>",
        "<" + "x" * 150,
    ],
)
def test_a_message_id_imitates_nothing(message_id: str) -> None:
    assert rows(read(log(starttls(), auth(), taken(message_id=message_id)))) == [ANN]


@pytest.mark.parametrize("message_id", ["<x, proto=ESMTPA>", "<x, proto=ESMTPA, y>"])
def test_a_local_message_cannot_pretend_a_login(message_id: str) -> None:
    text = f"a1: from=eve, size=3, class=0, nrcpts=1, msgid={message_id}, relay=eve@localhost"
    assert read(log(text)).submissions == []


@pytest.mark.parametrize(
    ("written", "found"),
    [
        ("nuria-alpha", "nuria-alpha"),
        (r"ACME\\door", "ACME\\door"),
        (r"j\303\266rg", "jörg"),
        ("ann, mech=LOGIN", "ann, mech=LOGIN"),
        ("ann: x", "ann: x"),
        ("a b", "a b"),
        (r"a\nb", "a\\x0ab"),
        (r"a\377b", "a\\xffb"),
    ],
)
def test_accounts(written: str, found: str) -> None:
    [record] = read(log(starttls(), auth(account=written), taken())).submissions
    assert (record.account, record.mechanism) == (found, "PLAIN")


def test_mechanisms_in_upper_case() -> None:
    [record] = read(log(starttls(), auth(mechanism="Digest-MD5"), taken())).submissions
    assert record.mechanism == "DIGEST-MD5"


def test_more_fields_of_newer_and_older_versions() -> None:
    told = taken().replace(
        ", daemon=MSA", ", bodytype=8BITMIME, proto=ESMTPSA, daemon=MSA, tls_verify=NO, auth=PLAIN, ssf=0"
    )
    assert rows(read(log(starttls(), auth().removesuffix(", bits=0"), told))) == [ANN]


def test_a_session_is_forgotten_after_a_silent_day() -> None:
    begin = log(starttls(), auth(), taken("a1"))
    soon = log(taken("a2"), stamp="Jun  4 10:00:00 mail ")
    late = log(taken("a3"), stamp="Jun  5 11:00:00 mail ")
    batch = read(begin + soon + late)
    assert [record.queue_id for record in batch.submissions] == ["a1", "a2"]


def test_ids_rest_on_the_from_line_and_the_source() -> None:
    [whole] = read(log(starttls(), auth(), taken())).submissions
    [again] = read(log("other", auth(account="bob"), taken())).submissions
    later = log(starttls(), auth(), taken(), stamp="Jun  3 10:40:58 mail ")
    [other] = read(later).submissions
    assert whole.id == again.id
    assert whole.id != other.id
