"""How logins and relayed messages are joined, and what proves a TLS version."""

from __future__ import annotations

import pytest

from insights.enums import TlsVersion
from insights.ingest.record import Batch, LineCounts, SkipReason
from tests.insights.ingest.formats.dovecot.reading import (
    ANN,
    ENDED,
    TLS_1_3,
    log,
    login,
    read,
    refused,
    relayed,
)

ROW = ("O6HaNIVLBWufUwAAg+zDdQ", ANN, ANN, "192.0.2.4", TlsVersion.TLS1_3, "PLAIN", 1)


def rows(batch: Batch) -> list[tuple[object, ...]]:
    """Return what tells one submission from another."""
    return [
        (r.queue_id, r.account, r.sender_address, r.client_ip, r.tls_version, r.mechanism, r.recipients)
        for r in batch.submissions
    ]


def test_a_session_with_two_messages() -> None:
    batch = read(log(login(), relayed(), relayed("O6Ha:T2", recipients=3), ENDED))
    assert rows(batch) == [ROW, ("O6Ha:T2", *ROW[1:6], 3)]
    first = batch.submissions[0]
    assert (first.occurred_at.isoformat(), first.host, first.size_bytes, first.recipients_exact) == (
        "2026-06-03T10:40:57+00:00",
        "mail",
        391,
        True,
    )
    assert batch.counts == LineCounts(event=2, evidence=2)


@pytest.mark.parametrize(
    "head",
    [
        "Jun  3 10:40:57 mail dovecot: ",
        "Jun  3 10:40:57 mail dovecot[442]: ",
        "Jun  3 10:40:57 mail mail.info dovecot: ",
        "2026-06-03T10:40:57.000000+00:00 mail dovecot[442]: ",
        "<22>Jun  3 10:40:57 mail dovecot: ",
        "<22>1 2026-06-03T10:40:57Z mail dovecot 442 - - ",
        "<22>1 2026-06-03T10:40:57Z mail dovecot - - - ",
        "Jun  3 10:40:57 mail ",
        "2026-06-03 10:40:57 mail ",
    ],
)
@pytest.mark.parametrize("severity", ["", "Info: "])
def test_frames(head: str, severity: str) -> None:
    """Each way a line can begin leads to the same record."""
    lines = log(
        login().replace("Login: ", severity + "Login: "),
        relayed().replace("Succ", severity + "Succ"),
        head=head,
    )
    usual = read(log(login(), relayed()))
    assert read(lines).submissions == usual.submissions
    assert read(lines).counts == usual.counts


def test_dovecots_own_file_names_no_host() -> None:
    batch = read(log(login(), relayed(), ENDED, head="Jun  3 10:40:57 "))
    assert (rows(batch), batch.submissions[0].host) == ([ROW], "")
    assert batch.counts == LineCounts(event=1, evidence=2)


def test_version_2_4() -> None:
    batch = read(log(login().replace("Login:", "Logged in:"), relayed().replace("Succ", "relay: Succ")))
    assert rows(batch) == [ROW]


def test_message_without_its_login_is_counted_for_its_account() -> None:
    batch = read(log(relayed()))
    assert rows(batch) == [(*ROW[:3], "", TlsVersion.UNKNOWN, "unknown", 1)]


def test_id_is_the_same_with_and_without_the_login() -> None:
    assert read(log(relayed())).submissions[0].id == read(log(login(), relayed())).submissions[0].id


def test_sessions_are_told_apart() -> None:
    batch = read(
        log(
            login(),
            login("", user="bob@acme.example", session="other", pid=72, address="192.0.2.5"),
            relayed("b", user="bob@acme.example", sender="bob@acme.example", named="<72><other>"),
            relayed(),
        )
    )
    assert [(r.account, r.client_ip, r.tls_version) for r in batch.submissions] == [
        ("bob@acme.example", "192.0.2.5", TlsVersion.NONE),
        (ANN, "192.0.2.4", TlsVersion.TLS1_3),
    ]


@pytest.mark.parametrize("named", ["<71><GiU4>", "<71>"])
def test_process_joins_where_no_session_is_logged(named: str) -> None:
    told = login().replace(", session=<GiU4>", "")
    assert rows(read(log(told, relayed(named=named)))) == [ROW]
    ended = f"submission({ANN}){named}: Disconnected: Logged out"
    again = told.replace("192.0.2.4", "192.0.2.5")
    assert [r.client_ip for r in read(log(told, relayed(), ended, again, relayed("b"))).submissions] == [
        "192.0.2.4",
        "192.0.2.5",
    ]


def test_process_that_serves_two_at_once_names_neither() -> None:
    told = login().replace(", session=<GiU4>", "")
    batch = read(log(told, told.replace("192.0.2.4", "192.0.2.5"), relayed()))
    assert rows(batch) == [(*ROW[:3], "", TlsVersion.UNKNOWN, "unknown", 1)]


def test_hosts_are_told_apart() -> None:
    batch = read(log(login()) + log(relayed(), head="Jun  3 10:40:57 two dovecot: "))
    assert rows(batch)[0][3:5] == ("", TlsVersion.UNKNOWN)


