"""Every filter of the reports, declared once: the API reads these sets, pages and downloads read the same fields.

A set narrows single events as well as their daily counts, because both have the same columns.
"""

from __future__ import annotations

import copy
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any, ClassVar

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django_filters import Filter, FilterSet

from insights.enums import AuthClass, FailureReason, TlsVersion
from insights.filters import fields
from insights.filters.days import DaysRefused, custom_days
from insights.queries import Selection, kept_days
from tenants.models import Tenant

LONGEST_SEARCH = 200
DEFAULT_DAYS = 7
NARROWING = ("account", "sender", "client_ip", "tls_version", "auth_class", "mechanism", "source")
"""The filters that pages know by the same names."""
_SEARCHED = ("account", "client_ip")


def _filter(field: type[forms.Field], **options: Any) -> Filter:
    declared = Filter(**options)
    declared.field_class = field
    return declared


class DaysForm(forms.Form):
    """Works out the days once the parameters are read by themselves; `tenant` and `now` are set by the set."""

    def for_tenant(self, tenant: Tenant, *, now: datetime, orderings: Collection[str]) -> None:
        """Say whose days these are, and what the table at hand can be ordered by."""
        self.kept = kept_days(tenant, now=now)
        for field in self.fields.values():
            if isinstance(field, fields.DayField):
                field.today = self.kept.last
            if isinstance(field, fields.OrderingField):
                field.columns = orderings

    def clean(self) -> dict[str, Any]:
        """Add `days`: both ends included, the last seven where nothing is asked, seven where one end is missing."""
        taken: dict[str, Any] = self.cleaned_data
        if self.errors.keys() & {"start", "end"}:
            return taken
        end = taken["end"] or self.kept.last
        week = min(end, self.kept.last) - timedelta(days=DEFAULT_DAYS - 1)
        start = taken["start"] or max(week, self.kept.start)
        try:
            taken["days"] = custom_days(start=start, end=end, kept=self.kept)
        except DaysRefused as refused:
            self.add_error(refused.field, str(refused))
        return taken


