"""What a mailed report says, as data: numbers, tables and findings, without a word of any language. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from insights.enums import AuthClass, TlsVersion
from insights.health.days import DayEvidence
from project.periods import DayRange


class Finding(StrEnum):
    """What is worth saying first, the most urgent at the top."""

    NOTHING = "nothing"
    OLD_TLS = "old_tls"
    NO_TLS = "no_tls"
    TLS_UNKNOWN = "tls_unknown"
    BASIC = "basic"
    ALL_WELL = "all_well"


@dataclass(frozen=True, slots=True)
class Totals:
    """The period in numbers. Accounts and clients are counted over the whole period; the rest are
    messages.
    """

    accounts: int
    clients: int
    senders: int
    messages: int
    messages_before: int
    recipients: int
    accounts_on_old_tls: int
    accounts_without_tls: int
    accounts_on_basic: int
    on_old_tls: int
    without_tls: int
    tls_unknown: int
    on_basic: int
    failures: int
    failures_wrong_credentials: int


@dataclass(frozen=True, slots=True)
class DayLine:
    """One day; `parts` are its messages by the classes of the chart, and add up to `messages`."""

    day: date
    messages: int
    recipients: int
    accounts: int
    parts: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class TlsLine:
    """The messages of one TLS version and their share in percent."""

    tls_version: TlsVersion
    messages: int
    percent: float


@dataclass(frozen=True, slots=True)
class AuthLine:
    """The messages of one mechanism and their share in percent."""

    auth_class: AuthClass
    mechanism: str
    messages: int
    percent: float


@dataclass(frozen=True, slots=True)
class SenderLine:
    """One of the senders with most messages; `old_tls` counts SSL 3, TLS 1.0 and TLS 1.1."""

    sender_address: str
    accounts: int
    messages: int
    old_tls: int
    without_tls: int
    basic: int


@dataclass(frozen=True, slots=True)
class ClientLine:
    """A client that has to be found and fixed, because its TLS is old or absent."""

    account: str
    client_ip: str | None
    tls_version: TlsVersion
    mechanism: str
    messages: int


@dataclass(frozen=True, slots=True)
class FailureLine:
    """Refused logins that were alike."""

    account: str
    client_ip: str | None
    reason: str
    failures: int


@dataclass(frozen=True, slots=True)
class ReportContent:
    """Everything a mailed report says.

    `sender_domain` is None for all domains, "" for senders without one. `chart_classes` name what the chart
    stacks: TLS versions, or auth classes in a report asked for from that view, in the order of each day's
    `parts`. The `top_` tables and `old_clients` are the beginnings of longer ones; `totals` and
    `old_clients_count` say how long. `not_whole` are the days that lack a source, or all of them.
    """

    tenant_name: str
    name: str
    note: str
    requested_by: str
    view: str
    days: DayRange
    time_zone: str
    sender_domain: str | None
    made_at: datetime
    view_url: str
    request_url: str
    totals: Totals
    by_day: tuple[DayLine, ...]
    chart_classes: tuple[str, ...]
    tls: tuple[TlsLine, ...]
    auth: tuple[AuthLine, ...]
    top_senders: tuple[SenderLine, ...]
    old_clients: tuple[ClientLine, ...]
    old_clients_count: int
    top_failures: tuple[FailureLine, ...]
    not_whole: Mapping[date, DayEvidence] = field(default_factory=dict)

    @property
    def is_empty(self) -> bool:
        """Whether nothing was found in the days asked for."""
        return not self.totals.messages

    @property
    def other_senders(self) -> int:
        """The messages of the senders that are not in the table of the top ones."""
        return self.totals.messages - sum(line.messages for line in self.top_senders)


def findings(totals: Totals) -> tuple[Finding, ...]:
    """Return what is worth saying, the most urgent first; never empty."""
    if not totals.messages:
        return (Finding.NOTHING,)
    holds = {
        Finding.OLD_TLS: totals.on_old_tls,
        Finding.NO_TLS: totals.without_tls,
        # Mail without evidence is worth a sentence when it hides more than one message in twenty.
        Finding.TLS_UNKNOWN: totals.tls_unknown * 20 > totals.messages,
        Finding.BASIC: totals.on_basic,
    }
    found = tuple(finding for finding, number in holds.items() if number)
    return found if Finding.OLD_TLS in found or Finding.NO_TLS in found else (Finding.ALL_WELL, *found)


def adds_up(content: ReportContent) -> bool:
    """Tell whether every table comes to the same number of messages."""
    total = content.totals.messages
    sums: Sequence[int] = (
        sum(line.messages for line in content.by_day),
        sum(sum(line.parts) for line in content.by_day),
        sum(line.messages for line in content.tls),
        sum(line.messages for line in content.auth),
    )
    return all(found == total for found in sums) and content.other_senders >= 0
