"""Every way in which a line can begin leads to the same record."""

from __future__ import annotations

import pytest

from insights.ingest.formats.postfix.header import read_writer
from insights.ingest.formats.rfc5424 import plain_header
from insights.ingest.record import LineCounts
from tests.insights.ingest.formats.reading import CONNECT, DISCONNECT, TLS, client, queued, read

TEXTS = (CONNECT, TLS, client("A1"), DISCONNECT)


@pytest.mark.parametrize(
    "name", ["postfix", "postfix/submission", "postfix-out", "postfix-170.55.103.23", "transfer"]
)
@pytest.mark.parametrize(
    ("smtpd", "qmgr"),
    [
        ("Jun  3 10:40:57 mail {}/smtpd[71]: ", "Jun  3 10:40:57 mail {}/qmgr[9]: "),
        ("Jun 03 10:40:57 mail {}/smtpd[71]: ", "Jun 03 10:40:57 mail {}/nqmgr[9]: "),
        ("<22>Jun  3 10:40:57 mail {}/smtpd[71]: ", "<22>Jun  3 10:40:57 mail {}/qmgr[9]: "),
        ("2026-06-03T10:40:57.000000+00:00 mail {}/smtpd[71]: ", "2026-06-03T10:40:57Z mail {}/qmgr[9]: "),
        (
            "<22>1 2026-06-03T10:40:57Z mail {}/smtpd 71 - - ",
            "<22>1 2026-06-03T10:40:57Z mail {}/qmgr 9 - - ",
        ),
        (
            '<22>1 2026-06-03T10:40:57Z mail {}/smtpd 71 ID1 [o@1 a="]\\"" b="x: y"][p@2] \ufeff',
            "<22>1 2026-06-03T10:40:57Z mail {}/qmgr 9 - - \ufeff",
        ),
        (
            "Jun  3 10:40:57 mail {}/smtpd[71]: [ID 197553 mail.info] ",
            "Jun  3 10:40:57 mail {}/qmgr[9]: [ID 197553 mail.info] ",
        ),
        ("Jun  3 10:40:57 mail mail.info {}/smtpd[71]: ", "Jun  3 10:40:57 mail mail.info {}/qmgr[9]: "),
    ],
)
def test_header_of_any_form(name: str, smtpd: str, qmgr: str) -> None:
    lines = [smtpd.format(name) + text for text in TEXTS]
    lines.insert(3, qmgr.format(name) + queued("A1").partition(": ")[2])
    batch = read("".join(f"{line}\n" for line in lines).encode())
    assert [(r.host, r.queue_id, r.tls_version) for r in batch.submissions] == [("mail", "A1", "TLS1.2")]
    assert batch.counts == LineCounts(event=1, evidence=4)


def test_line_without_a_host() -> None:
    stamp = "2026-06-03T10:40:57Z postfix"
    data = f"{stamp}/smtpd[71]: {client('A1')}\n{stamp}/qmgr[9]: {queued('A1').partition(': ')[2]}\n"
    assert [r.host for r in read(data.encode()).submissions] == [""]


@pytest.mark.parametrize(
    "line",
    [
        "Jun  3 10:40:57 mail dovecot: imap-login: Login: user=<a>",
        "Jun  3 10:40:57 mail smtpd[3920]: f274 smtp connected address=192.0.2.1 host=x",
        "Jun  3 10:40:57 mail kernel: [12.3] eth0: up",
        "Jun  3 10:40:57 mail -- MARK --",
        "Jun  3 10:40:57 mail postfix/smtpd[71]",
        "Jun  3 10:40:57 mail postfix/smtpd[71]:",
        "Jun  3 10:40:57 mail postfix/smtpd[71]: ",
        "Jun  3 10:40:57 mail postfix/qmgr[9]: A1: removed",
        "Jun  3 10:40:57 mail postfix/postscreen[9]: CONNECT from [192.0.2.1]:1 to [192.0.2.2]:25",
        "Jun  3 10:40:57 mail last message repeated 2 times",
        "<22>1 2026-06-03T10:40:57Z mail postfix/smtpd 7",
        "Jun  3 10:40:57 " + "x" * 1_000,
    ],
)
def test_line_of_other_matters(line: str) -> None:
    assert read(f"{line}\n".encode()).counts == LineCounts(other=1)


def test_writer_is_the_last_element_of_the_program() -> None:
    assert read_writer(b"mail postfix/submission/smtpd[71]") == (
        b"mail",
        (b"postfix", b"submission"),
        b"smtpd",
        b"71",
    )
    assert read_writer(b"postfix/smtpd") == (b"", (b"postfix",), b"smtpd", b"")
    assert read_writer(b"mail smtpd[71]") is None
    assert read_writer(b"a b c postfix/smtpd[71]") is None


def test_header_of_rfc_5424_that_is_cut_off_is_none() -> None:
    assert plain_header(b"mail postfix/smtpd 71 - [open") is None