class EventFilters(FilterSet):  # type: ignore[misc]  # django-filter ships no types
    """What events of both kinds can be narrowed by.

    Within the tenant's scope: `SubmissionFilters(query, queryset=rows, tenant=…, now=…)`. After `is_valid()`,
    `selection()` is for the queries and `qs` are the rows; `refused()` says what is wrong.
    """

    start = _filter(
        fields.DayField,
        label=_("Start date"),
        help_text="First day, in the tenant's time zone; also `-30d` for 30 days ago, or `today`. "
        "Without it, seven days that end with `end`.",
    )
    end = _filter(
        fields.DayField,
        label=_("End date"),
        help_text="Last day, included, written like `start`. Without it, today.",
    )
    account = _filter(
        fields.NameField, label=_("Account"), help_text="The whole user name, whatever its case."
    )
    client_ip = _filter(
        fields.NetworkField,
        label=_("Client address"),
        help_text="An address, or a network such as `192.0.2.0/24` or `2001:db8::/32`.",
    )
    mechanism = _filter(
        fields.MechanismsField,
        label=_("Mechanism"),
        help_text="A SASL mechanism such as `PLAIN`, or several with commas between them; `unknown` is one.",
    )
    source = _filter(fields.SourceField, label=_("Source"), help_text="The name of a source.")
    search = _filter(
        fields.TextField,
        label=_("Search"),
        max_length=LONGEST_SEARCH,
        help_text="Part of an account or client address, and where there is one of a sender address.",
    )
    ordering = _filter(
        fields.OrderingField, label=_("Sort"), help_text="A column; a leading `-` for the largest first."
    )

    class Meta:
        form = DaysForm

    searched: ClassVar[tuple[str, ...]] = _SEARCHED

    def __init__(
        self,
        query: Any,
        *,
        queryset: QuerySet[Any],
        tenant: Tenant,
        now: datetime,
        orderings: Collection[str] = (),
    ) -> None:
        super().__init__(query, queryset=queryset)
        self._tenant = tenant
        self.form.for_tenant(tenant, now=now, orderings=orderings)

    @classmethod
    def names(cls) -> frozenset[str]:
        """Return the parameters of the set."""
        return frozenset(cls.base_filters)

    def refused(self) -> dict[str, list[str]]:
        """Return for each parameter that was refused what is said of it."""
        return {name: [str(message) for message in messages] for name, messages in self.form.errors.items()}

    def selection(self) -> Selection:
        """Return what to ask the queries for; only of a set that is valid."""
        taken = self.form.cleaned_data
        return Selection(
            days=taken["days"],
            sender_domain=taken.get("sender_domain"),
            sender_address=taken.get("sender") or None,
            account=taken["account"] or None,
            search=taken["search"],
            client_net=taken["client_ip"],
            tls_versions=taken.get("tls_version", ()),
            auth_classes=taken.get("auth_class", ()),
            mechanisms=taken["mechanism"],
            reasons=taken.get("reason", ()),
            source_id=taken["source"],
        )

    def order(self) -> str:
        """Return the ordering that was asked for, or ""."""
        ordering: str = self.form.cleaned_data["ordering"]
        return ordering

    def asked(self) -> dict[str, str]:
        """Return the parameters that narrow, as they were written, without days and ordering."""
        left_out = {"start", "end", "ordering"}
        written = {
            name: str(self.data.get(name, "")).strip() for name in self.filters if name not in left_out
        }
        return {name: text for name, text in written.items() if text}

    def filter_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Narrow single events, by the instants of the days, or daily counts."""
        selection = self.selection()
        columns = {field.name for field in queryset.model._meta.fields}
        if "day" in columns:
            of_days = {"day__gte": selection.days.start, "day__lt": selection.days.end}
        else:
            first, after = selection.days.instants(self._tenant.zone)
            of_days = {"occurred_at__gte": first, "occurred_at__lt": after}
        found = queryset.filter(selection.matching(*self.searched), **of_days)
        return self._narrowed(selection, found)

    def _narrowed(self, selection: Selection, rows: QuerySet[Any]) -> QuerySet[Any]:
        raise NotImplementedError


class FailureFilters(EventFilters):
    """What login failures can be narrowed by."""

    reason = _filter(
        fields.WordsField,
        label=_("Reason"),
        words=[reason.value for reason in FailureReason],
        help_text="One or several with commas between them: " + ", ".join(FailureReason) + ".",
    )

    def _narrowed(self, selection: Selection, rows: QuerySet[Any]) -> QuerySet[Any]:
        return selection.narrow_failures(rows)


class SubmissionFilters(EventFilters):
    """What submissions, and the reports made of them, can be narrowed by."""

    sender_domain = _filter(
        fields.DomainField,
        label=_("Show data for"),
        max_length=255,
        help_text="Domain of the sender address; `-` for senders without one.",
    )
    sender = _filter(
        fields.NameField, label=_("Sender address"), help_text="The whole sender address, whatever its case."
    )
    tls_version = _filter(
        fields.WordsField,
        label=_("TLS version"),
        words=[version.value for version in TlsVersion],
        help_text="One or several with commas between them: " + ", ".join(TlsVersion) + ".",
    )
    auth_class = _filter(
        fields.WordsField,
        label=_("Authentication"),
        words=[auth_class.value for auth_class in AuthClass],
        help_text="One or several with commas between them: " + ", ".join(AuthClass) + ".",
    )

    searched: ClassVar[tuple[str, ...]] = (*_SEARCHED, "sender_address")

    def _narrowed(self, selection: Selection, rows: QuerySet[Any]) -> QuerySet[Any]:
        return selection.narrow_submissions(rows)


def declared_field(name: str, **changes: Any) -> Any:
    """Return a form field for the filter `name` of submissions, for a form of another make."""
    field = copy.deepcopy(SubmissionFilters.base_filters[name].field)
    for attribute, value in changes.items():
        setattr(field, attribute, value)
    return field
