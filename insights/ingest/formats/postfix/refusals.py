"""Why an AUTH was refused, out of the words that Postfix, Dovecot and Cyrus SASL give as the reason."""

from typing import Final

from insights.enums import FailureReason

_BY_WORDS: Final = (
    (
        FailureReason.MECHANISM_NOT_OFFERED,
        (
            "invalid authentication mechanism",
            "no mechanism available",
            "no worthy mechs",
            "unsupported",
            "mechanism not",
        ),
    ),
    (
        FailureReason.SERVER_FAULT,
        (
            "connection lost to authentication server",
            "can't connect to authentication server",
            "authentication backend error",
            "temporary",
            "internal error",
            "internal authentication",
            "generic failure",
            "transient failure",
            "remote authentication server unavailable",
            "auth server",
            "out of memory",
            "no verifier",
            "timeout",
            "timed out",
            "try again",
        ),
    ),
    (
        FailureReason.CANCELLED,
        ("bad protocol / cancel", "invalid base64", "aborted", "cancel"),
    ),
    (
        FailureReason.POLICY,
        (
            "too many",
            "rate limit",
            "anonymous",
            "encryption needed",
            "mechanism too weak",
            "one time use of a plaintext",
            "disabled",
            "expired",
            "locked",
            "authorization failure",
            "not allowed",
            "plaintext authentication disallowed",
        ),
    ),
)

_NAME_NOT_OF_THIS_ATTEMPT: Final = (
    "connection lost to authentication server",
    "can't connect to authentication server",
    "invalid authentication mechanism",
    "authentication backend error",
    "invalid base64",
)


def reason_of(detail: str) -> FailureReason:
    """Return the class of a reason as logged; a challenge, none or an unknown one is a wrong password."""
    words = detail.lower()
    for reason, phrases in _BY_WORDS:
        if any(phrase in words for phrase in phrases):
            return reason
    return FailureReason.WRONG_CREDENTIALS


def names_this_attempt(detail: str) -> bool:
    """Tell whether the logged user name is that of this attempt.

    Postfix learns the name from Dovecot's answer (xsasl_dovecot_server.c); where there was no answer, the
    line repeats the name of an earlier attempt of the same session.
    """
    words = detail.lower()
    return not any(phrase in words for phrase in _NAME_NOT_OF_THIS_ATTEMPT)
