"""The form of a tenant's settings; it checks, and what is saved is up to `insights.web.settings`."""

from __future__ import annotations

from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.utils.translation import gettext_lazy as _

from tenants.models import Tenant

_TECHNICAL = ("Etc/", "SystemV/", "posix/", "right/", "US/")


def zone_choices(current: str) -> list[tuple[str, str]]:
    """Return the IANA zones that are named after places, UTC, and `current` whatever it is called."""
    names = {name for name in available_timezones() if "/" in name and not name.startswith(_TECHNICAL)}
    return [(name, name.replace("_", " ")) for name in sorted(names | {"UTC", current})]


class SettingsForm(forms.ModelForm[Tenant]):
    """What an owner may change and others read. Its instance is written to while checking: give a copy."""

    class Meta:
        model = Tenant
        fields = ("name", "time_zone", "retention_days", "recipient_policy")
        help_texts = {
            "time_zone": _("Days begin and end at midnight there. A change counts every kept day anew."),
            "recipient_policy": _("Checked whenever a report is requested."),
        }

    def __init__(self, *args: Any, can_edit: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        zone = self.fields["time_zone"]
        self.fields["time_zone"] = forms.ChoiceField(
            label=zone.label, help_text=zone.help_text, choices=zone_choices(self.instance.time_zone)
        )
        for field in self.fields.values():
            field.disabled = not can_edit
