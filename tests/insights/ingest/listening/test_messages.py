"""What a syslog message becomes: a line that the parsers know, without the token."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from insights.ingest.listening.messages import (
    Claim,
    Message,
    claim_of_beginning,
    read_message,
    without_claim,
)

NOW = b"2026-11-24T08:00:00.000000Z"
HEAD = b"<22>1 2026-11-24T08:15:00.123456+01:00 mx postfix/smtpd 4711 - "
LINE = b"2026-11-24T08:15:00.123456+01:00 mx postfix/smtpd[4711]: connect from unknown[192.0.2.7]"
TEXT = b"connect from unknown[192.0.2.7]"


def read(raw: bytes) -> Message:
    return read_message(raw, peer="192.0.2.99", received=lambda: NOW)


@pytest.mark.parametrize(
    ("raw", "line"),
    [
        (HEAD + b"- " + TEXT, LINE),
        (HEAD + b"- \xef\xbb\xbf" + TEXT, LINE),
        (HEAD + b"- " + TEXT + b"\r\n\0", LINE),
        (HEAD + b'[a@1 b="c"] ' + TEXT, LINE),
        (HEAD + b'[a@1 b="] \\" \\] "][x@2] ' + TEXT, LINE),
        (HEAD + b"-", b"2026-11-24T08:15:00.123456+01:00 mx postfix/smtpd[4711]: "),
        (b"<22>1 - - - - - - hello", NOW + b" 192.0.2.99 : hello"),
        (b"<22>1 - mx postfix/qmgr - - - hello", NOW + b" mx postfix/qmgr: hello"),
        (b"<22>1 - mx postfix/qmgr ABC ID47 - hello", NOW + b" mx postfix/qmgr: hello"),
        (HEAD + b"- one\ntwo\r\0three", LINE[:-31] + b"one#012two#015#000three"),
        (b"<22>Nov 24 08:15:00 mx postfix/smtpd[4711]: hello", b"Nov 24 08:15:00 mx postfix/smtpd[4711]: hello"),
        (b"<22>Nov 24 08:15:00 postfix/smtpd[4711]: hello\n", b"Nov 24 08:15:00 postfix/smtpd[4711]: hello"),
        (b"Nov 24 08:15:00 mx postfix/smtpd[4711]: hello", b"Nov 24 08:15:00 mx postfix/smtpd[4711]: hello"),
        (b"<22>1 broken", b"1 broken"),
        (HEAD + b"[broken hello", HEAD[4:] + b"[broken hello"),
        (b"<9999>x", b"<9999>x"),
        (b"", b""),
        (b"\0\0", b""),
    ],
)  # fmt: skip
def test_line_is_what_a_file_would_have(raw: bytes, line: bytes) -> None:
    assert read(raw).line == line
    assert read(raw).claim is None


@pytest.mark.parametrize(
    ("data", "claim"),
    [
        (b'[insights@32473 token="sai_x"]', Claim("sai_x")),
        (b'[insights@1 token="sai_x" source="mx 1"]', Claim("sai_x", "mx 1")),
        (
            b'[a@1 b="c"][insights@32473 tenant="acme" format="exim" source="m\\"x\\]" token="t"][z@1]',
            Claim("t", 'm"x]', "acme", "exim"),
        ),
        ('[insights@32473 token="t" source="Büro"]'.encode(), Claim("t", "Büro")),
        (b'[insights@32473 source="mx1"]', None),
        (b'[insights token="t"]', None),
        (b'[xinsights@1 token="t"]', None),
        (b'[a@1 b="[insights@1 token=t\\]"]', None),
    ],
)
def test_claim_is_told_and_not_kept(data: bytes, claim: Claim | None) -> None:
    found = read(HEAD + data + b" " + TEXT)
    assert found == Message(LINE, TEXT, claim)


@pytest.mark.parametrize(
    "raw",
    [
        b'<22>Nov 24 08:15:00 mx x[1]: [insights@1 token="SECRET"] hello',
        b'<22>Nov 24 08:15:00 mx x[1]: [insights@1 token="SECRET hello',
        HEAD + b'[insights@1 token="SECRET" hello',
        HEAD + b'- [insights@1 token="SECRET"] hello',
        b'1 2026 x [insights@1 token="SECRET"]',
        HEAD + b'[insights@1 tokne="SECRET"] hello',
        HEAD + b'[insights@1 token="' + b"SECRET" * 400 + b'"] hello',
    ],
)
def test_token_at_a_wrong_place_is_kept_nowhere(raw: bytes) -> None:
    assert b"SECRET" not in read(raw).line


def test_beginning_of_a_long_message_tells_the_sender_and_holds_no_token() -> None:
    beginning = HEAD + b'[insights@1 token="SECRET" source="mx1"] ' + b"x" * 1000
    assert claim_of_beginning(beginning) == Claim("SECRET", "mx1")
    assert without_claim(beginning) == HEAD + b" " + b"x" * 1000
    for cut in range(len(HEAD) + 10, len(HEAD) + 30):
        assert b"SECRET" not in without_claim(beginning[:cut])
        assert claim_of_beginning(beginning[:cut]) is None


@given(st.binary(max_size=300))
def test_any_bytes_are_read_as_one_line(raw: bytes) -> None:
    for before in (b"", b"<22>", HEAD, HEAD + b"[insights@1 token="):
        found = read(before + raw)
        assert not {10, 13, 0} & set(found.line)
        assert b"[insights@" not in found.line


@pytest.mark.parametrize(
    "hostile",
    [
        b'[insights@1 a="' * 4_400,
        b'[insights@1 a="\\"' * 3_800,
        b'[a b="\\' * 9_000,
        b"[" * 65_000,
        b"[x]" * 21_000,
        b'[insights@1 x="y" x="y" x="y" ' * 2_000,
        b'[insights@1 x="' + b"y" * 65_000,
    ],
)
def test_hostile_data_take_linear_time(hostile: bytes) -> None:
    def seconds(part: bytes) -> float:
        begun = time.process_time()
        for _time in range(3):
            read(HEAD + part)
            claim_of_beginning(part)
        return time.process_time() - begun

    assert min(seconds(hostile) for _time in range(3)) < 0.5
