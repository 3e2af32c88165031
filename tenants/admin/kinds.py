"""Kinds of administration pages: for the operator alone, for reading only, and for tables of any size."""

from __future__ import annotations

from typing import Any, ClassVar
from uuid import UUID

from django.contrib.admin import ModelAdmin, ShowFacets
from django.contrib.admin.views.main import ChangeList
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import SimpleTemplateResponse
from django.utils.formats import number_format
from django.utils.functional import cached_property
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tenants.admin.narrowing import OneTenantFilter, PlacedChangeList, TenantFilter, one_tenant
from tenants.models import Tenant
from tenants.scope import current_scope, tenant_scope

SHOWN_AT_MOST = 1000


class OperatorOnly(ModelAdmin[Any]):
    """Only superusers come here: whoever hands out roles could give themselves any tenant."""

    def has_module_permission(self, request: HttpRequest) -> bool:
        return _is_operator(request) and super().has_module_permission(request)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return _is_operator(request) and super().has_view_permission(request, obj)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return _is_operator(request) and super().has_add_permission(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return _is_operator(request) and super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return _is_operator(request) and super().has_delete_permission(request, obj)


class ReadOnly(ModelAdmin[Any]):
    """Rows that only the product itself writes."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class ShortPaginator(Paginator[Any]):
    """Pages through the first `SHOWN_AT_MOST` rows, and so never counts a whole table."""

    @cached_property
    def count(self) -> int:
        """The number of rows to page through. Reads at most `SHOWN_AT_MOST` of them."""
        rows: QuerySet[Any] = self.object_list  # type: ignore[assignment]  # the administration pages query sets
        return rows[:SHOWN_AT_MOST].count()


class Long(ReadOnly):
    """A table that may be long: never counted, and not all of it can be paged through."""

    paginator = ShortPaginator
    show_full_result_count = False
    show_facets = ShowFacets.NEVER
    list_per_page = 50
    list_max_show_all = 50
    list_filter: ClassVar[Any] = (TenantFilter,)

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Show the list, in the scope of one tenant where it is of one, and say that there may be more."""
        title = _("%(table)s: at most %(count)s are listed; narrow them by customer, time or search") % {
            "table": capfirst(self.opts.verbose_name_plural),
            "count": number_format(SHOWN_AT_MOST, force_grouping=True),
        }
        context = {"title": title, **(extra_context or {})}
        if OneTenantFilter not in self.list_filter:
            return super().changelist_view(request, context)
        tenant_id = one_tenant(request)
        request.wider_scope = current_scope()  # type: ignore[attr-defined]  # read by TenantFilter
        # A policy that admits many tenants is costly for every row.
        with tenant_scope([tenant_id] if tenant_id else []):
            response = super().changelist_view(request, context)
            if isinstance(response, SimpleTemplateResponse):
                response.render()
        return response


class Big(Long):
    """A table of millions, found by tenant and `placed_by`, the column of its time or day."""

    placed_by: ClassVar[str]

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        """Return the list whose links tell where a row lies."""
        return PlacedChangeList

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        """Return the row that a link of the list names, or None; its id alone is never searched for."""
        column = self.model._meta.get_field(self.placed_by)
        try:
            tenant_id, at = UUID(request.GET["tenant"]), column.to_python(request.GET["at"])
            row_id = UUID(object_id)
        except (KeyError, ValueError, ValidationError):
            return None
        rows = self.get_queryset(request).filter(tenant_id=tenant_id, **{self.placed_by: at})
        return rows.filter(pk=row_id).first()

    def customer(self, row: Model) -> str:
        """Return the name of the row's tenant. One query, so for the page of a single row only."""
        return Tenant.objects.values_list("name", flat=True).get(pk=row.tenant_id)  # type: ignore[attr-defined]  # TenantOwned

    customer.short_description = gettext_lazy("customer")  # type: ignore[attr-defined]  # Django's way to name a column


def _is_operator(request: HttpRequest) -> bool:
    return bool(request.user.is_active and request.user.is_superuser)
