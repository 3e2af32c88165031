"""The form of a new key."""

from __future__ import annotations

import re
from datetime import datetime, time, timedelta
from typing import Any, cast
from zoneinfo import ZoneInfo

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from uuid6 import uuid7

from tenants.access import customers
from tenants.key_reach import check_key
from tenants.models import Provider, Tenant
from tenants.models.api_key import validate_network
from tenants.roles import Scope

ALL, SOME = "all", "some"


class KeyForm(forms.Form):
    """A key of a tenant, or of `provider`; days end at midnight in `zone`. `key_id` lets a form sent twice make one."""

    key_id = forms.UUIDField(widget=forms.HiddenInput, initial=uuid7)
    name = forms.CharField(
        label=_("Name"), max_length=100, help_text=_("Where it is used, for instance “mx1 rsyslog”.")
    )
    scopes = forms.MultipleChoiceField(
        label=_("What it may do"), choices=Scope.choices, widget=forms.CheckboxSelectMultiple
    )
    covers = forms.ChoiceField(
        label=_("For which customers"),
        choices=((ALL, _("Every customer, also those that come later")), (SOME, _("Only these:"))),
        widget=forms.RadioSelect,
        initial=ALL,
    )
    tenants: forms.ModelMultipleChoiceField[Tenant] = forms.ModelMultipleChoiceField(
        label=_("Customers"),
        queryset=Tenant.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    networks = forms.CharField(
        label=_("Client networks"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 2, "spellcheck": "false", "placeholder": "192.0.2.0/24"}),
        help_text=_("Addresses or networks that may use it, with commas or one a line; none: any."),
    )
    last_day = forms.DateField(
        label=_("Last day"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text=_("It ends at midnight after this day; without one it works until it is revoked."),
    )

    def __init__(
        self, *args: Any, zone: ZoneInfo, now: datetime, provider: Provider | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self._zone, self._now, self._provider = zone, now, provider
        if provider is None:
            del self.fields["covers"], self.fields["tenants"]
        else:
            tenants = cast("forms.ModelMultipleChoiceField[Tenant]", self.fields["tenants"])
            tenants.queryset = customers().filter(provider=provider).order_by("name", "slug")

    def clean_networks(self) -> list[str]:
        """Return the networks, each checked."""
        networks = [text for text in re.split(r"[\s,;]+", self.cleaned_data["networks"]) if text]
        for network in networks:
            validate_network(network)
        return networks

    def clean_last_day(self) -> datetime | None:
        """Return the midnight at which the key ends."""
        day = self.cleaned_data["last_day"]
        if day is None:
            return None
        try:
            return datetime.combine(day + timedelta(days=1), time(), self._zone)
        except OverflowError as error:
            raise ValidationError(_("A key ends within ten years, or never.")) from error

    def clean(self) -> dict[str, Any]:
        """Check what goes together."""
        found = cast("dict[str, Any]", super().clean())
        if found.get("covers") == SOME and not found.get("tenants"):
            self.add_error("tenants", _("Name at least one customer."))
        try:
            check_key(networks=found.get("networks", ()), expires_at=found.get("last_day"), now=self._now)
        except ValidationError as error:
            for field, messages in error.message_dict.items():
                self.add_error("last_day" if field == "expires_at" else field, messages)
        return found

    def wish(self) -> dict[str, Any]:
        """Return what `make_key` is told, without the place and the person."""
        found = self.cleaned_data
        named = list(found["tenants"]) if found.get("covers") == SOME else None
        return {
            "key_id": found["key_id"],
            "name": found["name"],
            "scopes": found["scopes"],
            "networks": found["networks"],
            "expires_at": found["last_day"],
            **({} if self._provider is None else {"tenants": named}),
        }
