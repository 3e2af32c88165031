"""Results of queries as charts: the payload that a page embeds, with a sentence for every day.

What is drawn comes from `insights.queries` alone, so that a chart, its data table and an export agree.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Literal, TypeVar

from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from insights.chart_payload import ChartPayload, ChartSeries
from insights.enums import AuthClass, TlsVersion
from insights.marks import AUTH_MARKS, TLS_MARKS, Mark
from insights.queries import DayVolume

LONGEST_BARS = 31
"""Up to so many days are drawn as bars, which are counts; more of them read better as a line."""

C = TypeVar("C", TlsVersion, AuthClass)


def volume_chart(days: Sequence[DayVolume]) -> ChartPayload:
    """Return the messages of each day; hovering a day tells its accounts too."""
    titles = [
        _("%(day)s: %(messages)s, %(accounts)s")
        % {"day": _day(day.day), "messages": _messages(day.messages), "accounts": _accounts(day.accounts)}
        for day in days
    ]
    series: ChartSeries = {
        "key": "messages",
        "label": _("Messages"),
        "values": [day.messages for day in days],
        "class": "volume",
    }
    return ChartPayload(
        kind=_kind(len(days)),
        labels=_labels([day.day for day in days]),
        titles=titles,
        series=[series],
        unit=_("messages"),
    )


def tls_chart(by_day: Mapping[date, Mapping[TlsVersion, int]]) -> ChartPayload:
    """Return the messages of each day by TLS version; versions without any message are left out."""
    return _stacked(by_day, TLS_MARKS)


def auth_chart(by_day: Mapping[date, Mapping[AuthClass, int]]) -> ChartPayload:
    """Return the messages of each day by auth class; classes without any message are left out."""
    return _stacked(by_day, AUTH_MARKS)


def failure_chart(by_day: Mapping[date, int]) -> ChartPayload:
    """Return the failed logins of each day."""
    titles = [
        f"{_day(day)}: {ngettext('%(n)s failed login', '%(n)s failed logins', n) % {'n': _number(n)}}"
        for day, n in by_day.items()
    ]
    series: ChartSeries = {
        "key": "failures",
        "label": _("Failed logins"),
        "values": list(by_day.values()),
        "class": "failed",
    }
    return ChartPayload(
        kind=_kind(len(by_day)),
        labels=_labels(list(by_day)),
        titles=titles,
        series=[series],
        unit=_("failed logins"),
    )


def _stacked(by_day: Mapping[date, Mapping[C, int]], marks: Mapping[C, Mark]) -> ChartPayload:
    """Stack the classes in the order of their marks, so that a class has its place whatever the data."""
    used = [key for key in marks if any(counts.get(key) for counts in by_day.values())]
    series: list[ChartSeries] = [
        {
            "key": str(key),
            "label": str(marks[key].label),
            "values": [counts.get(key, 0) for counts in by_day.values()],
            "class": marks[key].css,
        }
        for key in used
    ]
    return ChartPayload(
        kind="stacked",
        labels=_labels(list(by_day)),
        titles=[f"{_day(day)}: {_messages(sum(counts.values()))}" for day, counts in by_day.items()],
        series=series,
        unit=_("messages"),
    )


def _kind(days: int) -> Literal["bar", "line"]:
    return "bar" if days <= LONGEST_BARS else "line"


def _labels(days: Sequence[date]) -> list[str]:
    """Write each day as short as it is unmistakable within the range."""
    if days and days[0].year != days[-1].year:
        return [date_format(day, "j M Y") for day in days]
    return [date_format(day, "D j M" if len(days) <= LONGEST_BARS else "j M") for day in days]


def _day(day: date) -> str:
    return date_format(day, "D j M")


def _number(count: int) -> str:
    return number_format(count, use_l10n=True, force_grouping=True)


def _messages(count: int) -> str:
    return ngettext("%(n)s message", "%(n)s messages", count) % {"n": _number(count)}


def _accounts(count: int) -> str:
    return ngettext("%(n)s account", "%(n)s accounts", count) % {"n": _number(count)}
