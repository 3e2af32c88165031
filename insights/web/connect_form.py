"""The form that names the source to connect: one that is there, or a new one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from uuid6 import uuid7

from insights.ingest.formats import BY_DAYS, DOCUMENTS
from insights.ingest.sources import check_source
from insights.models import Source
from insights.web.settings_form import zone_choices
from insights.web.source_form import choices_field, format_choices
from tenants.models import Tenant

NEW = "new"
_SLASH = _("An address cannot hold this name, because of its slash. Rename the source first.")


class ConnectForm(forms.Form):
    """A source of `sources`, or a new one; `key_id` lets a form that is sent twice make one key."""

    key_id = forms.UUIDField(widget=forms.HiddenInput, initial=uuid7)
    source = forms.ChoiceField(label=_("Source"), help_text=_("The mail server that shall send its log."))
    name = forms.CharField(
        label=_("Name of the new source"),
        max_length=100,
        error_messages={"required": _("Give the new source a name.")},
        help_text=_("What you call this mail server, for instance mx1."),
    )
    format = forms.ChoiceField(label=_("Kind"))
    time_zone = forms.ChoiceField(
        label=_("Time zone of the log"),
        help_text=_("Where the server's clock stands; used for time stamps that carry no offset."),
    )

    def __init__(self, *args: Any, tenant: Tenant, sources: Sequence[Source], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._tenant, self._sources = tenant, sources
        choices = [*((str(one.pk), one.name) for one in sources), (NEW, _now("A new source…"))]
        choices_field(self, "source").choices = choices
        choices_field(self, "format").choices = [
            one for one in format_choices() if one[0] not in {*DOCUMENTS, *BY_DAYS}
        ]
        zones = choices_field(self, "time_zone")
        zones.choices, zones.initial = zone_choices(tenant.time_zone), tenant.time_zone
        if self.is_bound and self.data.get("source") != NEW:
            for name in ("name", "format", "time_zone"):
                self.fields[name].required = False

    def clean_name(self) -> str:
        """Refuse a name that no address can hold; an existing source keeps its own."""
        name: str = self.cleaned_data["name"]
        if self.cleaned_data.get("source") != NEW:
            return ""
        if "/" in name:
            raise ValidationError(_("The name stands in an address and cannot have a slash."))
        return name

    def clean_source(self) -> str:
        """Refuse a source whose name no address can hold."""
        chosen: str = self.cleaned_data["source"]
        if any(str(one.pk) == chosen and "/" in one.name for one in self._sources):
            raise ValidationError(_SLASH)
        return chosen

    def clean(self) -> None:
        """Refuse what a new source cannot have, a taken name above all."""
        chosen = self.cleaned_data
        if not self.errors and chosen["source"] == NEW:
            check_source(name=chosen["name"], format=chosen["format"], time_zone=chosen["time_zone"])

    def chosen_source(self) -> Source:
        """Return the source of a valid form; a new one is saved."""
        chosen = self.cleaned_data
        for source in self._sources:
            if str(source.pk) == chosen["source"]:
                return source
        return Source.objects.create(
            tenant=self._tenant, name=chosen["name"], format=chosen["format"], time_zone=chosen["time_zone"]
        )
