"""Spellings of TLS versions, mechanisms, recipients and reasons."""

from __future__ import annotations

import pytest

from insights.enums import FailureReason, TlsVersion
from insights.ingest.formats.columns.values import mechanism_of, reason_of, recipients_of, tls_of


@pytest.mark.parametrize(
    ("version", "spellings"),
    [
        (TlsVersion.NONE, ["none", "No", "plaintext", "false", "unencrypted"]),
        (TlsVersion.SSL3, ["SSLv3", "ssl3.0", "SP_PROT_SSL3_SERVER", "0x0300"]),
        (TlsVersion.TLS1_0, ["TLSv1", "TLS1.0", "TLSv1.0", "TLS1_0", "tls 1", "SP_PROT_TLS1_0", "1.0"]),
        (TlsVersion.TLS1_1, ["TLSv1.1", "TLS1_1", "TLS 1.1", "SP_PROT_TLS1_1_SERVER"]),
        (TlsVersion.TLS1_2, ["TLSv1.2", "TLS1_2", "TLS12", "SP_PROT_TLS1_2", "TLS1.2:ECDHE:256", "1.2", "0x0303"]),
        (TlsVersion.TLS1_3, ["TLSv1.3", "TLS-1.3", "tlsv1_3", "TLSv1.3 with cipher TLS_AES_256_GCM_SHA384"]),
        (TlsVersion.UNKNOWN, ["", "-", "TLS", "yes", "TLSv1/SSLv3", "TLS1_1, TLS1_2", "TLS2.0", "TLS1.25", "ssl2"]),
    ],
)  # fmt: skip
def test_tls_versions(version: TlsVersion, spellings: list[str]) -> None:
    assert {spelling: tls_of(spelling, {}) for spelling in spellings} == dict.fromkeys(spellings, version)


def test_own_table_goes_first() -> None:
    assert tls_of(" Yes ", {"yes": TlsVersion.TLS1_2}) is TlsVersion.TLS1_2
    assert mechanism_of("Password", {"password": "LOGIN"}) == "LOGIN"


@pytest.mark.parametrize(
    ("written", "mechanism"),
    [
        ("plain", "PLAIN"),
        ("AUTH LOGIN", "LOGIN"),
        ("AUTH=CRAM-MD5", "CRAM-MD5"),
        ("plain_server:ann", "PLAIN_SERVER"),
        ("OAuth2", "XOAUTH2"),
        ("Basic", "PLAIN/LOGIN"),
        ("Kerberos", "GSSAPI"),
        ("", "unknown"),
        ("-", "unknown"),
        ("n/a", "unknown"),
        ("with blanks", "unknown"),
    ],
)
def test_mechanisms(written: str, mechanism: str) -> None:
    assert mechanism_of(written, {}) == mechanism


@pytest.mark.parametrize(
    ("written", "count"),
    [
        ("3", 3),
        ("a@x.example;b@x.example", 2),
        ("Ann <a@x.example>, b@x.example;", 2),
        ("a@x.example b@x.example|c@x.example", 3),
        ("some", None),
        ("-1", None),
        ("10000001", None),
    ],
)
def test_recipients(written: str, count: int | None) -> None:
    assert recipients_of(written, most=10_000_000) == count


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        ("535 5.7.8 bad password", FailureReason.WRONG_CREDENTIALS),
        ("", FailureReason.WRONG_CREDENTIALS),
        ("454 4.7.0 Temporary failure", FailureReason.SERVER_FAULT),
        ("authentication aborted", FailureReason.CANCELLED),
        ("unsupported mechanism", FailureReason.MECHANISM_NOT_OFFERED),
        ("SmtpClientAuthentication is disabled for the tenant", FailureReason.POLICY),
    ],
)
def test_reasons(written: str, reason: FailureReason) -> None:
    assert reason_of(written) is reason
