"""The days that somebody may ask for: named ranges and chosen ones, within what the tenant keeps."""

from __future__ import annotations

from datetime import date

from django.db.models import TextChoices
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from project.periods import ONE_DAY, DayRange


class RangeChoice(TextChoices):
    """The ranges of the range control."""

    DAYS_7 = "7d", gettext_lazy("the last 7 days")
    DAYS_14 = "14d", gettext_lazy("the last 14 days")
    DAYS_30 = "30d", gettext_lazy("the last 30 days")
    DAYS_90 = "90d", gettext_lazy("the last 90 days")
    THIS_MONTH = "this-month", gettext_lazy("this month")
    LAST_MONTH = "last-month", gettext_lazy("last month")
    CUSTOM = "custom", gettext_lazy("days of your choice")


_COUNTS = {
    RangeChoice.DAYS_7: 7,
    RangeChoice.DAYS_14: 14,
    RangeChoice.DAYS_30: 30,
    RangeChoice.DAYS_90: 90,
}


class DaysRefused(ValueError):
    """These days cannot be had; `field` is the parameter to blame, and the message goes on after its name."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


def custom_days(*, start: date, end: date, kept: DayRange) -> DayRange:
    """Return the days from `start` to `end`, both included; raise DaysRefused unless all of them are kept.

    `kept` ends with today, as `insights.queries.kept_days` gives it.
    """
    early = _("is before the days that are kept; choose a day from %(first)s to %(last)s.")
    late = _("is in the future; choose a day from %(first)s to %(last)s.")
    allowed = {"first": _day(kept.start), "last": _day(kept.last)}
    for field, day in (("start", start), ("end", end)):
        if day > kept.last:
            raise DaysRefused(field, late % allowed)
        if day < kept.start:
            raise DaysRefused(field, early % allowed)
    if start > end:
        message = _("is after the end date, %(end)s; choose that day or an earlier one.")
        raise DaysRefused("start", message % {"end": _day(end)})
    return DayRange.inclusive(start, end)


def named_days(choice: RangeChoice, *, today: date) -> DayRange:
    """Return the days that `choice` names; raise KeyError for `RangeChoice.CUSTOM`, which names none."""
    this_month = today.replace(day=1)
    if choice == RangeChoice.THIS_MONTH:
        return DayRange.inclusive(this_month, today)
    if choice == RangeChoice.LAST_MONTH:
        return DayRange((this_month - ONE_DAY).replace(day=1), this_month)
    return DayRange.last_days(_COUNTS[choice], today=today)


def kept_part(days: DayRange, *, kept: DayRange) -> DayRange:
    """Return those of the `days` of a named range that are kept; raise DaysRefused where none is."""
    if days.last < kept.start:
        message = _("is before the days that are kept; the first is %(first)s.")
        raise DaysRefused("range", message % {"first": _day(kept.start)})
    return DayRange(max(days.start, kept.start), days.end)


def _day(day: date) -> str:
    return date_format(day, "j F Y")
