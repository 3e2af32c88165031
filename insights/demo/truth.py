"""Hold what a generated log says, so that a test can compare the product's numbers with it.

Values are as the log shows them; the tallies compare accounts and senders as the product does (NFC, lower
case, the account in place of an empty sender). Nothing here reads a log.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from typing import NamedTuple, TypeVar

from insights.enums import FailureReason, TlsVersion

Key = TypeVar("Key")


class SubmissionTruth(NamedTuple):
    """One accepted message, the rest as logged ("" is the null sender).

    It occurred, in UTC to the second, when the server took it over: at `queue active`, `hold` or `discard`.
    """

    occurred_at: datetime
    account: str
    sender: str
    tls: TlsVersion
    mechanism: str
    client_ip: str
    recipients: int
    recipients_exact: bool
    size: int | None


class FailureTruth(NamedTuple):
    """One refused AUTH; the account is "" where the log does not name it."""

    occurred_at: datetime
    account: str
    client_ip: str
    mechanism: str
    reason: FailureReason


class Tally(NamedTuple):
    """Messages and recipients, kept beside each other."""

    messages: int
    recipients: int


class ClientKey(NamedTuple):
    """What the product calls a client."""

    account: str
    client_ip: str
    tls: TlsVersion
    mechanism: str


def folded(text: str) -> str:
    """Give the form in which accounts and sender addresses are compared."""
    return unicodedata.normalize("NFC", text).lower()


def sender_of(submission: SubmissionTruth) -> str:
    """Give the sender address to report under: the account where the sender is empty."""
    return folded(submission.sender or submission.account)


def _tallied(pairs: Iterable[tuple[Key, int]]) -> dict[Key, Tally]:
    messages: Counter[Key] = Counter()
    recipients: Counter[Key] = Counter()
    for key, count in pairs:
        messages[key] += 1
        recipients[key] += count
    return {key: Tally(number, recipients[key]) for key, number in messages.items()}


@dataclass(frozen=True, slots=True)
class Truth:
    """All events of a log, in the order in which the log decides them."""

    submissions: tuple[SubmissionTruth, ...] = ()
    failures: tuple[FailureTruth, ...] = ()

    def days(self, zone: tzinfo) -> dict[date, Tally]:
        """Count by calendar day of `zone`; days without a message are left out."""
        return _tallied((s.occurred_at.astimezone(zone).date(), s.recipients) for s in self.submissions)

    def senders(self) -> dict[str, Tally]:
        """Count by sender address."""
        return _tallied((sender_of(s), s.recipients) for s in self.submissions)

    def tls(self) -> dict[TlsVersion, Tally]:
        """Count by TLS version."""
        return _tallied((s.tls, s.recipients) for s in self.submissions)

    def mechanisms(self) -> dict[str, Tally]:
        """Count by authentication mechanism."""
        return _tallied((s.mechanism, s.recipients) for s in self.submissions)

    def clients(self) -> dict[ClientKey, Tally]:
        """Count by client: account, address, TLS version, mechanism."""
        return _tallied(
            (ClientKey(folded(s.account), s.client_ip, s.tls, s.mechanism), s.recipients)
            for s in self.submissions
        )

    def sender_tls(self) -> dict[tuple[str, TlsVersion], Tally]:
        """Count by sender address and TLS version, as the details table does."""
        return _tallied(((sender_of(s), s.tls), s.recipients) for s in self.submissions)

    def day_sender_tls(self, zone: tzinfo) -> dict[tuple[date, str, TlsVersion], Tally]:
        """Count by calendar day of `zone`, sender address and TLS version."""
        return _tallied(
            ((s.occurred_at.astimezone(zone).date(), sender_of(s), s.tls), s.recipients)
            for s in self.submissions
        )

    def failure_days(self, zone: tzinfo) -> dict[date, int]:
        """Count refused logins by calendar day of `zone`."""
        return dict(Counter(f.occurred_at.astimezone(zone).date() for f in self.failures))

    def failure_reasons(self) -> dict[FailureReason, int]:
        """Count refused logins by reason."""
        return dict(Counter(f.reason for f in self.failures))
