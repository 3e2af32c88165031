"""The events of Stalwart that matter: those that refuse a login, with the reason, and all others.

Source: crates/smtp/src/inbound/auth.rs and session.rs, crates/common/src/auth/authentication.rs of Stalwart 0.16, and
of 0.9 to 0.15 for names that have changed.
"""

from typing import Final

from insights.enums import FailureReason
from insights.ingest.formats.stalwart.event import ENDED, GREETED, HANDSHAKE, INPUT, QUEUED, STARTED, SUCCESS

TOO_MANY: Final = b"auth.too-many-attempts"
"""Comes after the last of several refusals, which Stalwart by itself logs at a finer level."""
REFUSED: Final = {
    b"auth.failed": FailureReason.WRONG_CREDENTIALS,
    TOO_MANY: FailureReason.WRONG_CREDENTIALS,
    # Takes the place of `auth.failed` when the address is banned for it.
    b"security.authentication-ban": FailureReason.WRONG_CREDENTIALS,
    b"auth.token-expired": FailureReason.POLICY,
    b"auth.credential-expired": FailureReason.POLICY,
    b"auth.mfa-required": FailureReason.POLICY,
    b"auth.missing-totp": FailureReason.POLICY,
    b"security.unauthorized": FailureReason.POLICY,
    b"security.ip-unauthorized": FailureReason.POLICY,
    b"smtp.auth-not-allowed": FailureReason.MECHANISM_NOT_OFFERED,
    b"smtp.auth-mechanism-not-supported": FailureReason.MECHANISM_NOT_OFFERED,
    b"smtp.auth-exchange-too-long": FailureReason.CANCELLED,
}
"""Not `auth.error`: a directory that fails leaves it for recipients of incoming mail as well."""
MATTERS: Final = frozenset((*REFUSED, *QUEUED, SUCCESS, HANDSHAKE, STARTED, ENDED, GREETED, INPUT))
"""Not the other events of SMTP: they are many, and a greeting came before them."""
