"""Filters by tenant and by days, which keep big tables usable."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any, ClassVar
from urllib.parse import urlencode
from uuid import UUID

from django.contrib.admin import ModelAdmin, SimpleListFilter
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.views.main import ChangeList
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from tenants.models import Tenant
from tenants.scope import current_scope


class TenantFilter(SimpleListFilter):
    """Narrows to one tenant of the scope. One query for the choices."""

    title = _("customer")
    parameter_name = "tenant"

    def lookups(self, request: HttpRequest, model_admin: ModelAdmin[Any]) -> list[tuple[str, str]]:
        """Return the tenants of the person's scope by name, also where the page runs in a narrower one."""
        scope = getattr(request, "wider_scope", None) or current_scope()
        found = Tenant.objects.filter(pk__in=scope).values_list("pk", "name")
        return [(str(pk), name) for pk, name in found]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Narrow to the chosen tenant, if any."""
        chosen = self.value()
        if chosen is None:
            return queryset
        try:
            return queryset.filter(tenant_id=UUID(chosen))
        except ValueError as error:
            raise IncorrectLookupParameters from error


def one_tenant(request: HttpRequest) -> UUID | None:
    """Return the tenant of the scope that the URL names, or else the first by name. One query."""
    within = list(Tenant.objects.filter(pk__in=current_scope()).values_list("pk", flat=True))
    chosen = request.GET.get(TenantFilter.parameter_name)
    if chosen is None:
        return within[0] if within else None
    return next((pk for pk in within if str(pk) == chosen), None)


class OneTenantFilter(TenantFilter):
    """Always narrows to one tenant, the first by name unless chosen: so an index gives the newest rows."""

    def value(self) -> str | None:
        """Return the chosen tenant, or the first."""
        chosen = super().value()
        if chosen is None and self.lookup_choices:
            return str(self.lookup_choices[0][0])
        return chosen

    def choices(self, changelist: ChangeList) -> Iterator[Any]:
        """Return the tenants without “All”."""
        return (choice for position, choice in enumerate(super().choices(changelist)) if position)


class _SpanFilter(SimpleListFilter):
    """Narrows to the newest days; a week unless chosen otherwise."""

    title = _("time")
    parameter_name = "days"
    default = "7"
    everything = "all"
    column: ClassVar[str]

    def lookups(self, request: HttpRequest, model_admin: ModelAdmin[Any]) -> list[tuple[str, Any]]:
        """Return the spans."""
        return [
            ("1", _("Last 24 hours")),
            ("7", _("Last 7 days")),
            ("31", _("Last 31 days")),
            (self.everything, _("Everything kept")),
        ]

    def value(self) -> str:
        """Return the chosen span, or the usual one."""
        chosen = super().value()
        return chosen if chosen in {"1", "31", self.everything} else self.default

    def choices(self, changelist: ChangeList) -> Iterator[Any]:
        """Return the spans without “All”, which has a name of its own here."""
        return (choice for position, choice in enumerate(super().choices(changelist)) if position)

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Narrow to the chosen span."""
        if self.value() == self.everything:
            return queryset
        first = self.first(timezone.now() - timedelta(days=int(self.value())))
        return queryset.filter(**{f"{self.column}__gte": first})

    def first(self, instant: datetime) -> datetime | date:
        """Return the first value of the column that is within the span beginning at `instant`."""
        return instant


class TimeFilter(_SpanFilter):
    """Narrows events by their time."""

    column = "occurred_at"


class DayFilter(_SpanFilter):
    """Narrows roll-ups by their day; a day may be cut at another zone's midnight, so one more is shown."""

    column = "day"

    def first(self, instant: datetime) -> date:
        """Return the day in UTC."""
        return instant.date()


class PlacedChangeList(ChangeList):
    """Links to single rows that tell where the row lies: its id alone would be searched for everywhere."""

    def url_for_result(self, result: Model) -> str:
        """Return the row's address with its tenant and its time or day."""
        column = self.model_admin.placed_by  # type: ignore[attr-defined]  # only of BigTableAdmin
        place = {"tenant": result.tenant_id, "at": getattr(result, column).isoformat()}  # type: ignore[attr-defined]  # TenantOwned
        return f"{super().url_for_result(result)}?{urlencode(place)}"
