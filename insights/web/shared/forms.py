"""The forms of shared servers: a rule, an assignment, a question to the mapping."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from insights.ingest.shared.mapping import read_value
from insights.models import RuleKind, Source
from insights.models.shared import MAX_VALUE
from insights.web.source_form import choices_field
from tenants.models import Tenant

EVERYWHERE = "all"
SUBJECTS = [(RuleKind.DOMAIN.value, RuleKind.DOMAIN.label), (RuleKind.ACCOUNT.value, RuleKind.ACCOUNT.label)]


class _OfCustomer(forms.Form):
    customer = forms.ChoiceField(
        label=_("Customer"), error_messages={"required": _("Choose the customer whose it is.")}
    )

    def __init__(self, *args: Any, customers: Sequence[Tenant], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._customers = {str(customer.pk): customer for customer in customers}
        choices_field(self, "customer").choices = [
            ("", _now("Choose …")),
            *((str(customer.pk), customer.name) for customer in customers),
        ]

    def chosen_customer(self) -> Tenant:
        """Return the customer of a valid form."""
        return self._customers[self.cleaned_data["customer"]]


class RuleForm(_OfCustomer):
    """A rule: what of an event it looks at, for which server, and whose such events are."""

    field_order = ("kind", "value", "customer", "server")
    kind = forms.ChoiceField(
        label=_("Kind"),
        choices=RuleKind.choices,
        help_text=_(
            "Where rules differ, an account decides before what accounts begin with, then a domain, then a network."
        ),
    )
    value = forms.CharField(
        label=_("Value"),
        max_length=MAX_VALUE,
        strip=True,
        help_text=_("A domain holds for those below it too. A network is written as 192.0.2.0/24."),
        widget=forms.TextInput(
            attrs={"autocapitalize": "none", "spellcheck": "false", "autocomplete": "off"}
        ),
    )
    server = forms.ChoiceField(label=_("Server"))

    def __init__(self, *args: Any, server: Source, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._server = server
        choices_field(self, "server").choices = [
            (EVERYWHERE, _now("Every shared server")),
            (str(server.pk), _now("%(name)s alone") % {"name": server.name}),
        ]

    def clean(self) -> None:
        """Read the value as its kind is written."""
        chosen = self.cleaned_data
        if "kind" in chosen and "value" in chosen:
            try:
                chosen["value"] = read_value(chosen["kind"], chosen["value"])
            except ValidationError as error:
                self.add_error("value", error)

    def chosen_server(self) -> Source | None:
        """Return the one server of a valid form, None for every one."""
        return None if self.cleaned_data["server"] == EVERYWHERE else self._server


class AssignForm(_OfCustomer):
    """What waits of a domain or an account, whose it is, and whether a rule says so from now on."""

    kind = forms.ChoiceField(choices=SUBJECTS, widget=forms.HiddenInput)
    value = forms.CharField(max_length=MAX_VALUE, widget=forms.HiddenInput)
    with_rule = forms.BooleanField(
        label=_("Make a rule: what comes later is this customer's too"), required=False
    )


class TryForm(forms.Form):
    """An event that might come: what decides whose it is."""

    account = forms.CharField(label=_("Account"), max_length=MAX_VALUE, required=False)
    sender = forms.CharField(label=_("Sender address"), max_length=MAX_VALUE, required=False)
    client = forms.GenericIPAddressField(
        label=_("Client address"),
        required=False,
        error_messages={"invalid": _("Write an address such as 192.0.2.10.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.widget.attrs |= {"autocapitalize": "none", "spellcheck": "false", "autocomplete": "off"}