@pytest.mark.parametrize(
    ("words", "found"),
    [
        (f"TLS, {TLS_1_3}, ", TlsVersion.TLS1_3),
        ("TLS, TLSv1.2 with cipher X (256/256 bits), ", TlsVersion.TLS1_2),
        ("TLS, TLSv1.1 with cipher X (256/256 bits), ", TlsVersion.TLS1_1),
        ("TLS, TLSv1 with cipher X (256/256 bits), ", TlsVersion.TLS1_0),
        ("TLS, SSLv3 with cipher X (128/128 bits), ", TlsVersion.SSL3),
        ("TLS, TLSv1.9 with cipher X (128/128 bits), ", TlsVersion.UNKNOWN),
        (f"tls=<{TLS_1_3}>, ", TlsVersion.TLS1_3),
        (f"{TLS_1_3}, ", TlsVersion.TLS1_3),
        ("TLS, ", TlsVersion.UNKNOWN),
        ("TLS, (proxied), ", TlsVersion.UNKNOWN),
        ("secured, ", TlsVersion.UNKNOWN),
        ("TSL, ", TlsVersion.UNKNOWN),
        ("", TlsVersion.NONE),
    ],
)
def test_versions(words: str, found: TlsVersion) -> None:
    """The line before proves that the host's lines have a word about TLS."""
    batch = read(log(login(session="before"), login(words), relayed()))
    assert [r.tls_version for r in batch.submissions] == [found]


@pytest.mark.parametrize("proof", [login("TLS, "), login("secured, "), refused(), login(f"tls={TLS_1_3}, ")])
def test_none_only_on_a_host_whose_lines_tell_of_tls(proof: str) -> None:
    bare, before = login(""), proof.replace("GiU4", "before")
    assert [r.tls_version for r in read(log(before, bare, relayed())).submissions] == [TlsVersion.NONE]
    assert [r.tls_version for r in read(log(bare, relayed())).submissions] == [TlsVersion.UNKNOWN]
    elsewhere = log(before, head="Jun  3 10:40:57 two dovecot: ") + log(bare, relayed())
    assert [r.tls_version for r in read(elsewhere).submissions] == [TlsVersion.UNKNOWN]


def test_a_name_does_not_prove_that_the_host_tells_of_tls() -> None:
    imitation = refused(user="x>, TLS, <").replace(", TLS, session", ", session")
    batch = read(log(imitation, login(""), relayed()))
    assert [r.tls_version for r in batch.submissions] == [TlsVersion.UNKNOWN]


@pytest.mark.parametrize(
    ("user", "sender"),
    [
        ("Scanner 2", ""),
        ("ACME\\door", "bounce+x=y@lists.example"),
        ("jörg@acme.example", "jörg@acme.example"),
        ("a (b)@acme.example", '"a>, size=1, id=x, nrcpt=9, reply=`"@acme.example'),
        ("a<b>@acme.example", '">: Disconnected: "@acme.example'),
        ("ann: x", "ann@acme.example"),
    ],
)
@pytest.mark.parametrize("head", ["Jun  3 10:40:57 mail dovecot: ", "Jun  3 10:40:57 "])
def test_names_and_senders(user: str, sender: str, head: str) -> None:
    batch = read(log(login(user=user), relayed(user=user, sender=sender), head=head))
    assert [r[1:5] for r in rows(batch)] == [(user, sender, "192.0.2.4", TlsVersion.TLS1_3)]


@pytest.mark.parametrize("named", ["", "<71>"])
def test_a_shorter_prefix(named: str) -> None:
    """As in version 2.2, and where mail_log_prefix was set so."""
    assert [r.account for r in read(log(relayed(named=named))).submissions] == [ANN]


@pytest.mark.parametrize(
    "text",
    [
        "submission-login: Login: user=<ann@acme.example>, method=PLAIN, rip=192.0.2.4, TLS",
        "submission(ann)<71><GiU4>: Successfully relayed message: from=<a@b>, size=1, nrcpt=1, reply=`250 Ok'",
        "submission(ann)<71><GiU4>: Successfully relayed message: size=1",
        "submission()<71><GiU4>: Successfully relayed message: from=<a@b>, size=1, id=x, nrcpt=1, reply=`250 Ok'",
        "submission-login: Disconnected: Inactivity (out of luck, 3 attempts in 2 secs): user=<a>, rip=192.0.2.4",
        refused("auth failed, 0 attempts"),
    ],
)
def test_forms_that_are_not_known_are_told(text: str) -> None:
    assert read(log(text)).counts == LineCounts(unrecognised={SkipReason.UNKNOWN_FORM: 1})


@pytest.mark.parametrize(
    "text",
    [
        login().replace("submission-login", "imap-login"),
        refused().replace("submission-login", "pop3-login"),
        relayed().replace("submission(", "lmtp("),
        "auth: passwd-file(admin,203.0.113.66,<x0Y>): unknown user",
        "auth-worker(10377): conn unix:auth-worker (pid=919,uid=112): auth-worker<1>: sql(a,192.0.2.1): unknown user",
        "submission-login: proxy(ann,192.0.2.99:587): Started proxying to remote host: user=<ann>, TLS, session=<x>",
        ENDED,
        "submission(ann)<71><GiU4>: Error: relay: Failed to connect",
        "master: Warning: Killed with signal 15",
    ],
)
def test_other_lines(text: str) -> None:
    assert read(log(text)) == Batch([], [], [], LineCounts(other=1))


def test_a_message_that_the_relay_refused_is_not_counted() -> None:
    failed = (
        f"submission({ANN})<71><GiU4>: Failed to relay message: from=<{ANN}>, size=1, nrcpt=1, reply=`554 no'"
    )
    assert read(log(login(), failed)).counts == LineCounts(evidence=2)
