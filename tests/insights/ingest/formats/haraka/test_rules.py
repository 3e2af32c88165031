"""How the lines of a connection become messages: what proves a login, a TLS version, a name."""

from __future__ import annotations

import json
from base64 import b64encode

import pytest

from insights.enums import TlsVersion
from insights.ingest.record import Batch, LineCounts, SkipReason
from tests.insights.ingest.formats.haraka.reading import (
    ANN,
    SECRET,
    TICKET,
    TLS_1_3,
    UUID,
    connect,
    ended,
    line,
    log,
    login,
    read,
    taken,
    tried,
)

WHOLE = (connect(), TLS_1_3, login(), *taken(), ended())
ROW = (f"{UUID}.1", ANN, ANN, "192.0.2.4", TlsVersion.TLS1_3, "PLAIN", 1)


def rows(batch: Batch) -> list[tuple[object, ...]]:
    """Return what tells one submission from another."""
    return [
        (r.queue_id, r.account, r.sender_address, r.client_ip, r.tls_version, r.mechanism, r.recipients)
        for r in batch.submissions
    ]


def test_a_connection_with_two_messages() -> None:
    batch = read(log(connect(), TLS_1_3, login(), *taken(), *taken(2, recipients=3, sender=""), ended()))
    assert rows(batch) == [ROW, (f"{UUID}.2", ANN, "", *ROW[3:6], 3)]
    first = batch.submissions[0]
    assert (first.occurred_at.isoformat(), first.host, first.size_bytes) == (
        "2026-06-03T10:40:57.123000+00:00",
        "",
        40,
    )
    assert batch.counts == LineCounts(event=1, evidence=11, other=2)


def as_json(text: str) -> str:
    """Return a line of the default format as JSON, as logger.js would have written it."""
    level, uuid, origin, message = line(text).split("] ", 3)
    words = message.strip().split(" ")
    ahead = next(
        (number for number, word in enumerate(words) if "=" in word and "secured" not in message), len(words)
    )
    members = {"level": level[1:], "uuid": uuid[1:], "origin": origin[1:], "message": " ".join(words[:ahead])}
    if message.startswith("AUTH"):
        return json.dumps(members | {"message": message})
    rest = dict(word.split("=", 1) for word in words[ahead:] if "=" in word)
    return json.dumps(members | {key: value.strip('"') for key, value in rest.items()}, separators=(",", ":"))


def as_logfmt(text: str) -> str:
    """Return the same as logfmt."""
    members = json.loads(as_json(text))
    quoted = {key: value.replace("\\", "\\\\").replace('"', '\\"') for key, value in members.items()}
    return " ".join(
        f'{key}="{value}"' if value != "core" else f"{key}={value}" for key, value in quoted.items()
    ).replace('level="NOTICE"', "level=NOTICE")


@pytest.mark.parametrize("form", [line, as_json, as_logfmt])
@pytest.mark.parametrize(
    "head",
    [
        "2026-06-03T10:40:57.123Z ",
        "2026-06-03 10:40:57.123000000  ",
        "2026-06-03T12:40:57.123+02:00 mail haraka[442]: ",
        "<22>1 2026-06-03T10:40:57.123Z mail haraka 442 - - ",
    ],
)
def test_frames(head: str, form: object) -> None:
    """Each way a line can begin and be written leads to the same record."""
    assert callable(form)
    data = b"".join(f"{head}{form(text)}\n".encode() for text in WHOLE)
    batch = read(data)
    assert rows(batch) == [ROW]
    assert batch.submissions[0].occurred_at.isoformat() == "2026-06-03T10:40:57.123000+00:00"
    assert batch.submissions[0].host == ("mail" if "mail" in head else "")
    assert batch.counts == LineCounts(event=1, evidence=7, other=1)


def test_stamps_without_a_year() -> None:
    batch = read(log(*WHOLE, head="Jun  3 10:40:57 mail haraka[442]: "))
    assert (rows(batch), batch.submissions[0].host) == ([ROW], "mail")


