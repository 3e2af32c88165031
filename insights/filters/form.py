"""The form that checks the query string of a view, one parameter at a time, and words what it refuses."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from django import forms
from django.utils.text import Truncator, format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from insights.filters.days import DaysRefused, RangeChoice, custom_days, kept_part, named_days
from insights.filters.declared import NARROWING, declared_field
from insights.filters.fields import DayField, OrderingField, TextField
from insights.filters.words import Narrowed, Problem
from insights.marks import View
from project.periods import DayRange

LONGEST_ROW = 2000
LAST_PAGE = 10**9
_QUOTED = 60
REPLACEMENT = "\N{REPLACEMENT CHARACTER}"
_NOT_A_PAGE = gettext_lazy("is not a page; write a number from 1 up.")
_NONE_OF = gettext_lazy("is not known; it can be {known}.")


def _choice(label: Any, choices: Any) -> forms.ChoiceField:
    messages = {"invalid_choice": format_lazy(_NONE_OF, known=", ".join(choices.values))}
    return forms.ChoiceField(label=label, choices=choices.choices, required=False, error_messages=messages)


class StateForm(forms.Form):
    """Every parameter is optional; the messages are what follows a parameter's name and value in a sentence.

    After validation `choice` and `days` are what to show, by default the last 7 days; `is_cut` tells that a
    named range goes back further than what is kept.
    """

    view = _choice(gettext_lazy("View data by"), View)
    domain = declared_field("sender_domain")
    range = _choice(gettext_lazy("Range"), RangeChoice)
    start = declared_field("start")
    end = declared_field("end")
    account = declared_field("account")
    sender = declared_field("sender")
    client_ip = declared_field("client_ip")
    tls_version = declared_field("tls_version")
    auth_class = declared_field("auth_class")
    mechanism = declared_field("mechanism")
    source = declared_field("source")
    q = declared_field("search")
    sort = declared_field("ordering")
    page = forms.IntegerField(
        label=gettext_lazy("Page"),
        min_value=1,
        max_value=LAST_PAGE,
        required=False,
        error_messages=dict.fromkeys(("invalid", "min_value", "max_value"), _NOT_A_PAGE),
    )
    row = TextField(label=gettext_lazy("Row"), max_length=LONGEST_ROW, required=False, strip=False)

    def __init__(self, query: Mapping[str, Any], *, kept: DayRange, sorts: Collection[str]) -> None:
        super().__init__(query)
        self.kept = kept
        for field in self.fields.values():
            if isinstance(field, DayField):
                field.today = kept.last
            if isinstance(field, OrderingField):
                field.columns = sorts
        self.choice = RangeChoice.DAYS_7
        self.days = kept_part(named_days(self.choice, today=kept.last), kept=kept)
        self.is_cut = False

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

    def narrowed(self) -> tuple[Narrowed, ...]:
        """Return the further filters that were asked for and taken."""
        return tuple(
            Narrowed(name, str(self.fields[name].label), str(self.data.get(name, "")).strip(), value)
            for name in NARROWING
            if (value := self.cleaned_data.get(name))
        )

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
