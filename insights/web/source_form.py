"""The form of a source: its name, what kind of log it is, and where its clock stands."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from insights.ingest.formats import EVENTS, FORMATS
from insights.ingest.sources import check_source, fixed_words, holds_events
from insights.models import Source
from insights.web.settings_form import zone_choices

FORMAT_NAMES: dict[str, str | Promise] = {
    "postfix": "Postfix",
    "exim": "Exim",
    "sendmail": "Sendmail",
    "opensmtpd": "OpenSMTPD",
    "exchange": "Exchange Server",
    "dovecot": _("Dovecot submission service"),
    "haraka": "Haraka",
    "kumomta": "KumoMTA",
    "ses": "Amazon SES",
    "stalwart": "Stalwart",
    "entra": _("Sign-ins of Microsoft Entra"),
    "exchange-online": _("Exchange Online’s report (CSV)"),
    "mixed": _("Several mail servers in one syslog"),
    "csv": _("Table (CSV)"),
    "ndjson": _("JSON records (NDJSON)"),
    EVENTS: _("Single events"),
}


def format_choices(of: Source | None = None) -> list[tuple[str, str | Promise]]:
    """Return the formats that can be read, and that of a source which has another, with their proper names."""
    names = dict.fromkeys([*FORMATS, *([of.format] if of else [])])
    return [(name, FORMAT_NAMES.get(name, name)) for name in names]


def choices_field(form: forms.BaseForm, name: str) -> forms.ChoiceField:
    """Return a field of the form that offers choices, so that they can be set."""
    return cast("forms.ChoiceField", form.fields[name])


def refuse_taken(name: str, sources: Sequence[Source]) -> str:
    """Return the name; raise ValidationError when one of `sources` has it already."""
    if name in {source.name for source in sources}:
        raise ValidationError(_("There is a source of that name already."))
    return name


class SourceForm(forms.Form):
    """A new source, or one that exists: with events it keeps its kind and its zone (`insights.ingest.sources`)."""

    name = forms.CharField(
        label=_("Name"), max_length=100, help_text=_("What you call this mail server, for instance mx1.")
    )
    format = forms.ChoiceField(label=_("Kind"))
    time_zone = forms.ChoiceField(
        label=_("Time zone of the log"),
        help_text=_("Where the server's clock stands; used for time stamps that carry no offset."),
    )

    def __init__(self, *args: Any, zone: str, instead_of: Source | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._instead_of = instead_of
        choices_field(self, "format").choices = format_choices(instead_of)
        choices_field(self, "time_zone").choices = zone_choices(zone)
        if instead_of is not None and holds_events(instead_of):
            for name in ("format", "time_zone"):
                self.fields[name].disabled = True
            self.fields["time_zone"].help_text = fixed_words()

    def clean(self) -> None:
        """Refuse what the source cannot have, a taken name above all."""
        if not self.errors:
            check_source(**self.cleaned_data, instead_of=self._instead_of)
