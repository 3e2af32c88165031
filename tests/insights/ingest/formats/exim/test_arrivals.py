"""When a message counts, and what its `<=` line tells, with every log_selector."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from insights.enums import TlsVersion
from insights.ingest.local_time import micros_of
from insights.ingest.record import SkipReason, SubmissionRecord
from tests.insights.ingest.formats.exim.reading import ID, LONG_ID, PEER, TLS, arrival, log, read


def only(text: str) -> SubmissionRecord:
    """Return the one submission of a line."""
    [record] = read(log(text)).submissions
    return record


def test_line_gives_one_record() -> None:
    assert only(arrival())[1:] == (
        micros_of(datetime(2026, 6, 3, 10, 40, 57, tzinfo=UTC)),
        "",
        ID,
        "ann@acme.example",
        "ann@acme.example",
        "192.0.2.10",
        TlsVersion.TLS1_3,
        "PLAIN",
        1,
        False,
        1281,
        1,
        0,
    )


def test_size_that_is_blotted_out_is_not_known() -> None:
    record = only(arrival().replace(" S=1281", " S=sss"))
    assert (record.account, record.size_bytes) == ("ann@acme.example", None)


@pytest.mark.parametrize(
    "line",
    [
        "{id} <= ann@acme.example H=pc.acme.example (pc) [192.0.2.10] P=esmtpsa X={tls} A=plain:ann S=391",
        "{id} <= ann@acme.example H=[192.0.2.10] P=esmtpsa X={tls} CV=no A=plain:ann S=391 id=1@pc",
        "{id} <= ann@acme.example H=(pc) [192.0.2.10]:59324 I=[192.0.2.1]:587 P=esmtpsa X={tls} A=plain:ann S=391",
        "{id} <= ann@acme.example DS H=(pc) [192.0.2.10] TFO* U=ann Ci=30416 P=esmtpsa L. X={tls}* A=plain:ann S=391",
        "{id} <= ann@acme.example H=(pc) [192.0.2.10] P=esmtpsa L* X={tls}:X25519 CV=dane A=plain:ann K S=391 M8S=8",
        "{id} <= ann@acme.example H=(pc) [192.0.2.10] P=esmtpsa L- SPF=pass X={tls} A=plain:ann PRDR S=391 DMARC=pass",
        '{id} <= ann@acme.example H=[192.0.2.10] P=essmtpa X={tls} CV=yes DN="/CN=a A=b S=1" SNI=mx A=plain:ann S=391',
        "{id} <= ann@acme.example H=(pc) [192.0.2.10] P=esmtpsa X={tls} A=plain:ann:a@b.example PRX=192.0.2.2 S=391",
        "{id} <= ann@acme.example H=([IPv6:2001:db8::5]) [192.0.2.10] P=esmtpsa X={tls} A=plain:ann S=391 Q=x ARC",
        '{id} <= ann@acme.example H=(pc) [192.0.2.10] P=esmtpsa X={tls} A=plain:ann S=391 RT=1s id*=1@pc T="A=b S=1"',
        '{id} <= ann@acme.example H=(pc) [192.0.2.10] P=esmtpsa X={tls} A=plain:ann S=391 T="" from <ann@acme.example>',
        "{id} (= ann@acme.example H=(pc) [192.0.2.10] P=esmtpsa X={tls} A=plain:ann S=391",
    ],
)
@pytest.mark.parametrize("queue_id", [ID, LONG_ID])
@pytest.mark.parametrize("stamp", ["2026-06-03 10:40:57 ", "2026-06-03 12:40:57.000 +0200 [1487] "])
def test_fields_of_any_log_selector(line: str, queue_id: str, stamp: str) -> None:
    [record] = read(
        log(line.format(id=queue_id, tls="TLS1.2:ECDHE-RSA-AES256-GCM-SHA384:256"), stamp=stamp)
    ).submissions
    assert record.occurred_at == datetime(2026, 6, 3, 10, 40, 57, tzinfo=UTC)
    assert record[3:9] == (queue_id, "ann", "ann@acme.example", "192.0.2.10", TlsVersion.TLS1_2, "PLAIN")
    assert record.size_bytes == 391


@pytest.mark.parametrize(
    "line",
    [
        f"{ID} <= ann@acme.example {PEER} P=esmtps {TLS} S=1281 id=1@pc",
        f'{ID} <= ann@acme.example {PEER} P=esmtps {TLS} S=1281 id="A=plain:ann S=1"@pc T="A=plain:ann S=1 for x"',
        f'{ID} <= "a {PEER} P=esmtpa A=plain:ann S=1 id"@acme.example {PEER} P=esmtps S=1281',
        f"{ID} <= <> R={LONG_ID} U=Debian-exim P=local S=4115",
        f"{ID} <= root@acme.example U=root P=local S=4115",
        f'{ID} => bob@b.example R=smart T=smtp H=mx.b.example [192.0.2.9] X=TLS1.3:X:256 A=plain C="250 OK"',
        f"{ID} -> bob@b.example R=smart T=smtp H=mx.b.example [192.0.2.9] A=plain:ann S=1",
        f"{ID} ** bob@b.example R=all: no such user here <= A=plain:ann S=1",
        f"{ID} == bob@b.example R=smart T=smtp defer (-53): retry time not reached",
        f"{ID} Completed",
        f"{ID} Message is frozen",
        f"{ID} SMTP connection lost after final dot {PEER} P=esmtpsa",
        f"{ID} H=mx [192.0.2.9]: Remote host closed connection in response to AUTH LOGIN",
        f"{ID} spam <= A=plain:ann S=1",
        "Start queue run: pid=5106",
        "exim 4.96 daemon started: pid=5099, -q20s, listening for SMTP on [127.0.0.1]:25",
        f"Warning: {ID} <= ann@acme.example {PEER} P=esmtpa A=plain:ann S=1",
    ],
)
def test_line_of_other_matters(line: str) -> None:
    batch = read(log(line))
    assert (batch.submissions, batch.failures) == ([], [])
    assert (batch.counts.other, batch.counts.lines) == (1, 1)


@pytest.mark.parametrize(
    "line",
    [
        f"{ID} <= ann@acme.example P=esmtpa H=pc A=plain:ann S=1281",
        f"{ID} <= ann@acme.example {PEER} P=esmtpa A=plain:ann",
        f"{ID} <= ann@acme.example {PEER} P=esmtpa A=plain:ann S=many",
        f'{ID} <= "ann@acme.example {PEER} P=esmtpa A=plain:ann S=1281',
    ],
)
def test_line_of_an_unknown_form_is_not_passed_over_in_silence(line: str) -> None:
    batch = read(log(line))
    assert (batch.submissions, batch.counts.unrecognised) == ([], {SkipReason.UNKNOWN_FORM: 1})


@pytest.mark.parametrize(
    "line",
    [
        f"{PEER} X=TLS1.2:X:256 CV=no F=<ann@acme.example> A=plain:ann rejected RCPT <bob@b.example>: no",
        f"{ID} {PEER} F=<ann@acme.example> A=plain:ann rejected after DATA: message content rejected",
        f"no MAIL in SMTP connection from {PEER[2:]} D=0.3s A=plain:ann X=TLS1.3:X:256 C=EHLO,STARTTLS,EHLO,AUTH,QUIT",
    ],
)
def test_login_that_led_to_no_message_is_evidence(line: str) -> None:
    batch = read(log(line))
    assert (batch.submissions, batch.failures, batch.counts.evidence) == ([], [], 1)
    assert read(log(line.replace(" A=plain:ann", ""))).counts.other == 1


@pytest.mark.parametrize(
    ("cipher", "version"),
    [
        ("TLSv1:AES128-SHA:128", TlsVersion.TLS1_0),
        ("TLS1.0:RSA_AES_128_CBC_SHA1:128", TlsVersion.TLS1_0),
        ("TLS1:ECDHE-RSA-AES256-SHA:256", TlsVersion.TLS1_0),
        ("TLSv1.1:AES128-SHA:128", TlsVersion.TLS1_1),
        ("TLS1.2:ECDHE_RSA_AES_256_GCM_SHA384:256", TlsVersion.TLS1_2),
        ("TLSv1.2:ECDHE-RSA-AES256-GCM-SHA384:256*", TlsVersion.TLS1_2),
        ("TLS1.3:TLS_AES_256_GCM_SHA384:256:X25519MLKEM768", TlsVersion.TLS1_3),
        ("SSLv3:RC4-MD5:128", TlsVersion.SSL3),
        ("TLS1.4:FUTURE:512", TlsVersion.UNKNOWN),
        ("TLS1.2", TlsVersion.TLS1_2),
    ],
)
def test_tls_version_is_the_exact_token(cipher: str, version: TlsVersion) -> None:
    assert only(arrival(tls=f"X={cipher}")).tls_version is version


@pytest.mark.parametrize(
    ("fields", "version"),
    [
        (f"{PEER} P=esmtpa A=plain:ann", TlsVersion.NONE),
        (f"{PEER} P=utf8esmtpa A=plain:ann", TlsVersion.NONE),
        (f"{PEER} P=asmtp A=plain:ann", TlsVersion.NONE),
        (f"{PEER} P=esmtpsa A=plain:ann", TlsVersion.UNKNOWN),
        (f"{PEER} P=utf8esmtpsa A=plain:ann", TlsVersion.UNKNOWN),
        (f"{PEER} P=essmtpa A=plain:ann", TlsVersion.UNKNOWN),
        (f"{PEER} P=esmtpa A=plain:ann PRX=192.0.2.2", TlsVersion.UNKNOWN),
        (f"{PEER} P=esmtpsa X=TLS1.2:X:256 A=plain:ann PRX=192.0.2.2", TlsVersion.TLS1_2),
        (f"{PEER} P=esmtpa A=xclient:ann", TlsVersion.UNKNOWN),
        (f"{PEER} P=esmtpsa X=TLS1.2:X:256 A=xclient:ann", TlsVersion.UNKNOWN),
        ("U=www-data P=local-esmtpa A=plain:ann", TlsVersion.UNKNOWN),
        (f"{PEER} P=spam-scanned A=plain:ann", TlsVersion.UNKNOWN),
        (f"{PEER} A=plain:ann", TlsVersion.UNKNOWN),
    ],
)
def test_none_needs_a_protocol_that_says_so(fields: str, version: TlsVersion) -> None:
    record = only(f"{ID} <= ann@acme.example {fields} S=1281")
    assert (record.tls_version, record.account) == (version, "ann")


def test_proxy_that_authenticated_hides_the_mechanism() -> None:
    assert only(arrival(login="xclient:ann")).mechanism == "unknown"


@pytest.mark.parametrize(
    ("logged", "account"),
    [
        ("plain_server:ann", "ann"),
        ("plain_server", ""),
        ("plain_server:a b", "a b"),
        ("plain_server:a, b=c", "a, b=c"),
        ("plain_server:a S=1", "a S=1"),
        ("plain_server:ACME\\ann", "ACME\\ann"),
        ("plain_server:ACME\\101", "ACME\\101"),
        ("plain_server:ACME\\303x", "ACME\\303x"),
        ("plain_server:j\\303\\266rg@acme.example", "jörg@acme.example"),
        ("plain_server:\\343\\203\\206", "テ"),
        ("plain_server:a\\001b", "a\\001b"),
        ("plain_server:jörg", "jörg"),
        ("plain_server:ann@acme.example:bob@acme.example", "ann@acme.example"),
        ("plain_server:host:ann", "host:ann"),
        ("plain_server:" + "x" * 400, "x" * 320),
    ],
)
def test_account_is_what_the_client_typed(logged: str, account: str) -> None:
    first, again = read(log(arrival(login=logged), arrival(login=logged, queue_id=LONG_ID))).submissions
    assert (first.account, again.account, first.mechanism) == (account, account, "PLAIN")


@pytest.mark.parametrize("account", ["a S=1 idle", "a S=1 Tom", "a S=1 former", "a S=12 RTx=1"])
def test_account_does_not_depend_on_what_was_read_before(account: str) -> None:
    """Found by atheris: the client `a`, once known, was taken for one whose name goes on like a size."""
    lines = [arrival(login="plain:a"), arrival(login=f"plain:{account}", queue_id=LONG_ID)]
    assert [one.account for one in read(log(*lines)).submissions] == ["a", account]


@pytest.mark.parametrize(
    "peer",
    [
        f"{PEER}:50123 Ci={'1' * 65}",
        f"{PEER}:50123 Ci=",
        f"{PEER}:50123 Ci=1 2",
        f"{PEER}:501234 Ci=1",
        f"{PEER}: Ci=1",
    ],
)
def test_line_of_an_unknown_form_is_one_also_behind_a_known_client(peer: str) -> None:
    """Found by atheris: what stands for port and connection was left out of the comparison whatever it was."""
    known = f"{ID} <= ann@acme.example {PEER}:50123 Ci=31337 P=esmtpa A=plain:ann S=391"
    batch = read(log(known, f"{LONG_ID} <= ann@acme.example {peer} P=esmtpa A=plain:ann S=391"))
    assert (len(batch.submissions), batch.counts.unrecognised) == (1, {SkipReason.UNKNOWN_FORM: 1})


@pytest.mark.parametrize(
    ("logged", "sender"),
    [
        ("<>", ""),
        ("jürgen@contoso.example", "jürgen@contoso.example"),
        ('"ann, of sales"@acme.example', '"ann, of sales"@acme.example'),
        ('"a\\" <= H=x [1.2.3.4] P=esmtpa A=b S=1 id=2"@acme.example',) * 2,
        ("ann+bob=b.example@acme.example", "ann+bob=b.example@acme.example"),
    ],
)
def test_sender_ends_at_the_first_blank_outside_quotes(logged: str, sender: str) -> None:
    record = only(arrival(sender=logged))
    assert (record.sender_address, record.account, record.client_ip) == (
        sender,
        "ann@acme.example",
        "192.0.2.10",
    )


@pytest.mark.parametrize(
    ("peer", "address"),
    [
        ("H=[192.0.2.10]", "192.0.2.10"),
        ("H=(pc) [2001:DB8:0:0::4]", "2001:db8::4"),
        ("H=mx (pc) [::ffff:192.0.2.10]:587", "192.0.2.10"),
        ("H=([198.51.100.7]) [192.0.2.10]", "192.0.2.10"),
        ("H=(a [198.51.100.7] b) [192.0.2.10]", "192.0.2.10"),
        ("H=mx [192.0.2.10]:1 I=[198.51.100.7]:25", "192.0.2.10"),
        ("H=mx [ip4.ip4.ip4.ip4]", ""),
        ("U=ann", ""),
    ],
)
def test_client_is_the_bracket_before_the_next_field(peer: str, address: str) -> None:
    assert only(arrival(peer=peer)).client_ip == address


@pytest.mark.parametrize(
    ("more", "recipients"),
    [
        (" id=1@pc for bob@b.example", (1, True)),
        (" for bob@b.example cat@c.example dan@d.example", (3, True)),
        (' id=1@pc T="Hi" for bob@b.example "c d"@c.example', (2, True)),
        (' id=1@pc T="for \\"you\\" for x" from <ann@acme.example> for bob@b.example', (1, True)),
        (' id="a for b"@pc T="x" for bob@b.example cat@c.example', (2, True)),
        (' M8S=8 DKIM=a.example RT=1s Q=fast T="x" for bob@b.example', (1, True)),
        (" for bob@b.example cat@c.exa<trunc>", (2, False)),
        (" id=1@pc", (1, False)),
        (' T="what for"', (1, False)),
        (" from <ann@acme.example>", (1, False)),
        ("", (1, False)),
        (' T="no end for bob@b.example', (1, False)),
    ],
)
def test_recipients_are_those_named_at_the_end(more: str, recipients: tuple[int, bool]) -> None:
    record = only(arrival(more=more))
    assert (record.recipients, record.recipients_exact) == recipients


def test_account_that_imitates_the_fields_before_it_is_no_other_account() -> None:
    lines = [f"{ID} <= ann H=(pc) [192.0.2.10] A=login:a Ci={number} P=esmtpa S=391" for number in (1, 2)]
    assert [record.account for record in read(log(*lines)).submissions] == [
        "a Ci=1 P=esmtpa",
        "a Ci=2 P=esmtpa",
    ]


def test_port_and_connection_do_not_tell_clients_apart() -> None:
    lines = [
        f"{ID} <= ann H=(pc) [192.0.2.10]:{port} I=[192.0.2.1]:587 Ci={port} P=esmtpa A=login:a S=391"
        for port in (50_001, 50_002)
    ]
    one, two = read(log(*lines)).submissions
    assert one == two
    assert (one.client_ip, one.account) == ("192.0.2.10", "a")


def test_id_rests_on_the_line_and_not_on_its_neighbours() -> None:
    one, two = read(log(arrival(), arrival(queue_id=LONG_ID))).submissions
    assert one.id != two.id
    assert read(log(arrival(queue_id=LONG_ID), "no matter", arrival())).submissions == [two, one]
    others = [
        arrival(peer=PEER.replace("192.0.2.10", "192.0.2.11")),
        arrival(login="plain_server:bob"),
    ]
    assert len({one.id, two.id, *(record.id for record in read(log(*others)).submissions)}) == 4


def test_bytes_that_are_no_text_become_escapes() -> None:
    line = log(arrival(sender="a\x00\u2028b@acme.example")).replace(
        b"plain_server:ann", b"plain_server:a\xff\x1b\x00n"
    )
    [record] = read(line).submissions
    assert record.account == "a\\xff\\x1b\\x00n@acme.example"
    assert record.sender_address == "a\\x00\\u2028b@acme.example"
