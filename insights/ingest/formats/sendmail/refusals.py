"""Why an AUTH was refused, by the result code of Cyrus SASL (sasl.h), which no client can choose."""

from typing import Final

from insights.enums import FailureReason

_BY_CODE: Final = {
    -1: FailureReason.SERVER_FAULT,  # generic failure
    -2: FailureReason.SERVER_FAULT,  # out of memory
    -3: FailureReason.SERVER_FAULT,  # overflowed buffer
    -4: FailureReason.MECHANISM_NOT_OFFERED,
    -5: FailureReason.CANCELLED,  # bad protocol / cancel
    -7: FailureReason.SERVER_FAULT,  # bad parameter
    -8: FailureReason.SERVER_FAULT,  # transient failure
    -12: FailureReason.SERVER_FAULT,  # library not initialised
    -14: FailureReason.POLICY,  # authorization failure
    -15: FailureReason.POLICY,  # mechanism too weak
    -16: FailureReason.POLICY,  # encryption needed
    -17: FailureReason.POLICY,  # one time use of a plain text password
    -18: FailureReason.POLICY,  # passphrase expired
    -19: FailureReason.POLICY,  # account disabled
    -21: FailureReason.POLICY,  # password locked
    -23: FailureReason.MECHANISM_NOT_OFFERED,  # version mismatch with a plug-in
    -24: FailureReason.SERVER_FAULT,  # remote authentication server unavailable
    -26: FailureReason.SERVER_FAULT,  # user exists, but no verifier for the user
}


def reason_of(code: int) -> FailureReason:
    """Return the class of a result code; a wrong password, an unknown user and any other are wrong credentials."""
    return _BY_CODE.get(code, FailureReason.WRONG_CREDENTIALS)
