"""The form of a webhook."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from uuid6 import uuid7

from tenants.models import EventType
from tenants.models.webhook import LONGEST_URL
from tenants.webhooks.addresses import check_url


class WebhookForm(forms.Form):
    """A new webhook, or one that exists. `webhook_id` lets a form that is sent twice make one."""

    webhook_id = forms.UUIDField(widget=forms.HiddenInput, initial=uuid7)
    name = forms.CharField(
        label=_("Name"), max_length=100, help_text=_("What receives it, for instance “PSA tickets”.")
    )
    url = forms.CharField(
        label=_("Address"),
        max_length=LONGEST_URL,
        widget=forms.TextInput(
            attrs={
                "inputmode": "url",
                "spellcheck": "false",
                "autocapitalize": "none",
                "autocomplete": "off",
                "placeholder": "https://psa.example.com/hooks/mail",
            }
        ),
        help_text=_(
            "Events are sent there with POST, as JSON, and signed. Use https: what is sent names customers."
        ),
    )
    events = forms.MultipleChoiceField(
        label=_("What it is told"), choices=EventType.choices, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, is_new: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not is_new:
            del self.fields["webhook_id"]

    def clean_name(self) -> str:
        """Keep the name on one line: it stands in headings."""
        return " ".join(str(self.cleaned_data["name"]).split())

    def clean_url(self) -> str:
        """Refuse what cannot be called."""
        url = str(self.cleaned_data["url"])
        check_url(url)
        return url

    def refuse(self, error: ValidationError) -> None:
        """Show what the verb refused, by field where it has them."""
        if hasattr(error, "error_dict"):
            for field, messages in error.message_dict.items():
                self.add_error(field if field in self.fields else None, cast("list[Any]", messages))
        else:
            self.add_error(None, error)
