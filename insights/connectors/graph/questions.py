"""What Graph is asked: SMTP sign-ins of a span, messages of a sender on a day. Pure.

https://learn.microsoft.com/graph/api/signin-list, https://learn.microsoft.com/graph/api/messagetracingroot-list-messagetraces
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final, NamedTuple

SIGN_INS_A_PAGE: Final = 500
TRACES_A_PAGE: Final = 5000
READ_SIGN_INS: Final = "AuditLog.Read.All"
READ_TRACE: Final = "ExchangeMessageTrace.Read.All"
_CLIENTS: Final = "(clientAppUsed eq 'Authenticated SMTP' or clientAppUsed eq 'SMTP')"
_KINDS: Final = "signInEventTypes/any(t: t eq 'interactiveUser' or t eq 'nonInteractiveUser')"


class Question(NamedTuple):
    """A path of Graph with its parameters, and the permission that it needs."""

    path: str
    parameters: dict[str, str]
    permission: str


def sign_ins(
    since: datetime, until: datetime, *, non_interactive: bool, a_page: int = SIGN_INS_A_PAGE
) -> Question:
    """Ask for the SMTP sign-ins of a span.

    v1.0 gives interactive ones alone; beta has both kinds. The log has had two words for SMTP AUTH, so both are
    asked for.
    """
    conditions = [f"createdDateTime ge {_stamp(since)}", f"createdDateTime le {_stamp(until)}", _CLIENTS]
    if non_interactive:
        conditions.append(_KINDS)
    version = "beta" if non_interactive else "v1.0"
    parameters = {"$filter": " and ".join(conditions), "$top": str(a_page)}
    return Question(f"/{version}/auditLogs/signIns", parameters, READ_SIGN_INS)


def messages_of(sender: str, since: datetime, until: datetime) -> Question:
    """Ask for the messages that message trace has of a sender: both bounds are required, ten days apart at most."""
    quoted = sender.replace("'", "''")
    wanted = (
        f"receivedDateTime ge {_stamp(since)} and receivedDateTime le {_stamp(until)}"
        f" and senderAddress eq '{quoted}'"
    )
    parameters = {"$filter": wanted, "$top": str(TRACES_A_PAGE)}
    return Question("/v1.0/admin/exchange/tracing/messageTraces", parameters, READ_TRACE)


def _stamp(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
