"""What the widgets and the flyout say: a period in a few numbers, beside the period before."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, Q, Sum

from insights.enums import LEGACY, AuthClass, FailureReason, TlsVersion
from insights.queries.selection import Selection


@dataclass(frozen=True, slots=True)
class Change:
    """A number and the same number in the period before."""

    now: int
    before: int

    @property
    def delta(self) -> int:
        """How much more it is now; negative when less."""
        return self.now - self.before


@dataclass(frozen=True, slots=True)
class Summary:
    """A period in numbers. Accounts and clients are counted over the whole period, never summed over days.

    `logins` are those of which the sources tell no message; who has no more than these is an account and a client.
    """

    accounts: Change
    messages: Change
    recipients: Change
    clients: Change
    accounts_on_legacy_tls: Change
    accounts_without_tls: Change
    accounts_on_basic: Change
    messages_on_legacy_tls: Change
    messages_without_tls: Change
    messages_tls_unknown: Change
    messages_on_basic: Change
    failures: Change
    failures_wrong_credentials: Change
    logins: Change


_LEGACY = Q(tls_version__in=sorted(LEGACY))
_NONE = Q(tls_version=TlsVersion.NONE)
_BASIC = Q(auth_class=AuthClass.BASIC)


def summary(selection: Selection) -> Summary:
    """Return the numbers of the selection and of the equally long period before it. Six queries."""
    now, before = _numbers(selection), _numbers(selection.with_days(selection.days.previous()))
    return Summary(**{name: Change(now[name], before[name]) for name in now})


def _numbers(selection: Selection) -> dict[str, int]:
    def messages(condition: Q | None = None) -> Sum:
        return Sum("messages", filter=condition, default=0)

    def accounts(condition: Q | None = None) -> Count:
        return Count("account", filter=condition, distinct=True)

    rows = selection.submissions()
    # Named with an ending: an aggregate may not hide the column that the next ones sum.
    counted = rows.aggregate(
        accounts=accounts(),
        accounts_on_legacy_tls=accounts(_LEGACY),
        accounts_without_tls=accounts(_NONE),
        accounts_on_basic=accounts(_BASIC),
        messages_on_legacy_tls=messages(_LEGACY),
        messages_without_tls=messages(_NONE),
        messages_tls_unknown=messages(Q(tls_version=TlsVersion.UNKNOWN)),
        messages_on_basic=messages(_BASIC),
        all_recipients=Sum("recipients", default=0),
        all_logins=Sum("logins", default=0),
        all_messages=messages(),
    )
    refused = selection.failures().aggregate(
        failures_wrong_credentials=Sum(
            "failures", filter=Q(reason=FailureReason.WRONG_CREDENTIALS), default=0
        ),
        all_failures=Sum("failures", default=0),
    )
    return {
        **{name.removeprefix("all_"): count for name, count in (counted | refused).items()},
        "clients": rows.values("account", "client_ip", "tls_version", "mechanism").distinct().count(),
    }
