"""People and their roles: made and changed by the operator alone."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.forms import AdminUserCreationForm, UserChangeForm
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from tenants.admin.kinds import OperatorOnly
from tenants.models import Membership, Provider, User


class _LowerCaseEmail(forms.ModelForm[User]):
    """Takes an address in any case; it is kept in lower case, so that each exists once."""

    def clean_email(self) -> str:
        return str(self.cleaned_data["email"]).lower()


class PersonForm(_LowerCaseEmail, UserChangeForm[User]):
    """Changes a person."""

    class Meta:
        model = User
        fields = "__all__"  # noqa: DJ007  # the operator's form; what is shown stands in `fieldsets`


class NewPersonForm(_LowerCaseEmail, AdminUserCreationForm[User]):
    """Makes a person, with a password or without one until it is set."""

    class Meta:
        model = User
        fields = ("email", "name")


class MembershipForm(forms.ModelForm[Membership]):
    """A role at either a provider or a tenant."""

    def clean(self) -> dict[str, Any]:
        """Refuse both and neither, in words that the database's constraint does not have."""
        cleaned = super().clean() or {}
        places = [name for name in ("provider", "tenant") if name in self.fields]
        if len(places) == 2 and not self.errors and bool(cleaned["provider"]) == bool(cleaned["tenant"]):
            raise ValidationError(_("A role is either at a provider or at a customer: choose one of them."))
        return cleaned


class MembershipInline(admin.TabularInline[Membership, Any]):
    """The roles of a person, or the people of a place."""

    model = Membership
    form = MembershipForm
    extra = 0
    autocomplete_fields = ("user", "provider", "tenant")

    def get_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """Leave out what the page itself tells, and the other kind of place."""
        if self.parent_model is User:
            return ("provider", "tenant", "role", "sees_all")
        return ("user", "role", "sees_all") if self.parent_model is Provider else ("user", "role")


@admin.register(User)
class PersonAdmin(OperatorOnly, UserAdmin[User]):
    """People; what they may see is told by their memberships."""

    form = PersonForm
    add_form = NewPersonForm
    inlines = (MembershipInline,)
    ordering = ("email",)
    list_display = ("email", "name", "is_active", "is_staff", "is_superuser", "last_login")
    list_filter = ("is_active", "is_staff", "is_superuser")
    search_fields = ("email", "name")
    readonly_fields = ("last_login", "date_joined")
    fieldsets = (
        (None, {"fields": ("email", "name", "password")}),
        (
            _("Rights in the administration"),
            {"fields": ("is_active", "is_staff", "is_superuser", "groups", "user_permissions")},
        ),
        (_("Dates"), {"fields": ("last_login", "date_joined")}),
    )
    add_fieldsets = ((None, {"fields": ("email", "name", "usable_password", "password1", "password2")}),)


@admin.register(Membership)
class MembershipAdmin(OperatorOnly, admin.ModelAdmin[Membership]):
    """Who has which role where."""

    form = MembershipForm
    list_display = ("user", "provider", "tenant", "role", "sees_all")
    list_filter = ("role", "provider")
    list_select_related = ("user", "provider", "tenant")
    search_fields = ("user__email", "user__name", "tenant__name", "provider__name")
    autocomplete_fields = ("user", "provider", "tenant")
    ordering = ("user__email", "id")
