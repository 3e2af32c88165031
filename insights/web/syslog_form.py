"""The form of a sender over syslog that is known by its certificate."""

from __future__ import annotations

import re
from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from insights.ingest.listening.registration import known_by
from insights.models import SenderKind
from tenants.models.api_key import validate_network

KINDS = (SenderKind.FINGERPRINT, SenderKind.NAME)
"""What people of a tenant may name; an address of the listener is the operator's to give."""
_MOST = 20_000


class SenderForm(forms.Form):
    """A sender by the fingerprint or a name of its certificate, and from where it may send."""

    kind = forms.ChoiceField(
        label=_("Known by"),
        choices=[(kind.value, kind.label) for kind in KINDS],
        initial=SenderKind.FINGERPRINT,
    )
    value = forms.CharField(
        label=_("Fingerprint, certificate or name"),
        max_length=_MOST,
        widget=forms.Textarea(attrs={"rows": 2, "spellcheck": "false", "autocapitalize": "none"}),
        help_text=_(
            "The SHA-256 fingerprint of the certificate, or the certificate itself (PEM); or one of its alternative"
            " names, for instance mx1.example.org."
        ),
    )
    networks = forms.CharField(
        label=_("Client networks"),
        required=False,
        max_length=_MOST,
        widget=forms.Textarea(attrs={"rows": 1, "spellcheck": "false", "placeholder": "192.0.2.0/24"}),
        help_text=_("Addresses or networks that it may send from, with commas or one a line; none: any."),
    )

    def clean_networks(self) -> list[str]:
        """Return the networks, each checked."""
        networks = [text for text in re.split(r"[\s,;]+", self.cleaned_data["networks"]) if text]
        for network in networks:
            validate_network(network)
        return networks

    def clean(self) -> dict[str, Any]:
        """Write the value as it is kept."""
        found = cast("dict[str, Any]", super().clean())
        if "kind" in found and "value" in found:
            try:
                found["value"] = known_by(SenderKind(found["kind"]), found["value"])
            except ValidationError as error:
                self.add_error("value", error)
        return found
