"""Which mechanism the name of an authenticator tells; one that tells none, or two, is unknown."""

from __future__ import annotations

import pytest

from insights.enums import AuthClass, auth_class_of
from insights.ingest.formats.exim.mechanisms import mechanism_of


@pytest.mark.parametrize(
    ("authenticator", "mechanism"),
    [
        ("plain_server", "PLAIN"),
        ("login_server", "LOGIN"),
        ("PLAIN", "PLAIN"),
        ("LOGIN", "LOGIN"),
        ("dovecot_plain", "PLAIN"),
        ("dovecot_login", "LOGIN"),
        ("plain_dovecot", "PLAIN"),
        ("auth_plain", "PLAIN"),
        ("plain_saslauthd_server", "PLAIN"),
        ("login2", "LOGIN"),
        ("plain587", "PLAIN"),
        ("fixed_cram", "CRAM-MD5"),
        ("cram_md5_server", "CRAM-MD5"),
        ("crammd5", "CRAM-MD5"),
        ("digest_md5_sasl_server", "DIGEST-MD5"),
        ("ntlm_sasl_server", "NTLM"),
        ("spa", "NTLM"),
        ("scram_sha_256", "SCRAM-SHA-256"),
        ("scram-sha1", "SCRAM-SHA-1"),
        ("gssapi_server", "GSSAPI"),
        ("ext_external", "EXTERNAL"),
        ("xoauth2_server", "XOAUTH2"),
        ("dovecot_oauth", "XOAUTH2"),
        ("oauthbearer", "OAUTHBEARER"),
        ("scram", "unknown"),
        ("dovecot", "unknown"),
        ("plain_login", "unknown"),
        ("mylogin", "unknown"),
        ("tls", "unknown"),
        ("auth1", "unknown"),
        ("", "unknown"),
    ],
)
def test_mechanism_is_told_by_the_name(authenticator: str, mechanism: str) -> None:
    assert mechanism_of(authenticator) == mechanism


def test_oauth_of_any_name_is_of_its_class() -> None:
    assert {auth_class_of(mechanism_of(name)) for name in ("oauth", "xoauth2", "oauthbearer_server")} == {
        AuthClass.OAUTH
    }