def test_version_2_8_quotes_without_escapes() -> None:
    old = ended().replace("NXDOMAIN", '"x"').replace("pc.acme.example", '"pc"relay=N"')
    mid = '"<a" size=9 rcpts=9/9/9 delay=1 code=OK>"'
    sized = f'[1] [core] message mid={mid} size=40 rcpts=1/0/0 delay=0 code=CONT msg=""'
    lines = [sized if " message mid=" in text else text for text in taken()]
    batch = read(log(connect(), TLS_1_3, login(), *lines, old))
    assert (rows(batch), batch.submissions[0].size_bytes) == ([ROW], 40)


@pytest.mark.parametrize(
    ("port", "between", "relay", "account", "mechanism"),
    [
        (587, (login(),), "Y", ANN, "PLAIN"),
        (25, (login(),), "Y", ANN, "PLAIN"),
        (587, (login(method="CRAM-MD5"),), "Y", ANN, "CRAM-MD5"),
        (
            25,
            (f'[auth/auth_proxy] AUTH user="{ANN}" host="192.0.2.9" success=true',),
            "Y",
            ANN,
            "PLAIN/LOGIN",
        ),
        (25, (f'[my_login] AUTH user="{ANN}" success=true',), "Y", ANN, "unknown"),
        (25, (f'[auth/auth_vpopmaild] AUTH user="{ANN}" success=true', tried()), "Y", ANN, "PLAIN/LOGIN"),
        (25, (tried(),), "Y", "", "PLAIN/LOGIN"),
        (25, (tried(plugin="auth-ldap"),), "Y", "", "unknown"),
        (587, (), "Y", "", "unknown"),
        (465, (), "Y", "", "unknown"),
        (
            25,
            (TICKET, tried(), tried(b64encode(f"{ANN} {'0a' * 16}".encode()).decode())),
            "Y",
            ANN,
            "CRAM-MD5",
        ),
        (25, (tried(), tried(SECRET)), "Y", "", "PLAIN/LOGIN"),
        (25, (TICKET, tried(), tried(SECRET)), "Y", "", "CRAM-MD5"),
    ],
)
def test_what_proves_a_login(
    port: int, between: tuple[str, ...], relay: str, account: str, mechanism: str
) -> None:
    batch = read(log(connect(port), TLS_1_3, *between, *taken(), ended(relay)))
    assert [(r.account, r.mechanism) for r in batch.submissions] == [(account, mechanism)]


@pytest.mark.parametrize(
    ("port", "between", "relay"),
    [
        (25, (), "N"),
        (25, (), "Y"),
        (25, (tried(),), "N"),
        (587, (), "N"),
        (25, (tried("STARTTLS", "tls"),), "Y"),
    ],
)
def test_mail_without_a_login_is_not_counted(port: int, between: tuple[str, ...], relay: str) -> None:
    batch = read(log(connect(port), *between, *taken(), ended(relay)))
    assert (batch.submissions, batch.counts.event, batch.counts.unrecognised) == ([], 0, {})


@pytest.mark.parametrize(
    ("lines", "tls", "found"),
    [
        ((TLS_1_3,), "Y", TlsVersion.TLS1_3),
        ((TLS_1_3.replace("1.3", "1.2"),), "Y", TlsVersion.TLS1_2),
        ((TLS_1_3.replace("v1.3", "v1.1"),), "Y", TlsVersion.TLS1_1),
        ((TLS_1_3.replace("v1.3", "v1"),), "Y", TlsVersion.TLS1_0),
        ((TLS_1_3.replace("v1.3", "v9"),), "Y", TlsVersion.UNKNOWN),
        (("[tls] secured: verified=false",), "Y", TlsVersion.UNKNOWN),
        ((), "Y", TlsVersion.UNKNOWN),
        ((), "N", TlsVersion.NONE),
        (("[core] HAProxy proto=TCP4 src_ip=192.0.2.4:1 dst_ip=198.51.100.2:587",), "N", TlsVersion.UNKNOWN),
        ((TLS_1_3.replace("[tls]", "[outbound]"),), "N", TlsVersion.NONE),
    ],
)
def test_versions(lines: tuple[str, ...], tls: str, found: TlsVersion) -> None:
    batch = read(log(connect(), *lines, login(), *taken(), ended(tls=tls)))
    assert [r.tls_version for r in batch.submissions] == [found]


def test_client_behind_haproxy() -> None:
    proxied = "[core] HAProxy proto=TCP6 src_ip=2001:db8::7:40112 dst_ip=2001:db8::25:587"
    data = (connect(address="127.0.0.9"), proxied, login(), *taken())
    found = read(log(*data, ended(address="2001:db8:0::7"))).submissions
    assert [r.client_ip for r in found] == ["2001:db8::7"]


