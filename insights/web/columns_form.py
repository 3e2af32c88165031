"""The form that says which column of a table, or path of a JSON record, is what."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from insights.enums import TlsVersion
from insights.ingest.formats.columns.mapping import (
    MAX_NAME,
    MAX_VALUES,
    NEEDED,
    BadMapping,
    ColumnMapping,
    Field,
    RowKind,
    TimeFormat,
    mapping_of,
)
from insights.web.settings_form import zone_choices
from insights.web.source_form import choices_field

FIELD_NAMES: Final[dict[Field, str | Promise]] = {
    Field.TIME: _("Time"),
    Field.ACCOUNT: _("Account"),
    Field.SENDER: _("Sender address"),
    Field.CLIENT_IP: _("Client address"),
    Field.TLS: _("TLS version"),
    Field.MECHANISM: _("Mechanism"),
    Field.RECIPIENTS: _("Recipients"),
    Field.MESSAGES: _("Messages"),
    Field.SIZE: _("Size"),
    Field.ID: _("Id of the message"),
    Field.HOST: _("Server"),
    Field.OUTCOME: _("Outcome"),
    Field.REASON: _("Words of a refusal"),
}
_HINTS: Final[dict[Field, str | Promise]] = {
    Field.ACCOUNT: _("Who logged in. Rows without one are left out."),
    Field.SENDER: _("The envelope sender; the account where it is empty."),
    Field.RECIPIENTS: _("A number, or the addresses."),
    Field.MESSAGES: _("Where a row stands for several."),
    Field.SIZE: _("In bytes."),
    Field.ID: _("Queue id or message id. It tells rows apart that are alike."),
    Field.OUTCOME: _("Whether it was a message or a refused login."),
}
_TIME_FORMATS: Final = (
    ("", _("Choose …")),
    (TimeFormat.ISO, _("ISO: 2026-11-20 10:00:00")),
    (TimeFormat.DAY_FIRST, _("Day first: 20.11.2026 10:00:00")),
    (TimeFormat.MONTH_FIRST, _("Month first: 11/20/2026 10:00:00 AM")),
    (TimeFormat.NAMED_MONTH, _("Name of the month: 20 Nov 2026 10:00:00")),
    (TimeFormat.EPOCH_S, _("Seconds since 1970")),
    (TimeFormat.EPOCH_MS, _("Milliseconds since 1970")),
    (TimeFormat.EPOCH_US, _("Microseconds since 1970")),
)
_OUTCOMES: Final = ("success", "failure", "other")
_MEANINGS: Final = ("tls_values", "mechanism_values")
_EQUALS: Final = " = "


def column_of(field: Field) -> str:
    """Return the name of the form's field that says where `field` stands."""
    return f"column_{field}"


