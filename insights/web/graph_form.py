"""The forms of a connection to Microsoft 365; the secret or key that is there is never in one."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from insights.connectors.graph.certificate import BadCertificate, Certificate, read_certificate
from insights.connectors.graph.manage import Wanted
from insights.models import GraphCloud
from insights.models.source import MAX_NAME

LONGEST_SECRET = 512
LONGEST_PEM = 32 * 1024
SECRET, CERTIFICATE = "secret", "certificate"
_CODE = {"spellcheck": "false", "autocapitalize": "none", "autocomplete": "off"}
_NOT_IN_WANTED = {"name", "proof"}


class GraphForm(forms.Form):
    """A new connection, or one that exists: it keeps its source, and its secret or certificate where it gets none."""

    name = forms.CharField(label=_("Name of the source"), max_length=MAX_NAME, initial="Microsoft 365")
    cloud = forms.ChoiceField(label=_("Cloud"), choices=GraphCloud.choices, initial=GraphCloud.GLOBAL)
    directory_id = forms.UUIDField(
        label=_("Directory (tenant) ID"),
        widget=forms.TextInput(attrs=_CODE),
        help_text=_("Of the customer, as the overview of Microsoft Entra ID shows it."),
    )
    client_id = forms.UUIDField(
        label=_("Application (client) ID"),
        widget=forms.TextInput(attrs=_CODE),
        help_text=_("Of the app registration: the customer's own, or yours for all customers."),
    )
    proof = forms.ChoiceField(
        label=_("The application proves itself with"),
        choices=[(SECRET, _("a client secret")), (CERTIFICATE, _("a certificate"))],
        initial=SECRET,
        widget=forms.RadioSelect,
    )
    secret = forms.CharField(
        label=_("Client secret"),
        required=False,
        max_length=LONGEST_SECRET,
        widget=forms.PasswordInput(attrs={**_CODE, "autocomplete": "new-password"}),
        help_text=_("Its value, not its ID. It is kept encrypted and never shown again."),
    )
    secret_expires_on = forms.DateField(
        label=_("The secret expires on"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("Entra shows the date beside the secret. You are reminded a month before."),
    )
    certificate = forms.CharField(
        label=_("Certificate and private key"),
        required=False,
        max_length=LONGEST_PEM,
        widget=forms.Textarea(attrs={**_CODE, "rows": 8}),
        help_text=_(
            "Both as PEM, one below the other. The key is kept encrypted and never shown again; Entra needs the "
            "certificate alone."
        ),
    )
    reads_non_interactive = forms.BooleanField(
        label=_("Read non-interactive sign-ins too"),
        required=False,
        initial=True,
        help_text=_(
            "Devices that send mail often sign in without a person, and Microsoft gives these sign-ins by the beta "
            "version of Graph alone."
        ),
    )
    reads_trace = forms.BooleanField(
        label=_("Count messages with message trace"),
        required=False,
        help_text=_(
            "Shows how many messages the accounts with SMTP AUTH logins sent in whatever way: an upper bound, which is "
            "not counted as submissions. Needs the permission ExchangeMessageTrace.Read.All."
        ),
    )

    def __init__(self, *args: Any, kept: str = "", **kwargs: Any) -> None:
        """`kept`: with what the connection proves itself now, "" for a new one."""
        super().__init__(*args, **kwargs)
        for proof in (SECRET, CERTIFICATE):
            is_chosen = not self.is_bound or self.data.get("proof") == proof
            self.fields[proof].required = is_chosen and proof != kept
        if kept:
            del self.fields["name"]
            self.fields[kept].help_text = _("Leave it empty to keep the one that is there.")

    def clean_secret(self) -> str:
        """Refuse what no secret has, a line break of a bad copy above all."""
        secret = str(self.cleaned_data["secret"])
        is_one = secret.isascii() and secret.isprintable() and " " not in secret
        if self.data.get("proof") == SECRET and not is_one:
            raise ValidationError(
                _("This has a character that no client secret has. Copy its value once more.")
            )
        return secret

    def clean_certificate(self) -> Certificate | None:
        """Read certificate and key; refuse what is none, and what has ended."""
        entered = str(self.cleaned_data["certificate"])
        if not entered or self.data.get("proof") != CERTIFICATE:
            return None
        try:
            found = read_certificate(entered)
        except BadCertificate as error:
            raise ValidationError(str(error)) from error
        if found.expires_at <= timezone.now():
            raise ValidationError(_("This certificate has expired. Make a new one."))
        return found

    def clean(self) -> dict[str, Any]:
        """Leave out what was entered for the proof that was not chosen."""
        found = super().clean() or self.cleaned_data
        if found.get("proof") == CERTIFICATE:
            found |= {"secret": "", "secret_expires_on": None}
        elif found.get("proof") == SECRET:
            found["certificate"] = None
        return found

    def wanted(self) -> Wanted:
        """Return what was entered."""
        return Wanted(
            **{name: value for name, value in self.cleaned_data.items() if name not in _NOT_IN_WANTED}
        )

    def refuse(self, error: ValidationError) -> None:
        """Show what the verb refused, by field where it has them."""
        if hasattr(error, "error_dict"):
            for field, problems in error.message_dict.items():
                self.add_error(field if field in self.fields else None, cast("list[Any]", problems))
        else:
            self.add_error(None, error)


class AgainForm(forms.Form):
    """From which day on a directory is read again: one that Microsoft may still have."""

    since = forms.DateField(
        label=_("Read again from"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )

    def __init__(self, data: Mapping[str, Any] | None, *, first: date, last: date) -> None:
        super().__init__(data, initial={"since": first})
        self._first, self._last = first, last
        self.fields["since"].widget.attrs |= {"min": str(first), "max": str(last)}

    def clean_since(self) -> date:
        """Refuse days that Microsoft has no more, or not yet."""
        since: date = self.cleaned_data["since"]
        if not self._first <= since <= self._last:
            raise ValidationError(
                _("Choose a day from %(first)s to %(last)s: Microsoft keeps sign-ins for 30 days."),
                params={"first": self._first, "last": self._last},
            )
        return since