@pytest.mark.parametrize(
    "sender", ["", "bounce+x=y@lists.example", '"a> code=OK b"@acme.example', "jörg@acme.example"]
)
@pytest.mark.parametrize("user", [ANN, "Scanner 2", 'a" success=false', "ACME\\door", "jörg"])
def test_names_and_senders(sender: str, user: str) -> None:
    batch = read(log(connect(), TLS_1_3, login(user), *taken(sender=sender), ended()))
    assert [(r.account, r.sender_address) for r in batch.submissions] == [(user, sender)]


def test_only_accepted_messages_count_and_each_once() -> None:
    denied = [text.replace("queue code=OK", "queue code=DENY") for text in taken(2)]
    batch = read(log(connect(), TLS_1_3, login(), *taken(), *denied, ended(), ended(), *taken(3)))
    assert rows(batch) == [ROW]


def test_message_of_a_connection_that_is_not_over_waits() -> None:
    assert read(log(*WHOLE[:-1])).submissions == []


def test_message_of_a_connection_whose_end_never_comes_counts_for_its_login() -> None:
    later = log("[core] x", head="2026-06-05T10:40:57.123Z ", uuid="0" * 36)
    assert rows(read(log(*WHOLE[:-1]) + later)) == [ROW]
    without = read(log(connect(), *taken()) + later)
    assert without.submissions == []


def test_connection_whose_beginning_is_not_in_the_log() -> None:
    assert rows(read(log(login(), *taken(), ended()))) == [(*ROW[:4], TlsVersion.UNKNOWN, *ROW[5:])]
    assert read(log(*taken(), ended())).submissions == []
    assert rows(read(log(connect(), login(), taken()[-1], ended(tls="N")))) == [
        (f"{UUID}.1", ANN, "", "192.0.2.4", TlsVersion.NONE, "PLAIN", 1)
    ]


def test_connections_and_hosts_are_told_apart() -> None:
    other = "0" * 36
    data = (
        log(connect(), TLS_1_3, login())
        + log(connect(address="192.0.2.5"), login("bob"), uuid=other)
        + log(*taken(sender="bob@acme.example"), ended(tls="N", address="192.0.2.5"), uuid=other)
        + log(*taken(), ended())
    )
    assert [(r.account, r.client_ip, r.tls_version) for r in read(data).submissions] == [
        ("bob", "192.0.2.5", TlsVersion.NONE),
        (ANN, "192.0.2.4", TlsVersion.TLS1_3),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "[core] connect ip=",
        "[core] HAProxy proto=",
        "[core] disconnect ip=192.0.2.4",
        "[1] [core] message mid=x",
        "[1] [core] sender x",
        "[core] queue code=OK msg=x",
        "[1] [core] queue x",
        '[x] AUTH user="ann" success=maybe',
    ],
)
def test_forms_that_are_not_known_are_told(text: str) -> None:
    assert read(log(text)).counts == LineCounts(unrecognised={SkipReason.UNKNOWN_FORM: 1})


def test_broken_json_is_told() -> None:
    batch = read(
        f'2026-06-03T10:40:57.123Z {{"level":"NOTICE","uuid":"{UUID}","origin":"core","mess\n'.encode()
    )
    assert batch.counts == LineCounts(unrecognised={SkipReason.UNKNOWN_FORM: 1})


@pytest.mark.parametrize(
    "body",
    [
        "Starting up Haraka version 3.3.4",
        "loglevel: INFO",
        "[NOTICE] [-] [server] Listening on 127.0.0.2:587",
        f"[INFO] [{UUID}.1.1] [outbound] bouncing mail: Nowhere to deliver mail to",
        f"[INFO] [{UUID}] [core] client half closed connection ip=127.0.0.36",
        "mail postfix/smtpd[71]: connect from unknown[192.0.2.3]",
        "mail dovecot: submission-login: Login: user=<ann>",
        '{"type":"Reception","id":"f684"}',
        "{",
        "[1,2]",
        "level=",
    ],
)
def test_other_lines(body: str) -> None:
    assert read(f"2026-06-03T10:40:57.123Z {body}\n".encode()) == Batch([], [], [], LineCounts(other=1))