class ColumnsForm(forms.Form):
    """A mapping, with a choice among `columns` where they are known, else with names to be written.

    Valid, it has the mapping as `mapping`, with `header`. `zone` is the source's where it may be chosen, else None.
    """

    time_format = forms.ChoiceField(
        label=_("Form of the time"),
        choices=_TIME_FORMATS,
        help_text=_("Never guessed where the rows leave it open: 03/04 is two days."),
    )
    time_zone = forms.ChoiceField(label=_("Time zone"), help_text=_("Of times without an offset."))
    rows = forms.ChoiceField(
        label=_("A row is"),
        choices=[(RowKind.MESSAGES, _("A message")), (RowKind.LOGINS, _("A login alone"))],
        initial=RowKind.MESSAGES,
    )
    success = forms.CharField(
        label=_("Outcomes that are messages"),
        required=False,
        help_text=_("One a line. None: all that are not listed."),
    )
    failure = forms.CharField(
        label=_("Outcomes that are refused logins"),
        required=False,
        help_text=_("One a line. None: all that are not listed."),
    )
    other = forms.CharField(label=_("Outcomes to leave out"), required=False, help_text=_("One a line."))
    tls_values = forms.CharField(
        label=_("TLS versions"), required=False, help_text=_("For instance: yes, strong = TLS1.2")
    )
    mechanism_values = forms.CharField(
        label=_("Mechanisms"), required=False, help_text=_("For instance: password = LOGIN")
    )

    def __init__(
        self,
        *args: Any,
        columns: Sequence[str],
        may_choose: bool,
        zone: str | None,
        header: str = "",
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self._header = header
        self.mapping: ColumnMapping | None = None
        for field in Field:
            self.fields[column_of(field)] = _column(field, columns if may_choose else None)
        for name in (*_OUTCOMES, *_MEANINGS):
            self.fields[name].widget = forms.Textarea(attrs={"rows": 3, "spellcheck": "false"})
        if zone is None:
            del self.fields["time_zone"]
        else:
            choices_field(self, "time_zone").choices = zone_choices(zone)

    def clean(self) -> None:
        """Put the mapping together, or say at which field it cannot be."""
        given = self.cleaned_data
        outcomes = {name: _lines(given.get(name, "")) for name in _OUTCOMES}
        self._check_outcomes(outcomes)
        meanings = {name: self._meanings(name, given.get(name, "")) for name in _MEANINGS}
        if self.errors:
            return
        data = {
            "columns": {str(field): given[column_of(field)] for field in Field if given[column_of(field)]},
            **{name: given[name] for name in ("time_format", "rows")},
            **outcomes,
            **meanings,
            "header": self._header,
        }
        try:
            self.mapping = mapping_of(data)
        except BadMapping as error:
            self.add_error(error.key if error.key in self.fields else None, str(error))

    def _check_outcomes(self, outcomes: Mapping[str, list[str]]) -> None:
        has_column = bool(self.cleaned_data.get(column_of(Field.OUTCOME)))
        if has_column and not (outcomes["success"] or outcomes["failure"]):
            self.add_error("success", _now("Say which values mean a message, or which mean a refused login."))
        if any(outcomes.values()) and not has_column:
            self.add_error(column_of(Field.OUTCOME), _now("Choose the column that has these values."))
        seen: dict[str, str] = {}
        for name, values in outcomes.items():
            for value in values:
                if seen.setdefault(value.lower(), name) != name:
                    self.add_error(name, _now("“%(value)s” stands in two of the lists.") % {"value": value})

    def _meanings(self, name: str, text: str) -> dict[str, str]:
        """Return what spellings mean, which are written as `written = meaning`, one a line."""
        meanings: dict[str, str] = {}
        for line in _lines(text):
            written, equals, meant = line.rpartition("=")
            written, meant = written.strip(), meant.strip()
            if not (equals and written and meant):
                self.add_error(name, _now("Write “%(line)s” as: written = meaning.") % {"line": line[:40]})
            elif name == "tls_values" and meant not in list(TlsVersion):
                known = ", ".join(TlsVersion)
                self.add_error(name, _now("A TLS version is one of %(known)s.") % {"known": known})
            else:
                meanings[written] = meant
        return meanings


def entered(data: Mapping[str, Any], columns: Sequence[str] = ()) -> dict[str, str]:
    """Return what a form holds that shows a mapping, or a part of one, as plain data.

    Columns that a table writes with other letters are named as `columns` has them.
    """
    known = {column.lower(): column for column in columns}
    mapped = data.get("columns", {})
    shown = {column_of(Field(name)): known.get(column.lower(), column) for name, column in mapped.items()}
    shown |= {name: str(data.get(name, "")) for name in ("time_format", "rows") if data.get(name)}
    shown |= {name: "\n".join(data.get(name, [])) for name in _OUTCOMES}
    shown |= {
        name: "\n".join(f"{written}{_EQUALS}{meant}" for written, meant in data.get(name, {}).items())
        for name in _MEANINGS
    }
    return {"rows": str(RowKind.MESSAGES), **shown}


def mapped_columns(mapping: Mapping[str, Any]) -> list[tuple[str | Promise, str]]:
    """Return what is what in a mapping as plain data, in words."""
    columns = mapping.get("columns", {})
    return [(FIELD_NAMES[field], columns[field]) for field in Field if field in columns]


def _column(field: Field, columns: Sequence[str] | None) -> forms.Field:
    told: dict[str, Any] = {
        "label": FIELD_NAMES[field],
        "required": field in NEEDED,
        "help_text": _HINTS.get(field, ""),
    }
    if columns is None:
        widget = forms.TextInput(
            attrs={"list": "known-columns", "spellcheck": "false", "autocomplete": "off"}
        )
        return forms.CharField(max_length=MAX_NAME, widget=widget, **told)
    none = _("Choose …") if field in NEEDED else _("– none –")
    return forms.ChoiceField(choices=[("", none), *((column, column) for column in columns)], **told)


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()][: MAX_VALUES + 1]
