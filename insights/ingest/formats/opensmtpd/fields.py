"""OpenSMTPD's escapes, TLS versions, and why it refused an AUTH."""

import re
from typing import Final

from insights.enums import FailureReason, TlsVersion

_ESCAPE: Final = re.compile(rb"\\(?:([0-7]{3})|(\\)|M-(.)|M\^(.)|\^(.))", re.DOTALL)
_VERSIONS: Final = {
    b"SSLv3": TlsVersion.SSL3,
    b"TLSv1": TlsVersion.TLS1_0,
    b"TLSv1.1": TlsVersion.TLS1_1,
    b"TLSv1.2": TlsVersion.TLS1_2,
    b"TLSv1.3": TlsVersion.TLS1_3,
}


def plain(name: bytes) -> bytes:
    r"""Undo what strnvis(3) wrote with VIS_WHITE and VIS_SAFE: `\040`, `\\`, `\M-C\M-6`, `\M^I`, `\^I`."""
    return _ESCAPE.sub(_unescaped, name) if b"\\" in name else name


def version_of(token: bytes) -> TlsVersion:
    """Return the version at the head of `ciphers=` (tls_conn_version, SSL_get_version)."""
    return _VERSIONS.get(token, TlsVersion.UNKNOWN)


def reason_of(first_digit: bytes, answer: bytes) -> FailureReason:
    """Return why the server answered an AUTH command with an error, by its reply code (RFC 4954)."""
    code = answer[:3]
    if first_digit == b"4":
        return FailureReason.SERVER_FAULT
    if code == b"535":
        return FailureReason.WRONG_CREDENTIALS
    if code in (b"502", b"503", b"504"):
        return FailureReason.MECHANISM_NOT_OFFERED
    return FailureReason.CANCELLED if code in (b"500", b"501") else FailureReason.POLICY


def _unescaped(found: re.Match[bytes]) -> bytes:
    octal, backslash, meta, meta_control, control = found.groups()
    if octal is not None:
        return bytes((int(octal, 8) & 0xFF,))
    if backslash is not None:
        return backslash
    if meta is not None:
        return bytes((meta[0] | 0x80,))
    return (
        bytes((meta_control[0] ^ 0x40 | 0x80,)) if meta_control is not None else bytes((control[0] ^ 0x40,))
    )
