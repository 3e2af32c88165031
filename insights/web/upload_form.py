"""The form that takes a log in: the file, where it comes from, and the year that its time stamps may lack."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator
from django.utils import timezone
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from insights.ingest.days import Days, DaysFault
from insights.ingest.formats import FORMATS
from insights.ingest.recognition import AUTO, Recognition
from insights.models import Source
from insights.web.settings_form import zone_choices
from insights.web.source_form import choices_field, format_choices, refuse_taken
from tenants.models import Tenant

NEW = "new"
FIRST_YEAR = 1970
_DAYS_FAULTS = {
    DaysFault.BEFORE_1970: ("first_day", _("The first day is not before 1970.")),
    DaysFault.TURNED: ("last_day", _("The last day is not before the first.")),
    DaysFault.FUTURE: ("last_day", _("The last day is not in the future.")),
}


class UploadForm(forms.Form):
    """A log file for one of `sources` that are logs, or for a new one where `may_create`.

    `seen` is what the file was recognised as, once somebody has looked.
    """

    file = forms.FileField(label=_("Log file"), allow_empty_file=True)
    source = forms.ChoiceField(label=_("Source"), help_text=_("The mail server that wrote the log."))
    name = forms.CharField(
        label=_("Name of the new source"),
        max_length=100,
        error_messages={"required": _("Give the new source a name.")},
        help_text=_("What you call this mail server, for instance mx1."),
    )
    format = forms.ChoiceField(
        label=_("Kind"),
        help_text=_("What is recognised is shown; choose the kind yourself where it is wrong."),
    )
    time_zone = forms.ChoiceField(
        label=_("Time zone of the log"),
        help_text=_("Where the server's clock stands; used for time stamps that carry no offset."),
    )
    year = forms.IntegerField(
        label=_("Year of the first line"),
        required=False,
        min_value=FIRST_YEAR,
        help_text=_("Needed only where time stamps carry no year, such as “Nov 17 09:12:44”."),
        error_messages={"invalid": _("Write a year of four digits.")},
    )

    first_day = forms.DateField(
        label=_("First day"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text=_("Needed only for Exchange Online’s report, which does not say of which days it is."),
    )
    last_day = forms.DateField(
        label=_("Last day"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    anyway = forms.BooleanField(label=_("Read it all the same, as the kind of the source"), required=False)

    def __init__(
        self,
        *args: Any,
        tenant: Tenant,
        sources: Sequence[Source],
        may_create: bool,
        last_year: int,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.seen: Recognition | None = None
        self._tenant, self._sources = tenant, sources
        choices = [(str(source.pk), source.name) for source in sources if source.format in FORMATS]
        if len(choices) > 1:
            # Nothing is chosen beforehand: a log in the wrong source has to be undone.
            choices.insert(0, ("", _now("Choose …")))
        if may_create:
            choices.append((NEW, _now("A new source…")))
        choices_field(self, "source").choices = choices
        choices_field(self, "format").choices = [
            (AUTO, _("Recognise it from the content")),
            *format_choices(),
        ]
        zones = choices_field(self, "time_zone")
        zones.choices, zones.initial = zone_choices(tenant.time_zone), tenant.time_zone
        if self.is_bound and self.data.get("source") != NEW:
            for name in ("name", "format", "time_zone"):
                self.fields[name].required = False
        self.fields["year"].validators.append(MaxValueValidator(last_year))
        self.fields["year"].widget.attrs["max"] = last_year

    def clean_name(self) -> str:
        """Refuse a name that is taken; an existing source keeps its own."""
        name: str = self.cleaned_data["name"]
        return refuse_taken(name, self._sources) if self.cleaned_data.get("source") == NEW else ""

    def clean(self) -> None:
        """Refuse days that cannot be."""
        first, last = self.cleaned_data.get("first_day"), self.cleaned_data.get("last_day")
        if first is None:
            if last is not None and "first_day" not in self.errors:
                self.add_error("first_day", _now("Give the first day too."))
            return
        fault = Days(first, last or first).fault(today=timezone.localdate())
        if fault is not None:
            self.add_error(*_DAYS_FAULTS[fault])

    def days(self) -> Days | None:
        """Return the days of a valid form, a single one where no last one is given; None without any."""
        first: date | None = self.cleaned_data["first_day"]
        return None if first is None else Days(first, self.cleaned_data["last_day"] or first)

    def chosen_source(self) -> Source:
        """Return the source of a valid form; a new one is not saved yet."""
        chosen = self.cleaned_data
        for source in self._sources:
            if str(source.pk) == chosen["source"]:
                return source
        return Source(
            tenant=self._tenant,
            name=chosen["name"],
            format=chosen["format"],
            time_zone=chosen["time_zone"],
        )
