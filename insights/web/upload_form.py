"""The form that takes a log in: the file, where it comes from, and the year that its time stamps may lack."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from insights.models import Source
from insights.web.settings_form import zone_choices
from insights.web.source_form import choices_field, format_choices, refuse_taken
from tenants.models import Tenant

NEW = "new"
FIRST_YEAR = 1970


class UploadForm(forms.Form):
    """A log file for one of `sources`, or for a new one where `may_create`."""

    file = forms.FileField(label=_("Log file"), allow_empty_file=True)
    source = forms.ChoiceField(label=_("Source"), help_text=_("The mail server that wrote the log."))
    name = forms.CharField(
        label=_("Name of the new source"),
        max_length=100,
        required=False,
        help_text=_("What you call this mail server, for instance mx1."),
    )
    format = forms.ChoiceField(label=_("Kind"), required=False)
    time_zone = forms.ChoiceField(
        label=_("Time zone of the log"),
        required=False,
        help_text=_("Where the server's clock stands; used for time stamps that carry no offset."),
    )
    year = forms.IntegerField(
        label=_("Year of the first line"),
        required=False,
        min_value=FIRST_YEAR,
        help_text=_("Needed only where time stamps carry no year, such as “Nov 17 09:12:44”."),
        error_messages={"invalid": _("Write a year of four digits.")},
    )

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
        self._tenant, self._sources = tenant, sources
        choices = [(str(source.pk), source.name) for source in sources]
        if may_create:
            choices.append((NEW, _now("A new source…")))
        choices_field(self, "source").choices = choices
        choices_field(self, "format").choices = format_choices()
        zones = choices_field(self, "time_zone")
        zones.choices, zones.initial = zone_choices(tenant.time_zone), tenant.time_zone
        self.fields["year"].validators.append(MaxValueValidator(last_year))
        self.fields["year"].widget.attrs["max"] = last_year

    def clean_name(self) -> str:
        """Demand a name for a new source, and one that is not taken."""
        name: str = self.cleaned_data["name"]
        if self.cleaned_data.get("source") != NEW:
            return ""
        if not name:
            raise ValidationError(_("Give the new source a name."))
        return refuse_taken(name, self._sources)

    def chosen_source(self) -> Source:
        """Return the source of a valid form; a new one is not saved yet."""
        chosen = self.cleaned_data
        for source in self._sources:
            if str(source.pk) == chosen["source"]:
                return source
        return Source(
            tenant=self._tenant,
            name=chosen["name"],
            format=chosen["format"] or format_choices()[0][0],
            time_zone=chosen["time_zone"] or self._tenant.time_zone,
        )
