"""The form that asks for a report: its days, senders and recipients are checked with words for what is
refused.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from insights.filters import NO_DOMAIN, DaysRefused, View, ViewState, custom_days
from insights.queries import kept_days
from project.periods import DayRange
from reports.render.words import days_in_words, single_line
from reports.request.recipients import check_recipients, read_addresses
from tenants.models import Tenant, User

LONGEST_NOTE = 1_000
LONGEST_LIST = 20_000


class DayInput(forms.DateInput):
    """The browser's own choice of a day."""

    input_type = "date"

    def format_value(self, value: Any) -> str | None:
        """Write the day as browsers want it, whatever the language."""
        return value.isoformat() if isinstance(value, date) else str(value) if value else None


class RequestForm(forms.Form):
    """Asks within the tenant's scope: who may receive the report is read from its members and domains."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=200)
    start = forms.DateField(label=gettext_lazy("Start date"), widget=DayInput)
    end = forms.DateField(label=gettext_lazy("End date"), widget=DayInput)
    domain = forms.ChoiceField(label=gettext_lazy("Show data for"), required=False)
    recipients = forms.CharField(
        label=gettext_lazy("Recipients"),
        max_length=LONGEST_LIST,
        widget=forms.Textarea(
            attrs={"rows": 3, "spellcheck": "false", "autocomplete": "off", "data-recipients": ""}
        ),
        help_text=gettext_lazy("One address a line, or separated by commas. Each gets a mail of its own."),
    )
    note = forms.CharField(
        label=gettext_lazy("Note"),
        required=False,
        max_length=LONGEST_NOTE,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("Stands in the mail, above the numbers."),
    )
    view = forms.ChoiceField(choices=View.choices, required=False, widget=forms.HiddenInput)

    def __init__(
        self,
        data: Any = None,
        *,
        tenant: Tenant,
        domains: list[tuple[str, str]],
        now: datetime,
        **options: Any,
    ) -> None:
        super().__init__(data, **options)
        self._tenant = tenant
        self._kept = kept_days(tenant, now=now)
        domain = self.fields["domain"]
        assert isinstance(domain, forms.ChoiceField)  # noqa: S101  # told to the type checker
        domain.choices = [("", _("All sender domains")), *domains]
        for field in ("start", "end"):
            self.fields[field].widget.attrs |= {
                "min": self._kept.start.isoformat(),
                "max": self._kept.last.isoformat(),
            }

    def clean_name(self) -> str:
        """Keep the name on one line: it stands in headings."""
        return single_line(self.cleaned_data["name"])

    def clean_recipients(self) -> list[str]:
        """Return the addresses; each that is refused is named with the reason."""
        checked = check_recipients(self._tenant, read_addresses(self.cleaned_data["recipients"]))
        if not checked:
            raise forms.ValidationError(_("Name at least one address."))
        if refused := [recipient for recipient in checked if recipient.refusal]:
            raise forms.ValidationError(
                [f"{recipient.address}: {recipient.refusal}." for recipient in refused]
            )
        return [recipient.address for recipient in checked]

    def clean(self) -> dict[str, Any]:
        """Check the days against those that are kept."""
        given = self.cleaned_data
        if "start" in given and "end" in given:
            try:
                given["days"] = custom_days(start=given["start"], end=given["end"], kept=self._kept)
            except DaysRefused as refused:
                self.add_error(refused.field, str(refused))
        return given

    @property
    def days(self) -> DayRange:
        """The days asked for; only of a form that is valid."""
        days: DayRange = self.cleaned_data["days"]
        return days

    @property
    def sender_domain(self) -> str | None:
        """The domain asked for, as queries take it; only of a form that is valid."""
        domain: str = self.cleaned_data["domain"]
        return "" if domain == NO_DOMAIN else domain or None


def first_answers(state: ViewState, *, user: User, this_year: int) -> dict[str, Any]:
    """Return what the form proposes: the view that it was opened from, to the person who asks."""
    days = days_in_words(state.days, this_year=this_year)
    return {
        "name": _("SMTP Auth clients, %(days)s") % {"days": days},
        "start": state.days.start,
        "end": state.days.last,
        "domain": NO_DOMAIN if state.domain == "" else state.domain or "",
        "recipients": user.email,
        "view": state.view.value,
    }
