"""What Exchange's words stand for: TLS versions, reasons of refusals, and names that are no person's or program's."""

from typing import Final

from insights.enums import FailureReason, TlsVersion

_VERSIONS: Final = {
    b"SSL3": TlsVersion.SSL3,
    b"TLS1": TlsVersion.TLS1_0,
    b"TLS1_0": TlsVersion.TLS1_0,
    b"TLS1_1": TlsVersion.TLS1_1,
    b"TLS1_2": TlsVersion.TLS1_2,
    b"TLS1_3": TlsVersion.TLS1_3,
}
_SERVER_SIDE: Final = (
    (0x1000, TlsVersion.TLS1_3),
    (0x400, TlsVersion.TLS1_2),
    (0x100, TlsVersion.TLS1_1),
    (0x40, TlsVersion.TLS1_0),
    (0x10, TlsVersion.SSL3),
)
"""Schannel's bits for the server's side of each protocol (schannel.h), for a server that logs the number."""
_REASONS: Final = {
    b"LOGONDENIED": FailureReason.WRONG_CREDENTIALS,
    b"UNKNOWNCREDENTIALS": FailureReason.WRONG_CREDENTIALS,
    b"INTERNALERROR": FailureReason.SERVER_FAULT,
    b"NOAUTHENTICATINGAUTHORITY": FailureReason.SERVER_FAULT,
    b"TIMESKEW": FailureReason.SERVER_FAULT,
    b"OUTOFMEMORY": FailureReason.SERVER_FAULT,
    b"INVALIDTOKEN": FailureReason.CANCELLED,
    b"ILLEGALMESSAGE": FailureReason.CANCELLED,
    b"INCOMPLETEMESSAGE": FailureReason.CANCELLED,
}
_CODES: Final = {
    b"535": FailureReason.WRONG_CREDENTIALS,
    b"421": FailureReason.CANCELLED,
    b"501": FailureReason.CANCELLED,
    b"500": FailureReason.MECHANISM_NOT_OFFERED,
    b"502": FailureReason.MECHANISM_NOT_OFFERED,
    b"503": FailureReason.MECHANISM_NOT_OFFERED,
    b"504": FailureReason.MECHANISM_NOT_OFFERED,
}
_SWITCHED_OFF: Final = b"535 5.7.139"
"""Basic authentication, or SMTP AUTH, is disabled for the mailbox or the organisation."""


def version_of(name: bytes | None, number: bytes | None) -> TlsVersion:
    """Return the version that a TLS row names, or counts by Schannel's bit."""
    if name is not None:
        return _VERSIONS.get(name, TlsVersion.UNKNOWN)
    bits = int(number or b"0")
    return next((version for bit, version in _SERVER_SIDE if bits & bit), TlsVersion.UNKNOWN)


def reason_of(word: bytes, answer: bytes) -> FailureReason:
    """Return why a login was refused, by the server's own word, else by its answer (RFC 4954)."""
    if word:
        return _REASONS.get(word.upper(), FailureReason.POLICY)
    if answer.startswith(_SWITCHED_OFF):
        return FailureReason.POLICY
    otherwise = FailureReason.SERVER_FAULT if answer[:1] == b"4" else FailureReason.POLICY
    return _CODES.get(answer[:3], otherwise)


def is_person(account: bytes) -> bool:
    """Tell whether an account is that of a client: not anonymous, and not a machine of the organisation."""
    upper = account.upper()
    return (
        not (upper.endswith(b"$") or upper.startswith((b"NT AUTHORITY\\", b"MS EXCHANGE\\"))) and upper != b""
    )
