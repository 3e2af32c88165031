"""Results of queries as charts: the payload that a page embeds, with a sentence for every day.

What is drawn comes from `insights.queries` alone, so that a chart, its data table and an export agree.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Literal, NamedTuple, TypeVar

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


class Remarks(NamedTuple):
    """What is to be said of days: of `unknown` ones nothing was received, of `partial` ones not everything was."""

    unknown: Mapping[date, str] = {}
    partial: Mapping[date, str] = {}

    def title(self, day: date, told: str, *, count: int) -> str:
        """Return the sentence of a day with what it lacks."""
        if not count and day in self.unknown:
            return _("%(day)s: not known, %(remark)s") % {"day": _day(day), "remark": self.unknown[day]}
        remark = self.unknown.get(day) or self.partial.get(day)
        return _("%(told)s (%(remark)s)") % {"told": told, "remark": remark} if remark else told

    def value(self, day: date, count: int) -> int | None:
        """Return the number of a day; None where nothing was received, so that it is not known."""
        return None if not count and day in self.unknown else count


NO_REMARKS = Remarks()


def volume_chart(days: Sequence[DayVolume], remarks: Remarks = NO_REMARKS) -> ChartPayload:
    """Return the messages of each day; hovering a day tells its accounts too, and what is not known of it."""
    titles = [
        remarks.title(
            day.day,
            _("%(day)s: %(messages)s, %(accounts)s")
            % {
                "day": _day(day.day),
                "messages": _messages(day.messages),
                "accounts": _accounts(day.accounts),
            },
            count=day.messages,
        )
        for day in days
    ]
    series: ChartSeries = {
        "key": "messages",
        "label": _("Messages"),
        "values": [remarks.value(day.day, day.messages) for day in days],
        "class": "volume",
    }
    return ChartPayload(
        kind=_kind(len(days)),
        labels=_labels([day.day for day in days]),
        titles=titles,
        series=[series],
        unit=_("messages"),
    )


def tls_chart(by_day: Mapping[date, Mapping[TlsVersion, int]], remarks: Remarks = NO_REMARKS) -> ChartPayload:
    """Return the messages of each day by TLS version; versions without any message are left out."""
    return _stacked(by_day, TLS_MARKS, remarks)


def auth_chart(by_day: Mapping[date, Mapping[AuthClass, int]], remarks: Remarks = NO_REMARKS) -> ChartPayload:
    """Return the messages of each day by auth class; classes without any message are left out."""
    return _stacked(by_day, AUTH_MARKS, remarks)


def failure_chart(by_day: Mapping[date, int], remarks: Remarks = NO_REMARKS) -> ChartPayload:
    """Return the failed logins of each day."""
    titles = [
        remarks.title(
            day,
            f"{_day(day)}: {ngettext('%(n)s failed login', '%(n)s failed logins', n) % {'n': _number(n)}}",
            count=n,
        )
        for day, n in by_day.items()
    ]
    series: ChartSeries = {
        "key": "failures",
        "label": _("Failed logins"),
        "values": [remarks.value(day, n) for day, n in by_day.items()],
        "class": "failed",
    }
    return ChartPayload(
        kind=_kind(len(by_day)),
        labels=_labels(list(by_day)),
        titles=titles,
        series=[series],
        unit=_("failed logins"),
    )


def _stacked(
    by_day: Mapping[date, Mapping[C, int]], marks: Mapping[C, Mark], remarks: Remarks
) -> ChartPayload:
    """Stack the classes in the order of their marks, so that a class has its place whatever the data."""
    sums = {day: sum(counts.values()) for day, counts in by_day.items()}
    used = [key for key in marks if any(counts.get(key) for counts in by_day.values())]
    series: list[ChartSeries] = [
        {
            "key": str(key),
            "label": str(marks[key].label),
            "values": [
                None if remarks.value(day, sums[day]) is None else counts.get(key, 0)
                for day, counts in by_day.items()
            ],
            "class": marks[key].css,
        }
        for key in used
    ]
    return ChartPayload(
        kind="stacked",
        labels=_labels(list(by_day)),
        titles=[
            remarks.title(day, f"{_day(day)}: {_messages(count)}", count=count) for day, count in sums.items()
        ],
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
