"""Logins that Exim refused: by an authenticator, by the ACL of AUTH, or because AUTH was not offered."""

from typing import Final, NamedTuple

from insights.enums import FailureReason
from insights.ingest.formats.exim.arrivals import account_of
from insights.ingest.formats.exim.mechanisms import mechanism_of
from insights.ingest.formats.exim.patterns import DENIED, REFUSED, UNWANTED, WHO_AND_WHY
from insights.ingest.record import MAX_DETAIL, MAX_FAILED_ACCOUNT, MAX_MECHANISM, UNKNOWN_MECHANISM
from insights.ingest.texts import text_of

_SET_ID: Final = b" (set_id="
_UNOFFERED: Final = b"not supported"


class Refusal(NamedTuple):
    """What a line tells of a refused login; `client_ip` is the address as written, b"" for a local program."""

    account: str
    client_ip: bytes
    mechanism: str
    reason: FailureReason
    detail: str


def by_authenticator(text: bytes) -> Refusal | None:
    """Read `… authenticator failed for …: CODE answer (set_id=…)`.

    smtp_in.c: 535 is a wrong password, 435 a check that could not be made, 501 a client that gave up or sent no base64,
    553 one that sent what was not asked for.
    """
    found = REFUSED.pattern.match(text)
    if found is None:
        return None
    name, client_ip, code, answer = found.groups()
    is_fault = code.startswith(b"4")
    said, account = _parted(answer, explained=is_fault)
    if is_fault:
        reason = FailureReason.SERVER_FAULT
    elif code in {b"501", b"553"}:
        reason = FailureReason.CANCELLED
    else:
        reason = FailureReason.WRONG_CREDENTIALS
    return Refusal(
        account=text_of(account_of(account), MAX_FAILED_ACCOUNT),
        client_ip=client_ip or b"",
        mechanism=mechanism_of(name.decode("ascii", "replace")),
        reason=reason,
        detail=text_of(said, MAX_DETAIL),
    )


def by_protocol(text: bytes) -> Refusal | None:
    """Read `SMTP protocol error in "AUTH …" H=… why`; None for errors that refuse no login.

    The command is the client's text and may imitate what follows, so that the last `H=` counts.
    """
    found = UNWANTED.pattern.match(text)
    told = WHO_AND_WHY.pattern.match(text[text.rfind(b'" H=') + 4 :]) if found is not None else None
    if found is None or told is None:
        return None
    unoffered = told[2].endswith(_UNOFFERED)
    return Refusal(
        account="",
        client_ip=told[1],
        mechanism=_named(found[1]),
        reason=FailureReason.MECHANISM_NOT_OFFERED if unoffered else FailureReason.POLICY,
        detail=text_of(told[2], MAX_DETAIL),
    )


def by_acl(text: bytes) -> Refusal | None:
    """Read `H=… rejected AUTH MECHANISM [initial response]: why`; the response, a password perhaps, is left out."""
    found = DENIED.pattern.match(text)
    if found is None:
        return None
    client_ip, mechanism, why = found.groups()
    return Refusal("", client_ip, _named(mechanism), FailureReason.POLICY, text_of(why or b"", MAX_DETAIL))


def _named(mechanism: bytes) -> str:
    return text_of(mechanism.upper(), MAX_MECHANISM) or UNKNOWN_MECHANISM


def _parted(answer: bytes, *, explained: bool) -> tuple[bytes, bytes]:
    """Return the server's words and the account, which is what the client typed and may hold anything.

    `explained` tells that the server says why behind the account.
    """
    words, told, account = answer.partition(_SET_ID)
    if not told:
        return answer, b""
    name, closed, why = account.rpartition(b"): ")
    if explained and closed:
        return b"%b: %b" % (words, why), name
    return words, account.removesuffix(b")")
