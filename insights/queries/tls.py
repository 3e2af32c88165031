"""The share of each TLS version."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from django.db.models import Sum

from insights.enums import TlsVersion
from insights.queries.selection import Selection, percent

TLS_ORDER = (
    TlsVersion.TLS1_3,
    TlsVersion.TLS1_2,
    TlsVersion.TLS1_1,
    TlsVersion.TLS1_0,
    TlsVersion.SSL3,
    TlsVersion.NONE,
    TlsVersion.UNKNOWN,
)
"""From best to worst, as charts stack them."""


@dataclass(frozen=True, slots=True)
class TlsShare:
    """The messages of one TLS version, and their share of all in percent with one decimal."""

    tls_version: TlsVersion
    messages: int
    percent: float


def tls_usage(selection: Selection) -> list[TlsShare]:
    """Return every TLS version from best to worst, those without messages included. One query."""
    found = dict(selection.searched().values_list("tls_version").annotate(Sum("messages")))
    total = sum(found.values())
    return [
        TlsShare(version, found.get(version, 0), percent(found.get(version, 0), total))
        for version in TLS_ORDER
    ]


def tls_by_day(selection: Selection) -> dict[date, dict[TlsVersion, int]]:
    """Return the messages of each day by TLS version; every day and every version is there. One query."""
    found: dict[date, dict[str, int]] = defaultdict(dict)
    for day, version, messages in (
        selection.searched().values_list("day", "tls_version").annotate(Sum("messages"))
    ):
        found[day][version] = messages
    return {
        day: {version: found[day].get(version, 0) if day in found else 0 for version in TLS_ORDER}
        for day in selection.days
    }
