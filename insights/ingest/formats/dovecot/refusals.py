"""Why Dovecot's login service sent a client away, out of the words that it logs in parentheses."""

from typing import Final, NamedTuple

from insights.enums import FailureReason
from insights.ingest.formats.dovecot.patterns import REASON

_REASONS: Final = {
    b"auth failed": FailureReason.WRONG_CREDENTIALS,
    b"authorization failed": FailureReason.POLICY,
    b"user disabled": FailureReason.POLICY,
    b"password expired": FailureReason.POLICY,
    b"login disabled": FailureReason.POLICY,
    b"anonymous logins disabled": FailureReason.POLICY,
    b"tried to use disallowed plaintext auth": FailureReason.POLICY,
    b"tried to use disallowed cleartext auth": FailureReason.POLICY,
    b"credentials contain control characters": FailureReason.POLICY,
    b"connection limit reached": FailureReason.POLICY,
    b"cert required": FailureReason.POLICY,
    b"auth service reported temporary failure": FailureReason.SERVER_FAULT,
    b"auth process communication failure": FailureReason.SERVER_FAULT,
    b"internal failure": FailureReason.SERVER_FAULT,
    b"tried to use unsupported auth mechanism": FailureReason.MECHANISM_NOT_OFFERED,
    b"sent invalid base64 in response": FailureReason.CANCELLED,
    b"client didn't finish SASL auth": FailureReason.CANCELLED,
    b"disconnected while authenticating": FailureReason.CANCELLED,
    b"disconnected while finishing login": FailureReason.CANCELLED,
    b"aborted authentication": FailureReason.CANCELLED,
    b"auth aborted by client": FailureReason.CANCELLED,
}
_ELSEWHERE: Final = (b"proxy dest ", b"auth referral")
"""The login was taken on to another server, in whose log its refusal stands."""
_WITHOUT_ATTEMPT: Final = b"(client_ssl_not_started)"
_ELEMENTS: Final = (b": user=", b": rip=", b": method=", b": session=")


class Refusal(NamedTuple):
    """A refused login: why, in whose words, how many attempts the line tells of, and what else it tells."""

    reason: FailureReason
    words: bytes
    attempts: int
    elements: bytes


def refusal_of(text: bytes) -> Refusal | None:
    """Return the refusal that a line tells of, None where it tells of none; one of no attempts cannot be read.

    From 2.4 on each line has the number of attempts, before only the common ones: the others stand for one. The words
    are looked for before the elements, where nothing of the client stands.
    """
    end = min((at for mark in _ELEMENTS if (at := text.find(mark)) >= 0), default=len(text))
    told = text[:end]
    for found in REASON.pattern.finditer(told):
        words = found[1]
        if words.startswith(_ELSEWHERE) or (words == b"cert required" and told.endswith(_WITHOUT_ATTEMPT)):
            return None
        attempts = 1 if found[2] is None else int(found[2])
        reason = _REASONS.get(words)
        if reason is not None:
            return Refusal(reason, words, attempts, text[end:].removeprefix(b": "))
        if found[2] is not None:
            return Refusal(FailureReason.POLICY, words, 0, b"")
    return None
