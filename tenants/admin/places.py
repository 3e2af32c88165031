"""Providers, tenants and their sender domains."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import ForeignKey, QuerySet
from django.forms import ModelChoiceField
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from tenants.admin.kinds import OperatorOnly
from tenants.admin.narrowing import TenantFilter
from tenants.admin.people import MembershipInline
from tenants.models import Provider, SenderDomain, Tenant, TenantKind
from tenants.scope import current_scope


@admin.register(Provider)
class ProviderAdmin(OperatorOnly, admin.ModelAdmin[Provider]):
    """Providers; one that still has tenants cannot be deleted."""

    list_display = ("name", "slug")
    search_fields = ("name", "slug")
    prepopulated_fields = {"slug": ("name",)}
    inlines = (MembershipInline,)


@admin.register(Tenant)
class TenantAdmin(admin.ModelAdmin[Tenant]):
    """Tenants: the operator makes and changes them, other staff read those that they are members of."""

    list_display = ("name", "slug", "provider", "time_zone", "retention_days", "created_at")
    list_filter = (("provider", admin.RelatedOnlyFieldListFilter), "recipient_policy")
    list_select_related = ("provider",)
    search_fields = ("name", "slug")
    autocomplete_fields = ("provider",)
    readonly_fields = ("raw_from_on", "borders_kept_before", "created_at")
    fieldsets = (
        (
            None,
            {
                "fields": ("name", "slug", "provider", "time_zone", "retention_days", "recipient_policy"),
                "description": _("An owner changes the time zone on the customer's own settings page."),
            },
        ),
        (_("History"), {"fields": ("raw_from_on", "borders_kept_before", "created_at")}),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Tenant]:
        """Return the tenants of the person's scope; inboxes are their provider's matter."""
        return super().get_queryset(request).filter(pk__in=current_scope(), kind=TenantKind.CUSTOMER)

    def get_readonly_fields(self, request: HttpRequest, obj: Tenant | None = None) -> list[str]:
        """Keep the time zone of an existing tenant: only the settings page counts its days anew."""
        return [*self.readonly_fields, *(["time_zone"] if obj else [])]

    def get_inlines(self, request: HttpRequest, obj: Tenant | None) -> list[Any]:
        """Show the tenant's people to the operator."""
        return [MembershipInline] if request.user.is_superuser else []

    def has_add_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.is_superuser) and super().has_add_permission(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(request.user.is_superuser) and super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never: events refer to their tenant without a foreign key and would stay behind."""
        return False


@admin.register(SenderDomain)
class SenderDomainAdmin(admin.ModelAdmin[SenderDomain]):
    """Sender domains; which of them are the tenant's own may be decided here too."""

    list_display = ("domain", "tenant", "is_accepted", "first_seen_at")
    list_filter = (TenantFilter, "is_accepted")
    list_select_related = ("tenant",)
    search_fields = ("domain",)
    readonly_fields = ("first_seen_at",)
    ordering = ("domain", "id")

    def get_readonly_fields(self, request: HttpRequest, obj: SenderDomain | None = None) -> list[str]:
        """Keep the domain and tenant of an existing row: they are what it is about."""
        return [*self.readonly_fields, *(["tenant", "domain"] if obj else [])]

    def formfield_for_foreignkey(
        self, db_field: ForeignKey[Any, Any], request: HttpRequest, **kwargs: Any
    ) -> ModelChoiceField[Any] | None:
        """Offer the tenants of the person's scope."""
        if db_field.name == "tenant":
            kwargs["queryset"] = Tenant.objects.filter(pk__in=current_scope())
        return super().formfield_for_foreignkey(db_field, request, **kwargs)
