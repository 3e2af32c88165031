"""The classes that submissions and login failures fall into; plain Python, so that the parsers can use them."""

from __future__ import annotations

from enum import StrEnum


class TlsVersion(StrEnum):
    """The TLS version of a session. `none` only with evidence; no evidence is `unknown`."""

    NONE = "none"
    SSL3 = "SSL3"
    TLS1_0 = "TLS1.0"
    TLS1_1 = "TLS1.1"
    TLS1_2 = "TLS1.2"
    TLS1_3 = "TLS1.3"
    UNKNOWN = "unknown"


LEGACY = frozenset({TlsVersion.SSL3, TlsVersion.TLS1_0, TlsVersion.TLS1_1})
"""Versions that are refused by today's defaults (RFC 7568, RFC 8996)."""


class AuthClass(StrEnum):
    """What kind of proof a mechanism presents: a password, an OAuth token, or something else."""

    BASIC = "basic"
    OAUTH = "oauth"
    OTHER = "other"
    UNKNOWN = "unknown"


PLAIN_OR_LOGIN = "PLAIN/LOGIN"
"""What stands for the mechanism where a server offers these two alone and logs neither."""
_BASIC = frozenset({"PLAIN", "LOGIN", PLAIN_OR_LOGIN, "CRAM-MD5", "DIGEST-MD5", "NTLM"})
_OAUTH = frozenset({"XOAUTH2", "OAUTHBEARER"})


def auth_class_of(mechanism: str) -> AuthClass:
    """Return the auth class of a SASL mechanism, whatever its case."""
    name = mechanism.upper()
    if name in _BASIC or name.startswith("SCRAM-"):
        return AuthClass.BASIC
    if name in _OAUTH:
        return AuthClass.OAUTH
    return AuthClass.UNKNOWN if name in {"", "UNKNOWN"} else AuthClass.OTHER


class FailureReason(StrEnum):
    """Why a login was refused; only wrong credentials are a sign of guessing."""

    WRONG_CREDENTIALS = "wrong_credentials"
    SERVER_FAULT = "server_fault"
    CANCELLED = "cancelled"
    MECHANISM_NOT_OFFERED = "mechanism_not_offered"
    POLICY = "policy"
