"""The form that checks the query string of a view, one parameter at a time, and words what it refuses."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.text import Truncator, format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from insights.filters.days import DaysRefused, RangeChoice, custom_days, kept_part, named_days
from insights.filters.words import Problem, View, domain_asked
from project.periods import DayRange

LONGEST_SEARCH = 200
LONGEST_DOMAIN = 255
LONGEST_ROW = 2000
LAST_PAGE = 10**9
_QUOTED = 60
REPLACEMENT = "\N{REPLACEMENT CHARACTER}"
_NOT_A_PAGE = gettext_lazy("is not a page; write a number from 1 up.")
_NOT_A_DAY = gettext_lazy("is not a day of the calendar; write it like 2026-11-17.")
_TOO_LONG = gettext_lazy("is too long; at most %(limit_value)d characters are read.")
_NONE_OF = gettext_lazy("is not known; it can be {known}.")
_NULL = gettext_lazy("holds a null character, which no name has.")


def _choice(label: Any, choices: Any) -> forms.ChoiceField:
    messages = {"invalid_choice": format_lazy(_NONE_OF, known=", ".join(choices.values))}
    return forms.ChoiceField(label=label, choices=choices.choices, required=False, error_messages=messages)


def _text(label: Any, longest: int, **more: Any) -> forms.CharField:
    messages = {"max_length": _TOO_LONG, "null_characters_not_allowed": _NULL}
    return forms.CharField(label=label, max_length=longest, required=False, error_messages=messages, **more)


def _day(label: Any) -> forms.DateField:
    messages = {"invalid": _NOT_A_DAY}
    return forms.DateField(label=label, input_formats=["%Y-%m-%d"], required=False, error_messages=messages)


class StateForm(forms.Form):
    """Every parameter is optional; the messages are what follows a parameter's name and value in a sentence.

    After validation `choice` and `days` are what to show, by default the last 7 days; `is_cut` tells that a
    named range goes back further than what is kept.
    """

    view = _choice(gettext_lazy("View data by"), View)
    domain = _text(gettext_lazy("Show data for"), LONGEST_DOMAIN)
    range = _choice(gettext_lazy("Range"), RangeChoice)
    start = _day(gettext_lazy("Start date"))
    end = _day(gettext_lazy("End date"))
    q = _text(gettext_lazy("Search"), LONGEST_SEARCH)
    sort = _text(gettext_lazy("Sort"), LONGEST_SEARCH)
    page = forms.IntegerField(
        label=gettext_lazy("Page"),
        min_value=1,
        max_value=LAST_PAGE,
        required=False,
        error_messages=dict.fromkeys(("invalid", "min_value", "max_value"), _NOT_A_PAGE),
    )
    row = _text(gettext_lazy("Row"), LONGEST_ROW, strip=False)

    def __init__(self, query: Mapping[str, Any], *, kept: DayRange, sorts: Collection[str]) -> None:
        super().__init__(query)
        self.kept = kept
        self.sorts = sorts
        self.choice = RangeChoice.DAYS_7
        self.days = kept_part(named_days(self.choice, today=kept.last), kept=kept)
        self.is_cut = False

    def clean_domain(self) -> str | None:
        """Return the domain as `domain_asked` reads it."""
        return domain_asked(self.cleaned_data["domain"])

    def clean_sort(self) -> str:
        """Return a column of the table at hand, with a leading `-` where it descends."""
        sort: str = self.cleaned_data["sort"]
        if sort and sort.removeprefix("-") not in self.sorts:
            known = ", ".join(sorted(self.sorts)) or _("left out")
            raise ValidationError(
                _("is not a column to sort by; it can be %(known)s, with a leading “-” to descend.")
                % {"known": known}
            )
        return sort

    def clean(self) -> None:
        """Work out the days from `range`, `start` and `end`, unless one of them was refused already."""
        if self.errors.keys() & {"range", "start", "end"}:
            return
        start, end = self.cleaned_data["start"], self.cleaned_data["end"]
        choice = self.cleaned_data["range"] or ("custom" if start or end else RangeChoice.DAYS_7.value)
        if choice != RangeChoice.CUSTOM and (start or end):
            self.add_error(
                "start" if start else "end",
                _("stands beside a range that has its own days; leave it out, or write range=custom."),
            )
        try:
            if choice != RangeChoice.CUSTOM:
                named = named_days(RangeChoice(choice), today=self.kept.last)
                self.days = kept_part(named, kept=self.kept)
                self.is_cut = self.days != named
            elif start and end:
                self.days = custom_days(start=start, end=end, kept=self.kept)
            else:
                self.add_error("end" if start else "start", _("is missing; days of your choice need both."))
                return
        except DaysRefused as refusal:
            self.add_error(refusal.field, str(refusal))
            return
        self.choice = RangeChoice(choice)

    def problems(self) -> tuple[Problem, ...]:
        """Return what was refused, a sentence for each parameter."""
        return tuple(
            Problem(name, self._sentence(name, str(messages[0]))) for name, messages in self.errors.items()
        )

    def _sentence(self, name: str, message: str) -> str:
        label = str(self.fields[name].label)
        visible = (char if char.isprintable() else REPLACEMENT for char in str(self.data.get(name, "")))
        written = Truncator("".join(visible)).chars(_QUOTED)
        return f"{label} “{written}” {message}" if written.strip() else f"{label} {message}"
